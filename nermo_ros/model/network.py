# SPDX-License-Identifier: Apache-2.0
"""The implicit representation: a motion as a continuous function of time, fitted to what was seen.

x_j(t) = ref_j + (b(t) - b(t_j))ᵀ c_j / G. The basis b is the generic rule, learned in the outer
loop; the coefficients c, 3-vectors, are the personalised modulation; ref_j is the joint's newest
seen position, at t_j. The inner loop, gradient descent on what was observed, moves the first few
coefficients, of which a history tells something; learned blocks between its rounds move all.
Times count from the newest sample of the body, so that a late forecast is the same curve.
"""

import copy
import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from nermo_ros.model.basis import TimeBasis
from nermo_ros.model.block import Block, JointMixing, SpatialAttention, both_sides
from nermo_ros.model.bones import Skeleton
from nermo_ros.model.inner_loop import descend
from nermo_ros.model.neighbourhood import Neighbourhood
from nermo_ros.model.reference import Newest, newest_seen, since_newest

LEAST_RIDGE = 0.1  # keeps the inner loop well-conditioned in single precision
QUIET = 0.1  # size of a modulation below which a person counts as standing still
LEAVE = 0.04  # s, in which a forecast leaves a noisy newest sample
CATCH_UP = 0.02  # s, in which it leaves the newest sample of a joint that was not seen since
GAIN = 5.0  # brings displacements within a second (metres) to the order of one


@dataclass(frozen=True)
class NetworkConfig:
    """Sizes: basis functions K, of which `fitted` in the inner loop of 2^doublings steps; vector
    and scalar channels; blocks (= rounds of the inner loop).

    directions: constant vectors that the network may look at: gravity alone in the world, more
    where positions are given in the body's own frame; fixed_root: positions are relative to the
    root already, so that where they are says something (the published benchmarks).
    """

    basis: int = 20
    fitted: int = 8
    doublings: int = 10
    bands: int = 5
    vectors: int = 48
    scalars: int = 32
    blocks: int = 5
    dropout: float = 0.1
    directions: tuple[tuple[float, float, float], ...] = ((0.0, 0.0, 0.3),)
    fixed_root: bool = False


class Fit(NamedTuple):
    """Where the inner loop arrives, of each joint.

    start, common (B, J, 3, F): coefficients of the joint and of what it has in common with its
    neighbours; left (B, J, 3, F): a further round from start; pull (B, J, K, F): what a round
    takes back of any change of the coefficients; misfit (B, J): root mean square of what start
    misses of the joint's samples.
    """

    start: Tensor
    common: Tensor
    left: Tensor
    pull: Tensor
    misfit: Tensor


