# SPDX-License-Identifier: Apache-2.0
"""A learned block of the inner loop: mixes 3-vectors across joints, gates them by invariants.

Vectors are only ever added and scaled, so turning the body turns the features; the weights of a
joint and of its mirror partner are shared, so mirroring mirrors them. Joints and channels come
last, as a product of matrices then mixes either without moving anything.
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
    """Learned (J, J) matrices, one for each group of channels, the same for both sides of a body.

    forward(features (B, A, J, C)) -> (B, A, J, C). What joints have in common differs from slow
    to quick parts of a motion, so that one matrix for all channels says too little.
    """

    def __init__(self, mirror: tuple[int, ...], groups: int, std: float = 0.02):
        super().__init__()
        joints = len(mirror)
        self.register_buffer('mirror', torch.tensor(mirror), persistent=False)
        noise = torch.randn(groups, joints, joints)
        self.weight = nn.Parameter(torch.eye(joints) + std * noise)

    def forward(self, features: Tensor) -> Tensor:
        weight = both_sides_of_pairs(self.weight, self.mirror)
        grouped = features.unflatten(-1, (len(weight), -1))
        if torch.compiler.is_exporting():  # every backend has a product of matrices
            return (weight @ grouped.movedim(3, 2)).movedim(2, 3).flatten(3)
        return torch.einsum('gij,bajgc->baigc', weight, grouped).flatten(3)


class Block(nn.Module):
    """vectors (B, 3, J, C) and scalars (B, 1, J, S) -> vectors and scalars anew."""

    def __init__(
        self, mirror: tuple[int, ...], vectors: int, scalars: int, groups: int, dropout: float
    ):
        super().__init__()
        self.mix, self.left, self.right, self.out = (
            nn.Linear(vectors, vectors, bias=False) for _ in range(4)
        )
        self.joints, self.scalar_joints = (
            JointMixing(mirror, groups, std) for std in (0.02, 0.05)
        )
        width = 2 * vectors + scalars
        self.norm = nn.LayerNorm(width)  # its shift is the bias of what follows
        self.hidden = nn.Linear(width, 2 * vectors, bias=False)
        self.dropout = nn.Dropout(dropout)
        self.gate = nn.Linear(2 * vectors, vectors, bias=False)
        self.scalar_out = nn.Linear(2 * vectors, scalars, bias=False)
        nn.init.normal_(self.norm.bias, std=0.3)
        with torch.no_grad():  # a block starts near to doing nothing
            self.out.weight.mul_(0.3)
            self.scalar_out.weight.mul_(0.1)

    def forward(self, v: Tensor, q: Tensor) -> tuple[Tensor, Tensor]:
        q = self.scalar_joints(q)
        u = self.joints(self.mix(v))
        products = (self.left(u) * self.right(u)).sum(1, keepdim=True)
        norms = torch.linalg.vector_norm(u, dim=1, keepdim=True)
        hidden = self.hidden(self.norm(torch.cat([products, norms, q], -1)))
        hidden = self.dropout(nn.functional.silu(hidden))
        return v + self.out(u * self.gate(hidden)), q + self.scalar_out(hidden)
