# SPDX-License-Identifier: Apache-2.0
"""From where and when a motion is counted: what was seen last."""

from typing import NamedTuple

import torch
from torch import Tensor

LONG_AGO = 1e3  # s, before any sample


class Newest(NamedTuple):
    """The newest seen sample of each joint.

    which (B, J, N): 1 at it, else 0; position (B, J, 3); time (B, J); seen (B, J): 1 if there is
    one; centre (B, 3): centroid of the positions. A joint never seen is there, at time 0.
    """

    which: Tensor
    position: Tensor
    time: Tensor
    seen: Tensor
    centre: Tensor


def newest_seen(times: Tensor, positions: Tensor, mask: Tensor) -> Newest:
    """times (B, N) s, positions (B, N, J, 3), mask (B, N, J)."""
    mask = mask.transpose(1, 2)
    rank = mask * torch.arange(1, times.shape[1] + 1, device=times.device, dtype=mask.dtype)
    which = mask * (rank == rank.amax(2, keepdim=True)).to(mask.dtype)
    seen = mask.amax(2)
    position = (which[:, :, None] @ positions.transpose(1, 2))[:, :, 0]
    centre = position.sum(1) / seen.sum(1, keepdim=True).clamp_min(1)
    position = position + (1 - seen)[..., None] * centre[:, None]
    return Newest(which, position, (which * times[:, None]).sum(2), seen, centre)


def since_newest(times: Tensor, mask: Tensor, query: Tensor) -> tuple[Tensor, Tensor]:
    """times (B, N) and query (B, Q) counted from the newest sample that saw anything of the body,
    so that a late forecast is the same curve; samples after it, of which nothing was seen, are
    taken to it. As they are where nothing was seen at all."""
    seen = mask.amax(2)
    newest = (times - LONG_AGO * (1 - seen)).amax(1, keepdim=True) * seen.amax(1, keepdim=True)
    return (times - newest).clamp_max(0), query - newest
