# SPDX-License-Identifier: Apache-2.0
"""The implicit representation: a motion as a continuous function of time, fitted to what was seen.

x_j(t) = ref_j + (b(t) - b(t_j))ᵀ c_j / G. The basis b is the generic rule, learned in the outer
loop; the coefficients c, 3-vectors, are the personalised modulation; ref_j is the joint's newest
seen position, at t_j. The inner loop, gradient descent on what was observed, moves the first few
coefficients, of which a history tells something; learned blocks between its rounds move all.
Times count from the newest sample of the body, so that a late forecast is the same curve.

Tensors are (B, 3 or 1, J, ...), vectors or scalars of each joint, so that few operations move
anything: one person's forecast takes as long as there are operations.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from nermo_ros.model.basis import TimeBasis
from nermo_ros.model.block import Block, JointMixing, both_sides
from nermo_ros.model.bones import Skeleton
from nermo_ros.model.inner_loop import descend
from nermo_ros.model.neighbourhood import Neighbourhood
from nermo_ros.model.reference import Newest, newest_seen, since_newest

LEAST_RIDGE = 0.1  # keeps the inner loop well-conditioned in single precision
QUIET = 0.01  # size of a modulation at which a person counts as half standing still: noise of 1 mm
LEAVE = 0.03  # s, in which a forecast leaves a newest sample that scatters or is late
GAIN = 5.0  # brings displacements within a second (metres) to the order of one


@dataclass(frozen=True)
class NetworkConfig:
    """Sizes: basis functions K, of which `fitted` in the inner loop of 2^doublings steps; vector
    and scalar channels, in groups of which each mixes the joints in its own way; blocks (= rounds
    of the inner loop).

    directions: constant vectors that the network may look at: gravity alone in the world, more
    where positions are given in the body's own frame; fixed_root: positions are relative to the
    root already, so that where they are says something (the published benchmarks).
    """

    basis: int = 20
    fitted: int = 8
    doublings: int = 6
    bands: int = 5
    vectors: int = 64
    scalars: int = 32
    groups: int = 1
    blocks: int = 4
    dropout: float = 0.1
    directions: tuple[tuple[float, float, float], ...] = ((0.0, 0.0, 0.3),)
    fixed_root: bool = False


class Fit(NamedTuple):
    """Where the inner loop arrives, of each joint.

    start, common (B, 3, J, F): coefficients of the joint and of what it has in common with its
    neighbours; left (B, 3, J, F): a further round from start; pull (B, J, K, F): what a round
    takes back of any change of the coefficients; miss (B, 1, J, 1): mean square of what start
    misses of the joint's samples.
    """

    start: Tensor
    common: Tensor
    left: Tensor
    pull: Tensor
    miss: Tensor

    def round(self, change: Tensor) -> Tensor:
        """A further round of the inner loop after a change of all coefficients (B, 3, J, K)."""
        return self.left - (change.transpose(1, 2) @ self.pull).transpose(1, 2)


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
        if config.groups < 1 or c % config.groups or s % config.groups:
            raise ValueError(
                f'network.groups is {config.groups}: give a number that divides vectors ({c}) and '
                f'scalars ({s})'
            )
        self.skeleton = Skeleton(parents)
        self.register_buffer('mirror', torch.tensor(mirror), persistent=False)
        directions = torch.tensor(config.directions).T[:, None]  # (3, 1, D)
        self.register_buffer('directions', directions, persistent=False)
        self.register_buffer('first', torch.eye(k)[: config.fitted], persistent=False)
        self.basis = TimeBasis(k, config.bands, activation=nn.SiLU)
        self.ridge = nn.Parameter(torch.tensor(-2.0))
        self.joint_codes = nn.Parameter(0.1 * torch.randn(joints, s))
        self.evidence = nn.Linear(k + 3, s, bias=False)
        self.neighbourhood = Neighbourhood(parents, mirror)
        self.embed = nn.Linear(3 * config.fitted + 4, c, bias=False)
        self.embed_directions = nn.Linear(len(config.directions), c, bias=False)
        self.embed_scale = nn.Parameter(1 + 0.1 * torch.randn(joints, c))
        self.embed_joints = JointMixing(mirror, config.groups)
        self.blocks = nn.ModuleList(
            Block(mirror, c, s, config.groups, config.dropout) for _ in range(config.blocks)
        )
        self.to_modulation, self.from_step = (
            nn.ModuleList(nn.Linear(*sizes, bias=False) for _ in range(config.blocks))
            for sizes in ((c, k), (config.fitted, c))
        )
        self.trust = nn.Linear(s, 1)
        self.out = nn.Linear(c, k, bias=False)
        self.offsets = nn.Linear(c, 3, bias=False)
        nn.init.normal_(self.embed_directions.weight, std=0.1)
        small = [(self.out, 1e-3), (self.offsets, 1e-3), *((m, 1e-2) for m in self.to_modulation)]
        for layer, std in small:
            nn.init.normal_(layer.weight, std=std)

    def forward(self, times: Tensor, positions: Tensor, mask: Tensor, query: Tensor) -> Tensor:
        times, query = since_newest(times, mask, query)
        positions, mask = positions.permute(0, 3, 2, 1), mask.transpose(1, 2)[:, None]
        newest = newest_seen(times, positions, mask)
        samples = times.shape[1]
        every = torch.cat([times, query, torch.zeros_like(times[:, :1])], 1)[:, None]
        basis = self.basis(every) * self.config.basis**-0.5  # (B, 1, N + Q + 1, K)
        before, after = basis[:, :, :samples], basis[:, :, samples:]
        now = after[:, :, -1:]
        basis_ref = newest.which @ before + (1 - newest.seen) * now  # (B, 1, J, K)

        # (B, J, N, K) and (B, J, N, 3): each joint's samples from its own newest one.
        design = (before - basis_ref.transpose(1, 2)) * mask.permute(0, 2, 3, 1)
        target = (((positions - newest.position) * mask) * GAIN).permute(0, 2, 3, 1)
        fit = self._fit(design, target, mask)
        q = both_sides(self.joint_codes, self.mirror)
        q = q + self.evidence(self._evidence(mask, before, newest, fit.miss))
        v = self._vectors(fit, now - basis_ref, newest)
        modulation, v = self._adapt(fit, v, q)

        path = modulation @ after.mT - (modulation * basis_ref).sum(3, keepdim=True)
        path = (path + self._offset(v, every[:, :, None, samples:], newest, fit.miss)) / GAIN
        lengths = self.skeleton.lengths(positions, mask)
        path = self.skeleton.keep_lengths(newest.position + path, *lengths)
        return path[..., :-1].permute(0, 3, 2, 1)

    def _fit(self, design: Tensor, target: Tensor, mask: Tensor) -> Fit:
        """The inner loop around what a joint has in common with its neighbours."""
        size, joints = self.config.fitted, design.shape[1]
        fitted = design[..., :size]
        own = fitted.mT @ torch.cat([fitted, target], -1)  # Gram matrices and moments
        pooled = self.neighbourhood(own)
        ridge = nn.functional.softplus(self.ridge) + LEAST_RIDGE
        grams = torch.cat([own, pooled], 1)[..., :size]
        inverse = descend(grams, ridge, self.config.doublings)  # (B, 2 J, F, F)
        common = inverse[:, joints:] @ pooled[..., size:]  # (B, J, F, 3)
        descent = inverse[:, :joints] @ fitted.mT
        start = common + descent @ (target - fitted @ common)
        missed = target - fitted @ start
        miss = missed.square().sum((2, 3))[:, None, :, None]
        count = mask.sum(3, keepdim=True) + 1
        start, common, left = (c.permute(0, 3, 1, 2) for c in (start, common, descent @ missed))
        return Fit(start, common, left, (descent @ design).mT, (miss / count).clamp_min(1e-8))

    def _adapt(self, fit: Fit, v: Tensor, q: Tensor) -> tuple[Tensor, Tensor]:
        """Learned blocks and rounds of the inner loop in turns: all coefficients (B, 3, J, K) and
        the vectors. Somebody who stands quite still stays so."""
        for block, to_modulation, from_step in zip(
            self.blocks, self.to_modulation, self.from_step, strict=True
        ):
            v, q = block(v, q)
            v = v + from_step(fit.round(to_modulation(v)))
        motion = fit.start.square().sum((1, 2, 3), keepdim=True)
        change = 10 * motion / (motion + QUIET) * self.out(v)
        fitted = fit.start + self.trust(q).sigmoid() * fit.round(change)
        return change + fitted @ self.first, v

    def _vectors(self, fit: Fit, ahead: Tensor, newest: Newest) -> Tensor:
        """3-vectors (B, 3, J, C): own fit, that of the neighbours, the body's mean fit, how far
        the joint and its neighbours went since it was seen, bone, place, gravity."""
        ahead = ahead[..., : self.config.fitted]
        body = fit.start.sum(2, keepdim=True) / newest.joints
        moved, common = ((c * ahead).sum(3, keepdim=True) for c in (fit.start, fit.common))
        here = newest.position + moved / GAIN
        place = here if self.config.fixed_root else here - newest.centre
        bone = self.skeleton.bones(here)
        fits = [fit.start, fit.common, body.expand_as(fit.start)]
        v = self.embed(torch.cat([*fits, moved, common, bone, place], -1))
        v = v + self.embed_directions(self.directions)
        return self.embed_joints(v * both_sides(self.embed_scale, self.mirror))

    def _evidence(self, mask: Tensor, basis: Tensor, newest: Newest, miss: Tensor) -> Tensor:
        """Of each joint (B, 1, J, K + 3): ever seen, when last, how well it is fitted, and when it
        was seen in terms of the basis."""
        seen = 0.2 * (mask @ basis)
        return torch.cat([newest.seen, newest.time, 0.3 * miss.log() + 2, seen], -1)

    def _offset(self, v: Tensor, times: Tensor, newest: Newest, miss: Tensor) -> Tensor:
        """From where the motion is counted, times GAIN (B, 3, J, Q): the place of a joint never
        seen; what a forecast moves away from the newest sample, which scatters or is late."""
        place, scatter, late = self.offsets(v).split(1, -1)
        age = (newest.time * (-1 / LEAVE)).clamp_max(1)
        drift = scatter * (10 * miss.sqrt()) + late * age
        since = times - newest.time  # (B, 1, J, Q)
        left = 1 - (since.square() * (-1 / LEAVE**2)).exp()
        return place * (3 * GAIN * (1 - newest.seen)) + drift * left
