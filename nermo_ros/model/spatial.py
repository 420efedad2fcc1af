# SPDX-License-Identifier: Apache-2.0
"""Mask-aware attention over the joints, on coordinate features."""

import torch
from torch import Tensor, nn

UNSEEN = -2.0  # start of the learned score that a joint loses by never having been seen


class JointWeights(nn.Module):
    """tokens (B, J, C), seen (B, J) -> how much each joint takes of each, (B, heads, J, J).

    A learned score of each pair of joints stands beside that of their tokens: few data suffice to
    learn which joint moves with which.
    """

    def __init__(self, joints: int, channels: int, heads: int, size: int):
        super().__init__()
        self.heads, self.size = heads, size
        self.query = nn.Linear(channels, heads * size)
        self.key = nn.Linear(channels, heads * size)
        self.pair = nn.Parameter(torch.eye(joints) + 0.3 * torch.randn(heads, joints, joints))
        self.unseen = nn.Parameter(torch.full((heads, 1, 1), UNSEEN))

    def forward(self, tokens: Tensor, seen: Tensor) -> Tensor:
        query, key = (
            layer(tokens).unflatten(2, (self.heads, self.size)).transpose(1, 2)
            for layer in (self.query, self.key)
        )
        score = query @ key.transpose(2, 3) / self.size**0.5 + self.pair
        return (score + self.unseen * (1 - seen)[:, None, None]).softmax(-1)


class JointBlock(nn.Module):
    """tokens (B, J, C) -> anew: attention over the joints (if any), then a perceptron."""

    def __init__(self, joints: int, channels: int, heads: int, dropout: float):
        super().__init__()
        self.heads = heads
        if heads:
            self.norm = nn.LayerNorm(channels)
            self.weights = JointWeights(joints, channels, heads, channels // heads)
            self.value = nn.Linear(channels, channels)
            self.out = nn.Linear(channels, channels)
        self.perceptron = nn.Sequential(
            nn.LayerNorm(channels),
            nn.Linear(channels, 2 * channels),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(2 * channels, channels),
        )

    def forward(self, tokens: Tensor, seen: Tensor) -> Tensor:
        if self.heads:
            normed = self.norm(tokens)
            value = self.value(normed).unflatten(2, (self.heads, -1)).transpose(1, 2)
            mixed = self.weights(normed, seen) @ value
            tokens = tokens + self.out(mixed.transpose(1, 2).flatten(2))
        return tokens + self.perceptron(tokens)
