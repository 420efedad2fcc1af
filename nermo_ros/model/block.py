# SPDX-License-Identifier: Apache-2.0
"""A learned block of the inner loop: mixes 3-vectors across joints, gates them by invariants.

Vectors are only ever added and scaled, so turning the body turns the features; the weights of a
joint and of its mirror partner are shared, so mirroring mirrors them.
"""

import torch
from torch import Tensor, nn


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
        mirrored = self.weight[self.mirror][:, self.mirror]
        weight = 0.5 * (self.weight + mirrored)
        if torch.compiler.is_exporting():
            return weight @ features
        return torch.einsum('ij,bjf->bif', weight, features)  # twice as fast to train


def both_sides(weight: Tensor, mirror: Tensor) -> Tensor:
    """A learned (J, ...) whose rows are made the same for a joint and its mirror partner (J,)."""
    return 0.5 * (weight + weight[mirror])


class SpatialAttention(nn.Module):
    """Mask-aware attention over the joints: what each joint takes from those that were seen.

    Weights come from the invariant scalars (B, J, S) and from which joints were seen (B, J), so
    that mixing vectors (B, J, F) by them keeps their symmetry.
    """

    def __init__(self, scalars: int, size: int = 16):
        super().__init__()
        self.size = size
        self.query = nn.Linear(scalars, size)
        self.key = nn.Linear(scalars, size)
        self.unseen = nn.Parameter(torch.tensor(-2.0))

    def forward(self, features: Tensor, q: Tensor, seen: Tensor) -> Tensor:
        score = self.query(q) @ self.key(q).transpose(1, 2) / self.size**0.5
        score = score + self.unseen * (1 - seen)[:, None]
        return score.softmax(-1) @ features


class Block(nn.Module):
    """vectors (B, J, 3, C), scalars (B, J, S), seen (B, J) -> vectors and scalars anew."""

    def __init__(self, mirror: tuple[int, ...], vectors: int, scalars: int, dropout: float):
        super().__init__()
        self.vectors = vectors
        self.mix, self.left, self.right, self.out = (
            nn.Linear(vectors, vectors, bias=False) for _ in range(4)
        )
        self.joints = JointMixing(mirror, std=0.02, identity=1.0)
        self.scalar_joints = JointMixing(mirror, std=0.1)
        self.attention = SpatialAttention(scalars)
        self.attended = nn.Linear(vectors, vectors, bias=False)
        width = 2 * vectors + scalars
        self.norm = nn.LayerNorm(width)
        self.hidden = nn.Linear(width, 2 * vectors)
        self.gate = nn.Linear(2 * vectors, vectors + scalars)
        self.dropout = nn.Dropout(dropout)
        self.scale = nn.Parameter(torch.full((vectors,), 0.3))
        nn.init.zeros_(self.gate.weight)
        nn.init.zeros_(self.gate.bias)
        nn.init.normal_(self.attended.weight, std=1e-2)

    def forward(self, v: Tensor, q: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        q = q + 0.5 * self.scalar_joints(q)
        mixed = self.mix(v)
        u = self.joints(mixed.flatten(2))
        u = u + self.attention(self.attended(mixed).flatten(2), q, seen)
        u = u.unflatten(2, (3, self.vectors))
        products = (self.left(u) * self.right(u)).sum(2)
        norms = (u * u).sum(2).clamp_min(1e-8).sqrt()
        hidden = nn.functional.gelu(self.hidden(self.norm(torch.cat([products, norms, q], -1))))
        gates = self.gate(self.dropout(hidden))
        q = q + gates[..., self.vectors :]
        return v + self.out(u * (1 + gates[:, :, None, : self.vectors])) * self.scale, q
