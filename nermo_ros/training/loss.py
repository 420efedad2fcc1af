# SPDX-License-Identifier: Apache-2.0
"""What the outer loop makes small."""

import torch
from torch import Tensor


def loss_weights(query: Tensor, near: float = 0.15) -> Tensor:
    """Weight of each query time (Q,): near futures count more, as their errors are smaller.

    near [s]: how much more; a time t ahead counts 1 / (near + t).
    """
    ahead = query > 0
    weight = torch.where(ahead, 1 / (near + query.clamp_min(0)), torch.ones_like(query))
    return weight / weight[ahead].mean() if ahead.any() else weight


def outer_loss(
    forecast: Tensor,
    future: Tensor,
    known: Tensor,
    weight: Tensor,
    bone_weight: float,
    parents: Tensor,
    count: Tensor | None = None,
) -> Tensor:
    """Weighted mean joint error plus the error of bone vectors, (B, Q, J, 3) metres -> scalar.

    known (B, Q): 1 where there is a truth; weight (Q,): of the query times, for joint errors;
    parents (J,): index of each joint's parent; count: known truths that the sum is divided by,
    default those of this batch.
    """
    joints = (forecast - future).norm(dim=-1).mean(-1)
    bones = (forecast[..., parents, :] - forecast) - (future[..., parents, :] - future)
    error = weight * joints + bone_weight * bones.norm(dim=-1).mean(-1)
    return (error * known).sum() / (known.sum() if count is None else count)
