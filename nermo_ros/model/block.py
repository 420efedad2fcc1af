# SPDX-License-Identifier: Apache-2.0
"""A learned block of the inner loop: mixes 3-vectors across joints, gates them by invariants.

Vectors are only ever added and scaled, so turning the body turns the features; the weights of a
joint and of its mirror partner are shared, so mirroring mirrors them.
"""

import torch
from torch import Tensor, nn


def both_sides(weight: Tensor, mirror: Tensor) -> Tensor:
    """A learned (J, ...) whose rows are made the same for a joint and its mirror partner (J,)."""
    return 0.5 * (weight + weight[mirror])


def both_sides_of_pairs(weight: Tensor, mirror: Tensor) -> Tensor:
    """A learned (..., J, J) made the same for both sides of the body."""
    return 0.5 * (weight + weight[..., mirror, :][..., mirror])


class JointMixing(nn.Module):
    """A learned (J, J) matrix, the same for both sides of the body; (B, J, F) -> (B, J, F)."""

    def __init__(self, mirror: tuple[int, ...], std: float, identity: float = 0.0):
        super().__init__()
        joints = len(mirror)
        self.register_buffer('mirror', torch.tensor(mirror), persistent=False)
        self.weight = nn.Parameter(
            identity * torch.eye(joints) + std * torch.randn(joints, joints)
        )

    def forward(self, features: Tensor) -> Tensor:
        weight = both_sides_of_pairs(self.weight, self.mirror)
        if torch.compiler.is_exporting():
            return weight @ features
        return torch.einsum('ij,bjf->bif', weight, features)  # twice as fast to train


class SpatialAttention(nn.Module):
    """Mask-aware: how much each joint takes of each in every block, (B, blocks, J, J).

    A learned matrix, and attention by the joints' invariant scalars (B, J, S) and by which of
    them were seen (B, J), so that mixing vectors by them keeps their symmetry.
    """

    def __init__(self, mirror: tuple[int, ...], scalars: int, blocks: int, size: int = 8):
        super().__init__()
        joints, self.shape = len(mirror), (blocks, size)
        self.register_buffer('mirror', torch.tensor(mirror), persistent=False)
        self.mixing = nn.Parameter(torch.eye(joints) + 0.02 * torch.randn(blocks, joints, joints))
        self.query = nn.Linear(scalars, blocks * size)
        self.key = nn.Linear(scalars, blocks * size, bias=False)
        self.unseen = nn.Parameter(torch.tensor(-2.0))

    def forward(self, q: Tensor, seen: Tensor) -> Tensor:
        query = self.query(q).unflatten(2, self.shape).transpose(1, 2)
        key = self.key(q).unflatten(2, self.shape).permute(0, 2, 3, 1)
        score = query @ key + (self.unseen * (1 - seen))[:, None, None]
        return both_sides_of_pairs(self.mixing, self.mirror) + score.softmax(-1)


class Block(nn.Module):
    """vectors (B, J, 3, C), scalars (B, J, S), weights (B, J, J) -> vectors and scalars anew."""

    def __init__(self, mirror: tuple[int, ...], vectors: int, scalars: int, dropout: float):
        super().__init__()
        self.mix, self.left, self.right, self.out = (
            nn.Linear(vectors, vectors, bias=False) for _ in range(4)
        )
        self.scalar_joints = JointMixing(mirror, std=0.05)
        width = 2 * vectors + scalars
        self.norm = nn.LayerNorm(width)
        self.hidden = nn.Linear(width, 2 * vectors)
        self.dropout = nn.Dropout(dropout)
        self.gate = nn.Linear(2 * vectors, vectors)
        self.scalar_out = nn.Linear(2 * vectors, scalars)
        for layer in (self.gate, self.scalar_out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        nn.init.ones_(self.gate.bias)
        with torch.no_grad():  # a block starts near to doing nothing
            self.out.weight.mul_(0.3)

    def forward(self, v: Tensor, q: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        q = q + self.scalar_joints(q)
        u = (weights @ self.mix(v).flatten(2)).unflatten(2, v.shape[2:])
        products = (self.left(u) * self.right(u)).sum(2)
        norms = (u * u).sum(2).clamp_min(1e-8).sqrt()
        hidden = self.hidden(self.norm(torch.cat([products, norms, q], -1)))
        hidden = self.dropout(nn.functional.silu(hidden))
        return v + self.out(u * self.gate(hidden)[:, :, None]), q + self.scalar_out(hidden)
