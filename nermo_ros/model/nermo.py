# SPDX-License-Identifier: Apache-2.0
"""NeRMo as its authors' slides describe it (Wei et al., ECCV 2024), each part with a switch.

A motion is a continuous function f(t, z) -> x_t with a latent code z_j of each joint. Time goes
through a Fourier mapping, the coordinate features (t, z_j) attend to a learned codebook, and a
backbone of modulated layers with mask-aware attention over the joints follows. All of that is the
generic rule, shared by all motions and learned in the outer loop from what the fit forecasts. The
personalised modulation of one motion starts from an encoder of its masked history, without which
a fit would be a linear filter, and the inner loop corrects it on the observed samples.

What the slides leave open (sizes, solver, encoder) is ours. Training with query times <= 0 only
is plain fitting: the ablation without the outer objective.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nermo_ros.model.basis import TimeBasis
from nermo_ros.model.history_encoder import HistoryEncoder
from nermo_ros.model.modulated_head import ClosedForm, GradientSteps, Observed
from nermo_ros.model.reference import newest_seen, since_newest
from nermo_ros.model.spatial import JointWeights

GAIN = 5.0  # brings displacements within a second (metres) to the order of one
INNER = ('closed_form', 'gradient', 'none')


@dataclass(frozen=True)
class NermoConfig:
    """Switches and sizes of NeRMo.

    fourier: map time by `bands` octaves of sines, or give it raw; codebook: number of entries,
    0 for none; attention: over the joints, in backbone and encoder; inner: one of INNER ('none':
    the encoder's modulation as it is), `steps` gradient steps; codes: size of z_j; layers, width:
    of the backbone; features: K of the modulated head; blocks, channels, heads, dropout: of the
    encoder, which reads the history at `anchors` times from -span s to now; fixed_root: positions
    are relative to the root already, so that where they are says something.
    """

    fourier: bool = True
    bands: int = 5
    codes: int = 16
    codebook: int = 16
    attention: bool = True
    inner: str = 'closed_form'
    steps: int = 4
    layers: int = 2
    width: int = 32
    features: int = 16
    blocks: int = 3
    channels: int = 96
    heads: int = 4
    dropout: float = 0.1
    anchors: int = 10
    span: float = 0.36
    fixed_root: bool = False


class Codebook(nn.Module):
    """What the coordinates (t, z_j) find in a learned codebook.

    time (B, T, C), code (J, C): the two halves of the coordinate feature, which is their sum ->
    (B, J, T, C).
    """

    def __init__(self, entries: int, channels: int):
        super().__init__()
        self.query = nn.Linear(channels, channels)
        self.keys = nn.Parameter(torch.randn(entries, channels))
        self.values = nn.Parameter(0.5 * torch.randn(entries, channels))

    def forward(self, time: Tensor, code: Tensor) -> Tensor:
        keys = self.keys.T / self.keys.shape[1] ** 0.5
        of_time, of_code = self.query(time) @ keys, code @ self.query.weight.T @ keys
        return (of_time[:, None] + of_code[:, None]).softmax(-1) @ self.values


class ModulatedLayer(nn.Module):
    """Backbone layer: joints mix, then a layer that is scaled and shifted by the modulation.

    features (B, J, T, C), scale and shift (B, J, C), weights (B, J, J) of the joints or None.
    """

    def __init__(self, channels: int, mixes: bool):
        super().__init__()
        self.mixes = mixes
        self.own = nn.Linear(channels, channels)
        if mixes:
            self.others = nn.Linear(channels, channels, bias=False)

    def forward(self, x: Tensor, scale: Tensor, shift: Tensor, weights: Tensor | None) -> Tensor:
        hidden = self.own(x)
        if weights is not None:
            taken = weights @ x.flatten(2)
            hidden = hidden + self.others(taken.view_as(x))
        hidden = torch.addcmul(shift[:, :, None], hidden, 1 + scale[:, :, None])
        return x + nn.functional.silu(hidden)


class NermoNetwork(nn.Module):
    """Called like MotionNetwork; repairs (query <= 0) and forecasts (query > 0), at any time."""

    def __init__(
        self,
        parents: tuple[int, ...],
        mirror: tuple[int, ...],
        config: NermoConfig | None = None,
    ):
        super().__init__()
        self.config = config = config or NermoConfig()
        if config.inner not in INNER:
            raise ValueError(f'no inner loop {config.inner!r}: give one of {", ".join(INNER)}')
        joints, width = len(parents), config.width
        heads = config.heads if config.attention else 0
        self.codes = nn.Parameter(torch.randn(joints, config.codes))
        self.time = TimeBasis(width, config.bands if config.fourier else 0)
        self.to_feature = nn.Linear(config.codes, width)
        self.codebook = Codebook(config.codebook, width) if config.codebook else None
        self.encoder = HistoryEncoder(
            joints,
            config.codes,
            config.channels,
            config.blocks,
            heads,
            config.anchors,
            config.span,
            config.dropout,
        )
        self.attention = (
            JointWeights(joints, config.channels, config.layers, config.channels // 4)
            if config.attention
            else None
        )
        self.layers = nn.ModuleList(
            ModulatedLayer(width, config.attention) for _ in range(config.layers)
        )
        self.last = nn.Linear(width, config.features)
        # Scale and shift of each layer, shift and readout of the head, place of an unseen joint.
        self.parts = [width] * (2 * config.layers) + [config.features, 3 * config.features, 3]
        self.modulation = nn.Linear(config.channels, sum(self.parts))
        nn.init.normal_(self.modulation.weight, std=0.3 / math.sqrt(config.channels))
        self.inner = {
            'closed_form': ClosedForm,
            'gradient': lambda: GradientSteps(config.steps, config.features),
            'none': lambda: None,
        }[config.inner]()

    def forward(self, times: Tensor, positions: Tensor, mask: Tensor, query: Tensor) -> Tensor:
        times, query = since_newest(times, mask, query)
        mask = mask.transpose(1, 2)  # (B, J, N)
        newest = newest_seen(times, positions.permute(0, 3, 2, 1), mask[:, None])
        here, seen, age = (
            newest.position[..., 0].mT,
            newest.seen[:, 0, :, 0],
            newest.time[:, 0, :, 0],
        )
        target = GAIN * (positions.transpose(1, 2) - here[:, :, None]) * mask[..., None]
        place = 3 * (here - (0 if self.config.fixed_root else newest.centre[..., 0].mT))
        tokens = self.encoder(times, target, mask, place, age, self.codes)
        *film, shift, readout, place = self.modulation(tokens).split(self.parts, -1)
        readout = readout.unflatten(-1, (-1, 3))

        hidden = self._backbone(torch.cat([times, query], 1), tokens, seen, film)
        before, after = hidden.split([times.shape[1], query.shape[1]], 2)
        observed = Observed(before, newest.which[:, 0], mask[..., None], target)
        if self.inner is not None:
            shift, readout = self.inner(observed, shift, readout)
        _, reference = observed.activation(shift)
        path = ((after + shift[:, :, None]).tanh() - reference) @ readout / GAIN
        start = here + place * (1 - seen)[..., None]
        return (start[:, :, None] + path).transpose(1, 2)

    def _backbone(self, times: Tensor, tokens: Tensor, seen: Tensor, film: list[Tensor]) -> Tensor:
        """Features of every joint at every time, (B, J, T, K); times (B, T)."""
        time, code = self.time(times), self.to_feature(self.codes)
        x = time[:, None] + code[:, None]
        if self.codebook is not None:
            x = x + self.codebook(time, code)
        weights = [None] * len(self.layers)
        if self.attention is not None:
            weights = self.attention(tokens, seen).unbind(1)
        for layer, scale, shift, taken in zip(
            self.layers, film[::2], film[1::2], weights, strict=True
        ):
            x = layer(x, scale, shift, taken)
        return self.last(x)
