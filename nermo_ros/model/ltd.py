# SPDX-License-Identifier: Apache-2.0
"""A graph network on cosine coefficients, a baseline.

After the description of LTD (Mao et al., Trajectory Dependencies, ICCV 2019): the history,
continued by its last frame, goes through a discrete cosine transform; every coordinate is a node
of a graph whose edges are learned anew in every layer; residual blocks of two graph convolutions
with batch normalisation, tanh and dropout; what comes out is added to the coefficients.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nermo_ros.model.frames import at_times, cosine_transform, newest_frames


@dataclass(frozen=True)
class LtdConfig:
    """past and future frames, `period` seconds apart; blocks and their width."""

    blocks: int = 12
    width: int = 256
    dropout: float = 0.5
    past: int = 10
    future: int = 25
    period: float = 0.04


class GraphConvolution(nn.Module):
    """x (B, V, inputs) -> (B, V, outputs) over a graph of V nodes with learned edges."""

    def __init__(self, nodes: int, inputs: int, outputs: int):
        super().__init__()
        bound = outputs**-0.5
        self.edges = nn.Parameter(torch.empty(nodes, nodes).uniform_(-bound, bound))
        self.weight = nn.Parameter(torch.empty(inputs, outputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(outputs).uniform_(-bound, bound))

    def forward(self, x: Tensor) -> Tensor:
        return self.edges @ (x @ self.weight) + self.bias


class GraphLayer(nn.Module):
    """Graph convolution, batch normalisation of every node's channels, tanh and dropout."""

    def __init__(self, nodes: int, inputs: int, outputs: int, dropout: float):
        super().__init__()
        self.convolution = GraphConvolution(nodes, inputs, outputs)
        self.norm = nn.BatchNorm1d(nodes * outputs)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        y = self.convolution(x)
        return self.dropout(self.norm(y.flatten(1)).view_as(y).tanh())


class LtdNetwork(nn.Module):
    """Called like MotionNetwork, but for fixed frames: looks at the newest `past` samples as if
    they were `period` apart, answers at `future` frames and linearly between them."""

    def __init__(
        self,
        parents: tuple[int, ...],
        mirror: tuple[int, ...],
        config: LtdConfig | None = None,
    ):
        super().__init__()
        self.config = config = config or LtdConfig()
        frames, nodes, width = config.past + config.future, 3 * len(parents), config.width
        self.register_buffer('cosines', cosine_transform(frames), persistent=False)
        self.first = GraphLayer(nodes, frames, width, config.dropout)
        self.blocks = nn.ModuleList(
            nn.Sequential(*(GraphLayer(nodes, width, width, config.dropout) for _ in range(2)))
            for _ in range(config.blocks)
        )
        self.last = GraphConvolution(nodes, width, frames)

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
        hidden = self.first(coefficients.transpose(1, 2))  # (B, V, width)
        for block in self.blocks:
            hidden = hidden + block(hidden)
        changed = coefficients + self.last(hidden).transpose(1, 2)
        frames = (self.cosines.T @ changed).unflatten(2, held.shape[2:])
        return frames[:, config.past :]
