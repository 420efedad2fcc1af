# SPDX-License-Identifier: Apache-2.0
"""From where and when a motion is counted: what was seen last."""

from typing import NamedTuple

import torch
from torch import Tensor

LONG_AGO = 1e3  # s, before any sample


class Newest(NamedTuple):
    """The newest seen sample of each joint.

    which (B, 1, J, N): 1 at it, else 0; position (B, 3, J, 1); time (B, 1, J, 1); seen
    (B, 1, J, 1): 1 if there is one; joints (B, 1, 1, 1): how many have one, at least 1; centre
    (B, 3, 1, 1): centroid of the positions. A joint never seen is there, at time 0.
    """

    which: Tensor
    position: Tensor
    time: Tensor
    seen: Tensor
    joints: Tensor
    centre: Tensor


def newest_seen(times: Tensor, positions: Tensor, mask: Tensor) -> Newest:
    """times (B, N) s, positions (B, 3, J, N), mask (B, 1, J, N)."""
    rank = mask * torch.arange(1, times.shape[1] + 1, device=times.device, dtype=mask.dtype)
    which = mask * (rank == rank.amax(3, keepdim=True)).to(mask.dtype)
    seen = mask.amax(3, keepdim=True)
    joints = seen.sum(2, keepdim=True).clamp_min(1)
    position = (which * positions).sum(3, keepdim=True)
    centre = position.sum(2, keepdim=True) / joints
    position = position + (1 - seen) * centre
    return Newest(which, position, which @ times[:, None, :, None], seen, joints, centre)


def since_newest(times: Tensor, mask: Tensor, query: Tensor) -> tuple[Tensor, Tensor]:
    """times (B, N) and query (B, Q) counted from the newest sample that saw anything of the body,
    so that a late forecast is the same curve; samples after it, of which nothing was seen, are
    taken to it. As they are where nothing was seen at all."""
    seen = mask.amax(2)
    newest = (times - LONG_AGO * (1 - seen)).amax(1, keepdim=True) * seen.amax(1, keepdim=True)
    return (times - newest).clamp_max(0), query - newest
