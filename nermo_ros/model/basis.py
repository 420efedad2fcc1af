# SPDX-License-Identifier: Apache-2.0
"""The generic rule in time: a learned continuous basis on Fourier features."""

import math

import torch
from torch import Tensor, nn


class TimeBasis(nn.Module):
    """Seconds (...,) -> `size` basis values (..., size), smooth and defined at every time.

    Fourier mapping as in NeRMo (ECCV 2024), γ(t) = (t, sin 2^l πt/2, cos 2^l πt/2), l < bands,
    through a small MLP. Few bands on purpose: the authors warn that many cost smoothness.
    """

    def __init__(
        self,
        size: int,
        bands: int = 5,
        hidden: int = 96,
        activation: type[nn.Module] = nn.GELU,
    ):
        super().__init__()
        self.register_buffer('bands', 2.0 ** torch.arange(bands) * math.pi / 2, persistent=False)
        self.mlp = nn.Sequential(
            nn.Linear(2 * bands + 1, hidden),
            activation(),
            nn.Linear(hidden, hidden),
            activation(),
            nn.Linear(hidden, size),
        )

    def forward(self, seconds: Tensor) -> Tensor:
        phase = seconds[..., None] * self.bands
        return self.mlp(torch.cat([seconds[..., None], phase.sin(), phase.cos()], -1))