class MotionNetwork(nn.Module):
    """Fits and decodes motions of bodies given by `parents` and `mirror` (see skeleton/body.py).

    forward(times (B, N) s <= 0, positions (B, N, J, 3) m, mask (B, N, J) 1 seen, query (B, Q) s)
    -> (B, Q, J, 3) m. Positions where mask is 0 are not looked at as long as they are finite.
    Moving the origin moves the result by as much, turning about gravity turns it, mirroring
    mirrors it (where the config's directions and root allow).
    """

    def __init__(
        self,
        parents: tuple[int, ...],
        mirror: tuple[int, ...],
        config: NetworkConfig | None = None,
    ):
        super().__init__()
        self.config = config = config or NetworkConfig()
        if not 0 < config.fitted <= config.basis:
            raise ValueError(
                f'network.fitted is {config.fitted}: give 1 to {config.basis}, as many as basis'
            )
        joints, k, c, s = len(parents), config.basis, config.vectors, config.scalars
        self.skeleton = Skeleton(parents)
        self.register_buffer('mirror', torch.tensor(mirror), persistent=False)
        self.register_buffer('directions', torch.tensor(config.directions).T, persistent=False)
        leaving = torch.tensor([-1 / LEAVE**2, -1 / CATCH_UP**2])
        self.register_buffer('leaving', leaving, persistent=False)
        self.basis = TimeBasis(k, config.bands)
        self.ridge = nn.Parameter(torch.tensor(-2.0))
        self.joint_codes = nn.Parameter(0.1 * torch.randn(joints, s))
        self.evidence = nn.Linear(6, s)
        self.neighbourhood = Neighbourhood(parents, mirror)
        inputs = 3 * config.fitted + 4 + len(config.directions)
        self.embed = nn.Linear(inputs, c, bias=False)
        self.embed_scale = nn.Parameter(1 + 0.1 * torch.randn(joints, 1, c))
        self.embed_joints = JointMixing(mirror, std=0.02, identity=1.0)
        self.attention = SpatialAttention(mirror, s, config.blocks)
        self.blocks = nn.ModuleList(
            Block(mirror, c, s, config.dropout) for _ in range(config.blocks)
        )
        self.to_modulation, self.from_step = (
            nn.ModuleList(nn.Linear(*sizes, bias=False) for _ in range(config.blocks))
            for sizes in ((c, k), (config.fitted, c))
        )
        self.last_gate = nn.Linear(s, c)
        nn.init.zeros_(self.last_gate.weight)
        nn.init.ones_(self.last_gate.bias)
        self.trust = nn.Linear(s, 1)
        self.out = nn.Linear(c, k, bias=False)
        self.offsets = nn.Linear(c, 3, bias=False)
        small = [(self.out, 1e-3), (self.offsets, 1e-3), *((m, 1e-2) for m in self.to_modulation)]
        for layer, std in small:
            nn.init.normal_(layer.weight, std=std)

    def forward(self, times: Tensor, positions: Tensor, mask: Tensor, query: Tensor) -> Tensor:
        times, query = since_newest(times, mask, query)
        newest = newest_seen(times, positions, mask)
        samples, weight = times.shape[1], mask.transpose(1, 2)[..., None]  # (B, J, N, 1)
        every = torch.cat([times, query, torch.zeros_like(times[:, :1])], 1)
        basis = self.basis(every) / math.sqrt(self.config.basis)
        before, after = basis[:, :samples], basis[:, samples:]
        never = (1 - newest.seen)[..., None]
        basis_ref = newest.which @ before + never * after[:, -1:]  # (B, J, K)

        design = (before[:, None] - basis_ref[:, :, None]) * weight
        target = GAIN * (positions.transpose(1, 2) - newest.position[:, :, None]) * weight
        fit = self._fit(design, target)
        q = both_sides(self.joint_codes, self.mirror)
        q = q + self.evidence(self._evidence(times, mask, newest, fit.misfit))
        v = self._vectors(fit, after[:, -1:] - basis_ref, newest)
        change, fitted, v = self._adapt(fit, v, q, newest.seen)

        decode = after[:, None] - basis_ref[:, :, None]  # (B, J, Q + 1, K)
        path = decode @ change.mT + decode[..., : self.config.fitted] @ fitted.mT
        path = path / GAIN + self._offset(v, every[:, samples:], newest, fit.misfit)
        path = path.transpose(1, 2)
        lengths, known = self.skeleton.lengths(positions, mask)
        return self.skeleton.keep_lengths(path[:, :-1], path[:, -1:], lengths, known)

    @torch.no_grad()
    def decorrelate(self, history: float) -> None:
        """Turn the fitted coefficients to axes on which a whole history (s) tells separate things.

        The network stays what it is, as the inner loop does not care how they are turned, but in
        single precision a Gram matrix that mixes large and small ones has lost the small.
        """
        fitted = self.config.fitted
        times = torch.linspace(-history, 0, 256, device=self.ridge.device, dtype=torch.float64)
        functions = copy.deepcopy(self.basis).double()(times)[:, :fitted]
        functions = functions - functions[-1:]
        turn = torch.linalg.eigh(functions.T @ functions).eigenvectors.to(self.ridge.dtype)
        last = self.basis.mlp[-1]
        for rows in (last.weight, last.bias, self.out.weight, *weights(self.to_modulation)):
            rows[:fitted] = turn.T @ rows[:fitted]
        for columns in weights(self.from_step):
            columns.copy_(columns @ turn)
        for start in range(0, 3 * fitted, fitted):  # as _vectors puts them
            columns = self.embed.weight[:, start : start + fitted]
            columns.copy_(columns @ turn)

    def _fit(self, design: Tensor, target: Tensor) -> Fit:
        """The inner loop around what a joint has in common with its neighbours."""
        joints, fitted = design.shape[1], design[..., : self.config.fitted]
        ridge = nn.functional.softplus(self.ridge) + LEAST_RIDGE
        gram, moment = fitted.mT @ fitted, fitted.mT @ target
        pooled_gram, pooled_moment = self.neighbourhood(gram), self.neighbourhood(moment)
        inverse = descend(
            torch.cat([gram, pooled_gram], 1), ridge, self.config.doublings
        )  # (B, 2 J, F, F)
        common = inverse[:, joints:] @ pooled_moment  # (B, J, F, 3)
        descent = inverse[:, :joints] @ fitted.mT
        start = common + descent @ (target - fitted @ common)
        missed = target - fitted @ start
        count = design.abs().amax(-1).gt(0).to(design.dtype).sum(-1) + 1  # the newest one is met
        misfit = (missed.square().sum((-1, -2)) / count).clamp_min(1e-10).sqrt()
        return Fit(start.mT, common.mT, (descent @ missed).mT, (descent @ design).mT, misfit)

    def _adapt(
        self, fit: Fit, v: Tensor, q: Tensor, seen: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Learned blocks and rounds of the inner loop in turns: change of all coefficients
        (B, J, 3, K), the fitted ones that add to the first of them, and the vectors."""
        weights = self.attention(q, seen).unbind(1)
        for block, weight, to_modulation, from_step in zip(
            self.blocks, weights, self.to_modulation, self.from_step, strict=True
        ):
            v, q = block(v, q, weight)
            v = v + from_step(fit.left - to_modulation(v) @ fit.pull)
        v = v * self.last_gate(q)[:, :, None]
        change = 10 * self._loudness(fit.start, seen) * self.out(v)
        trust = self.trust(q).sigmoid()[..., None]
        return change, fit.start + trust * (fit.left - change @ fit.pull), v

    def _loudness(self, start: Tensor, seen: Tensor) -> Tensor:
        """0 for a person who stands still, towards 1 for one who moves, (B, 1, 1, 1)."""
        count = seen.sum(1).clamp_min(1)
        motion = (start.square().sum((-1, -2)) * seen).sum(1) / count
        motion = motion.clamp_min(1e-8).sqrt()[:, None, None, None]
        return motion / (motion + QUIET)

    def _vectors(self, fit: Fit, ahead: Tensor, newest: Newest) -> Tensor:
        """3-vectors (B, J, 3, C): own fit, that of the neighbours, the body's mean fit, bone,
        place, gravity, and how far the joint and its neighbours went since it was seen."""
        ahead = ahead[:, :, None, : self.config.fitted]
        count = newest.seen.sum(1).clamp_min(1)[:, None, None, None]
        body = fit.start.sum(1, keepdim=True) / count
        moved, common = ((c * ahead).sum(-1) for c in (fit.start, fit.common))  # times GAIN
        here = newest.position + moved / GAIN
        place = here if self.config.fixed_root else here - newest.centre[:, None]
        bone = 2 * self.skeleton.bones(here)
        v = torch.cat(
            [
                fit.start,
                fit.common,
                body.expand_as(fit.start),
                torch.stack([bone, place, moved, common], -1),
                self.directions.expand(*here.shape, -1),
            ],
            -1,
        )
        v = self.embed(v) * both_sides(self.embed_scale, self.mirror)
        return self.embed_joints(v.flatten(2)).unflatten(2, (3, self.config.vectors))

    def _evidence(self, times: Tensor, mask: Tensor, newest: Newest, misfit: Tensor) -> Tensor:
        """Of each joint (B, J, 6): ever seen, share of samples, age, samples in the last 0.2 s,
        logarithm of the misfit, of its own and of the body's mean."""
        seen = newest.seen
        recent = (mask * (times > -0.2).to(mask.dtype)[..., None]).sum(1) / 5
        log = ((misfit + 1e-3).log() + 4) / 2 * seen
        mean = log.sum(1, keepdim=True) / seen.sum(1, keepdim=True).clamp_min(1)
        evidence = [seen, mask.mean(1), newest.time, recent, log, mean.expand_as(log)]
        return torch.stack(evidence, -1)

    def _offset(self, v: Tensor, times: Tensor, newest: Newest, misfit: Tensor) -> Tensor:
        """From where the motion is counted (B, J, Q, 3): the newest sample, what a forecast moves
        away from it since samples scatter or are late, and the place of a joint never seen."""
        place, scatter, late = self.offsets(v).unbind(-1)  # (B, J, 3) each
        scatter = (misfit * (10 / GAIN) * newest.seen)[..., None] * scatter
        late = (1 - (-(newest.time / CATCH_UP).square()).exp())[..., None] * late / GAIN
        start = newest.position + 3 * place * (1 - newest.seen)[..., None] + scatter + late
        since = (times[:, None] - newest.time[..., None]).square()[..., None]  # (B, J, Q, 1)
        stay = (since * self.leaving).exp() @ torch.stack([scatter, late], 2)
        return start[:, :, None] - stay


def weights(layers: nn.ModuleList) -> list[Tensor]:
    """Of linear layers."""
    return [layer.weight for layer in layers]
