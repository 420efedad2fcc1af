# SPDX-License-Identifier: Apache-2.0
"""The implicit representation: a motion as a continuous function of time, fitted to what was seen.

x_j(t) = ref_j + (b(t) - b(t_j))ᵀ c_j / G. The basis b is the generic rule, learned in the outer
loop; the coefficients c, 3-vectors, are the personalised modulation; ref_j is the joint's newest
seen position, at t_j. The inner loop starts from the masked closed form and then alternates
learned blocks with Newton steps on what was observed. Times count from the newest sample of the
body, so that a late forecast is the same curve.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nermo_ros.model.basis import TimeBasis
from nermo_ros.model.block import Block, JointMixing, both_sides
from nermo_ros.model.bones import Skeleton
from nermo_ros.model.inner_loop import RidgeFit
from nermo_ros.model.reference import newest_seen

LEAST_RIDGE = 0.1  # keeps the closed form well-conditioned in single precision
QUIET = 0.1  # size of a modulation below which a person counts as standing still
LEAVE = 0.04  # s, in which a forecast leaves a noisy newest sample
GAIN = 5.0  # brings displacements within a second (metres) to the order of one


@dataclass(frozen=True)
class NetworkConfig:
    """Sizes: basis functions K, vector and scalar channels, blocks (= unrolled inner steps).

    directions: constant vectors that the network may look at: gravity alone in the world, more
    where positions are given in the body's own frame; fixed_root: positions are relative to the
    root already, so that where they are says something (the published benchmarks).
    """

    basis: int = 20
    bands: int = 5
    vectors: int = 48
    scalars: int = 32
    blocks: int = 5
    dropout: float = 0.1
    directions: tuple[tuple[float, float, float], ...] = ((0.0, 0.0, 0.3),)
    fixed_root: bool = False


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
        joints, k, c, s = len(parents), config.basis, config.vectors, config.scalars
        self.skeleton = Skeleton(parents)
        self.register_buffer('mirror', torch.tensor(mirror), persistent=False)
        self.register_buffer('directions', torch.tensor(config.directions).T, persistent=False)
        self.basis = TimeBasis(k, config.bands)
        self.ridge = nn.Parameter(torch.tensor(-2.0))
        self.embed = nn.Linear(2 * k + 5 + len(config.directions), c, bias=False)
        self.embed_scale = nn.Parameter(1 + 0.1 * torch.randn(joints, 1, c))
        self.embed_joints = JointMixing(mirror, std=0.02, identity=1.0)
        self.joint_codes = nn.Parameter(0.1 * torch.randn(joints, s))
        self.evidence = nn.Linear(6, s)
        self.blocks = nn.ModuleList(
            Block(mirror, c, s, config.dropout) for _ in range(config.blocks)
        )
        self.to_modulation = nn.ModuleList(
            nn.Linear(c, k, bias=False) for _ in range(config.blocks)
        )
        self.from_step = nn.ModuleList(nn.Linear(k, c, bias=False) for _ in range(config.blocks))
        self.last_gate = nn.Linear(s, c)
        nn.init.zeros_(self.last_gate.weight)
        nn.init.ones_(self.last_gate.bias)
        self.trust = nn.Linear(s, 1)
        self.out = nn.Linear(c, k, bias=False)
        self.place = nn.Linear(c, 1, bias=False)
        self.anchor = nn.Linear(c, 1, bias=False)
        small = [(self.out, 1e-3), (self.place, 1e-3), (self.anchor, 1e-3)]
        small += [(m, 1e-2) for m in self.to_modulation]
        for layer, std in small:
            nn.init.normal_(layer.weight, std=std)

    def forward(self, times: Tensor, positions: Tensor, mask: Tensor, query: Tensor) -> Tensor:
        ref, ref_time, seen, centre = newest_seen(times, positions, mask)
        newest = torch.where(seen > 0, ref_time, times[:, :1]).amax(1, keepdim=True)
        newest = newest * seen.amax(1, keepdim=True)
        times, query, ref_time = times - newest, query - newest, (ref_time - newest) * seen

        basis_ref = self.basis(ref_time)  # (B, J, K)
        weight = mask.transpose(1, 2)[..., None]  # (B, J, N, 1)
        norm = 1 / math.sqrt(self.config.basis)
        design = (self.basis(times)[:, None] - basis_ref[:, :, None]) * weight * norm
        target = GAIN * (positions.transpose(1, 2) - ref[:, :, None]) * weight
        ridge = nn.functional.softplus(self.ridge) + LEAST_RIDGE
        fit = RidgeFit.of(design, target, ridge)
        start = fit.closed_form()  # (B, J, K, 3)
        misfit = self._misfit(design, target, start, mask)  # (B, J)

        # How far each joint, its parent and its children went since it was seen.
        ahead = (self.basis(torch.zeros_like(newest)) - basis_ref) * (norm / GAIN)
        moved = torch.stack([start, *self.skeleton.neighbours(start)], 2)  # (B, J, 3, K, 3)
        moved = (ahead[:, :, None, :, None] * moved).sum(3)
        v = self._vectors(start, moved, ref + moved[:, :, 0], seen, centre)
        q = both_sides(self.joint_codes, self.mirror)
        q = q + self.evidence(self._evidence(times, mask, seen, ref_time, misfit))
        for block, to_modulation, from_step in zip(
            self.blocks, self.to_modulation, self.from_step, strict=True
        ):
            v, q = block(v, q, seen)
            guess = start + to_modulation(v).transpose(-1, -2)
            v = v + from_step(fit.step(guess).transpose(-1, -2))
        v = v * self.last_gate(q)[:, :, None]
        guess = start + 10 * self._loudness(start, seen) * self.out(v).transpose(-1, -2)
        modulation = guess + self.trust(q).sigmoid()[..., None] * fit.step(guess)
        ref = ref + 3 * self.place(v)[..., 0] * (1 - seen[..., None])  # where it was never seen

        every = torch.cat([query, torch.zeros_like(newest)], 1)
        decode = (self.basis(every)[:, None] - basis_ref[:, :, None]) * (norm / GAIN)
        path = ref[:, :, None] + decode @ modulation  # (B, J, Q + 1, 3)
        # The newest sample is off by as much as samples scatter: start from it, but leave it.
        away = 1 - (-((every[:, None] - ref_time[..., None]) / LEAVE).square()).exp()
        scatter = (misfit * (10 / GAIN) * seen)[..., None] * self.anchor(v)[..., 0]
        path = (path + away[..., None] * scatter[:, :, None]).transpose(1, 2)
        lengths, known = self.skeleton.lengths(positions, mask)
        return self.skeleton.keep_lengths(path[:, :-1], path[:, -1:], lengths, known)

    def _misfit(self, design: Tensor, target: Tensor, start: Tensor, mask: Tensor) -> Tensor:
        """Root mean square of what the closed form misses of each joint's samples, (B, J)."""
        missed = (target - design @ start).square().sum((-1, -2))
        return (missed / mask.sum(1).clamp_min(1)).clamp_min(1e-10).sqrt()

    def _loudness(self, start: Tensor, seen: Tensor) -> Tensor:
        """0 for a person who stands still, towards 1 for one who moves, (B, 1, 1, 1)."""
        count = seen.sum(1).clamp_min(1)
        motion = (start.square().sum((-1, -2)) * seen).sum(1) / count
        motion = motion.clamp_min(1e-8).sqrt()[:, None, None, None]
        return motion / (motion + QUIET)

    def _vectors(
        self, start: Tensor, moved: Tensor, here: Tensor, seen: Tensor, centre: Tensor
    ) -> Tensor:
        """3-vectors (B, J, 3, C): own fit, the body's mean fit, bone, place, gravity."""
        count = seen.sum(1).clamp_min(1)[:, None, None, None]
        body = (start * seen[..., None, None]).sum(1, keepdim=True) / count
        place = here if self.config.fixed_root else here - centre[:, None]
        bone = 2 * (here - here[:, self.skeleton.parents])
        directions = self.directions.expand(*here.shape, -1)
        v = torch.cat(
            [
                start.transpose(-1, -2),
                body.transpose(-1, -2).expand_as(start.transpose(-1, -2)),
                torch.stack([bone, place], -1),
                GAIN * moved.transpose(-1, -2),
                directions,
            ],
            -1,
        )
        v = self.embed(v) * both_sides(self.embed_scale, self.mirror)
        return self.embed_joints(v.flatten(2)).unflatten(2, (3, self.config.vectors))

    def _evidence(
        self, times: Tensor, mask: Tensor, seen: Tensor, ref_time: Tensor, misfit: Tensor
    ) -> Tensor:
        """Of each joint (B, J, 6): ever seen, share of samples, age, samples in the last 0.2 s,
        logarithm of the misfit, of its own and of the body's mean."""
        recent = (mask * (times > -0.2).to(mask.dtype)[..., None]).sum(1) / 5
        log = ((misfit + 1e-3).log() + 4) / 2 * seen
        mean = log.sum(1, keepdim=True) / seen.sum(1, keepdim=True).clamp_min(1)
        return torch.stack([seen, mask.mean(1), ref_time, recent, log, mean.expand_as(log)], -1)
