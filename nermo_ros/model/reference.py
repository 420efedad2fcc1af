# SPDX-License-Identifier: Apache-2.0
"""From where a joint's motion is counted: its newest seen position."""

import torch
from torch import Tensor


def newest_seen(
    times: Tensor, positions: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Of each joint: newest seen position (B, J, 3), its time (B, J), ever seen (B, J); centroid.

    times (B, N), positions (B, N, J, 3), mask (B, N, J). A joint never seen is at the centroid
    (B, 3) of those that were, at time 0.
    """
    samples = torch.arange(1, times.shape[1] + 1, device=times.device, dtype=mask.dtype)
    last = (mask * samples[None, :, None]).argmax(1)  # (B, J)
    seen = mask.amax(1)
    ref = torch.gather(positions, 1, last[:, None, :, None].expand(-1, 1, -1, 3))[:, 0]
    count = seen.sum(1).clamp_min(1)[:, None]
    centre = (ref * seen[..., None]).sum(1) / count
    ref = torch.where(seen[..., None] > 0, ref, centre[:, None])
    return ref, torch.gather(times, 1, last) * seen, seen, centre
