# SPDX-License-Identifier: Apache-2.0
"""What networks of fixed frames share: a full history, its cosine transform, times in between."""

import math

import torch
from torch import Tensor

from nermo_ros.model.reference import newest_seen


def newest_frames(times: Tensor, positions: Tensor, mask: Tensor, past: int) -> Tensor:
    """The newest `past` samples (B, past, J, 3); a missing one is the joint's nearest seen one.

    A joint never seen stands at the centroid of the others. Raises ValueError where there are
    fewer samples than that.
    """
    samples = positions.shape[1]
    if samples < past:
        raise ValueError(f'this network needs histories of {past} samples, not {samples}')
    index = torch.arange(samples, device=mask.device, dtype=mask.dtype)
    # Of two as near the older one, by half a sample; unseen ones are farther than any.
    far = (index[samples - past :, None] - index - 0.25).abs()[None, :, :, None]
    nearest = (far + samples * (1 - mask[:, None])).argmin(2)  # (B, past, J)
    filled = torch.gather(positions, 1, nearest[..., None].expand(-1, -1, -1, 3))
    newest = newest_seen(times, positions.permute(0, 3, 2, 1), mask.transpose(1, 2)[:, None])
    here = newest.position.permute(0, 3, 2, 1)
    return torch.where(newest.seen > 0, filled, here)


def cosine_transform(frames: int) -> Tensor:
    """The orthonormal DCT-II as a matrix (frames, frames): coefficients = matrix @ samples."""
    frequency, sample = torch.arange(frames)[:, None], torch.arange(frames)[None]
    matrix = torch.cos(math.pi / frames * frequency * (sample + 0.5)) * math.sqrt(2 / frames)
    matrix[0] /= math.sqrt(2)
    return matrix


def at_times(frames: Tensor, query: Tensor, period: float) -> Tensor:
    """frames (B, F, J, 3) at 0, period, 2 period … -> (B, Q, J, 3), linear in between.

    The first and the last one hold before and after.
    """
    number = torch.arange(frames.shape[1], device=query.device, dtype=query.dtype)
    where = (query / period).clamp(0, frames.shape[1] - 1)[..., None]
    share = (1 - (where - number).abs()).clamp_min(0)  # (B, Q, F)
    return (share @ frames.flatten(2)).unflatten(2, frames.shape[2:])
