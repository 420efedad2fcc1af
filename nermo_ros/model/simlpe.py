# SPDX-License-Identifier: Apache-2.0
"""A multi-layer perceptron on cosine coefficients, a baseline.

After the description of siMLPe (Guo et al., Back to MLP, WACV 2023): the history, continued by
its last frame, goes through a discrete cosine transform, one layer over space, blocks of one layer
over time with layer normalisation and a residual, one layer over space, and back; what comes out
is added to the last frame.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nermo_ros.model.frames import at_times, cosine_transform, newest_frames


@dataclass(frozen=True)
class SimlpeConfig:
    """past and future frames, `period` seconds apart, and the number of blocks."""

    blocks: int = 48
    past: int = 10
    future: int = 25
    period: float = 0.04


class TemporalBlock(nn.Module):
    """x (B, F, C) -> (B, F, C): one layer over the F coefficients, the same for every channel."""

    def __init__(self, frames: int, channels: int):
        super().__init__()
        self.mix = nn.Linear(frames, frames)
        self.norm = nn.LayerNorm(channels)
        nn.init.zeros_(self.mix.bias)
        nn.init.xavier_uniform_(self.mix.weight, gain=1e-2)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.norm(self.mix(x.transpose(1, 2)).transpose(1, 2))


class SimlpeNetwork(nn.Module):
    """Called like MotionNetwork, but for fixed frames: looks at the newest `past` samples as if
    they were `period` apart, answers at `future` frames and linearly between them."""

    def __init__(
        self,
        parents: tuple[int, ...],
        mirror: tuple[int, ...],
        config: SimlpeConfig | None = None,
    ):
        super().__init__()
        self.config = config = config or SimlpeConfig()
        frames, channels = config.past + config.future, 3 * len(parents)
        self.register_buffer('cosines', cosine_transform(frames), persistent=False)
        self.first = nn.Linear(channels, channels)
        self.blocks = nn.Sequential(
            *(TemporalBlock(frames, channels) for _ in range(config.blocks))
        )
        self.last = nn.Linear(channels, channels)
        nn.init.zeros_(self.last.bias)
        nn.init.xavier_uniform_(self.last.weight, gain=1e-3)

    def forward(self, times: Tensor, positions: Tensor, mask: Tensor, query: Tensor) -> Tensor:
        config = self.config
        history = newest_frames(times, positions, mask, config.past)
        frames = torch.cat([history[:, -1:], self.future(history)], 1)
        return at_times(frames, query, config.period)

    def future(self, history: Tensor) -> Tensor:
        """The network itself: complete frames (B, past, J, 3) -> (B, future, J, 3)."""
        config = self.config
        held = history[:, -1:].expand(-1, config.future, -1, -1)
        coefficients = self.cosines @ torch.cat([history, held], 1).flatten(2)
        change = self.last(self.blocks(self.first(coefficients)))
        frames = (self.cosines.T @ change).unflatten(2, held.shape[2:])
        return history[:, -1:] + frames[:, config.past :]
