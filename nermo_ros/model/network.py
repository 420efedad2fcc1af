# SPDX-License-Identifier: Apache-2.0
"""The implicit representation: a motion as a continuous function of time, fitted to what was seen.

x_j(t) = ref_j + (b(t) - b(t_j))ᵀ c_j / G. The basis b is the generic rule, learned in the outer
loop; the coefficients c, 3-vectors, are the personalised modulation; ref_j is the joint's newest
seen position, at t_j. The inner loop starts from the masked closed form and then alternates
learned blocks with the gradient of the residual on what was observed.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nermo_ros.model.basis import TimeBasis
from nermo_ros.model.block import Block, JointMixing, both_sides
from nermo_ros.model.inner_loop import closed_form, gradient

LEAST_RIDGE = 0.1  # keeps the closed form well-conditioned in single precision
GAIN = 5.0  # brings displacements within a second (metres) to the order of one


@dataclass(frozen=True)
class NetworkConfig:
    """Sizes: basis functions K, vector and scalar channels, blocks (= unrolled inner steps)."""

    basis: int = 20
    bands: int = 5
    vectors: int = 48
    scalars: int = 32
    blocks: int = 5
    dropout: float = 0.1


class MotionNetwork(nn.Module):
    """Fits and decodes motions of bodies given by `parents` and `mirror` (see skeleton/body17.py).

    forward(times (B, N) s <= 0, positions (B, N, J, 3) m, mask (B, N, J) 1 seen, query (B, Q) s)
    -> (B, Q, J, 3) m. Positions where mask is 0 are not looked at as long as they are finite.
    Moving the origin moves the result by as much, turning about gravity turns it, mirroring
    mirrors it.
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
        self.register_buffer('parents', torch.tensor(parents), persistent=False)
        self.register_buffer('mirror', torch.tensor(mirror), persistent=False)
        self.register_buffer('up', torch.tensor([0.0, 0.0, 0.3]), persistent=False)
        self.basis = TimeBasis(k, config.bands)
        self.ridge = nn.Parameter(torch.tensor(-2.0))
        self.embed = nn.Linear(2 * k + 3, c, bias=False)
        self.embed_scale = nn.Parameter(1 + 0.1 * torch.randn(joints, 1, c))
        self.embed_joints = JointMixing(mirror, std=0.02, identity=1.0)
        self.joint_codes = nn.Parameter(0.1 * torch.randn(joints, s))
        self.visibility = nn.Linear(4, s)
        self.blocks = nn.ModuleList(
            Block(mirror, c, s, config.dropout) for _ in range(config.blocks)
        )
        self.to_modulation = nn.ModuleList(
            nn.Linear(c, k, bias=False) for _ in range(config.blocks)
        )
        self.from_gradient = nn.ModuleList(
            nn.Linear(k, c, bias=False) for _ in range(config.blocks)
        )
        self.last_gate = nn.Linear(s, c)
        nn.init.zeros_(self.last_gate.weight)
        nn.init.ones_(self.last_gate.bias)
        self.out = nn.Linear(c, k, bias=False)
        self.place = nn.Linear(c, 1, bias=False)
        small = [(self.out, 1e-3), (self.place, 1e-3), *((m, 1e-2) for m in self.to_modulation)]
        for layer, std in small:
            nn.init.normal_(layer.weight, std=std)

    def forward(self, times: Tensor, positions: Tensor, mask: Tensor, query: Tensor) -> Tensor:
        ref, ref_time, seen, centre = self._reference(times, positions, mask)
        basis_ref = self.basis(ref_time)  # (B, J, K)
        weight = mask.transpose(1, 2)[..., None]  # (B, J, N, 1)
        norm = 1 / math.sqrt(self.config.basis)
        design = (self.basis(times)[:, None] - basis_ref[:, :, None]) * weight * norm
        target = GAIN * (positions.transpose(1, 2) - ref[:, :, None]) * weight
        ridge = nn.functional.softplus(self.ridge) + LEAST_RIDGE
        start = closed_form(design, target, ridge)  # (B, J, K, 3)

        v = self._vectors(start, ref, seen, centre)
        q = both_sides(self.joint_codes, self.mirror)
        q = q + self.visibility(self._visibility(times, mask, seen, ref_time))
        for block, to_modulation, from_gradient in zip(
            self.blocks, self.to_modulation, self.from_gradient, strict=True
        ):
            v, q = block(v, q, seen)
            guess = start + to_modulation(v).transpose(-1, -2)
            v = v + from_gradient(gradient(design, target, guess).transpose(-1, -2))
        v = v * self.last_gate(q)[:, :, None]
        modulation = start + 10 * self.out(v).transpose(-1, -2)
        ref = ref + 3 * self.place(v)[..., 0] * (
            1 - seen[..., None]
        )  # where a never-seen joint is
        decode = (self.basis(query)[:, None] - basis_ref[:, :, None]) * (
            norm / GAIN
        )  # (B, J, Q, K)
        return (ref[:, :, None] + decode @ modulation).transpose(1, 2)

    def _reference(
        self, times: Tensor, positions: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Newest seen position of each joint and its time; where never seen: the centroid, now."""
        samples = torch.arange(1, times.shape[1] + 1, device=times.device, dtype=mask.dtype)
        last = (mask * samples[None, :, None]).argmax(1)  # (B, J)
        seen = mask.amax(1)
        ref = torch.gather(positions, 1, last[:, None, :, None].expand(-1, 1, -1, 3))[:, 0]
        count = seen.sum(1).clamp_min(1)[:, None]
        centre = (ref * seen[..., None]).sum(1) / count
        ref = torch.where(seen[..., None] > 0, ref, centre[:, None])
        return ref, torch.gather(times, 1, last) * seen, seen, centre

    def _vectors(self, start: Tensor, ref: Tensor, seen: Tensor, centre: Tensor) -> Tensor:
        """3-vectors (B, J, 3, C): own fit, the body's mean fit, bone, place, gravity."""
        count = seen.sum(1).clamp_min(1)[:, None, None, None]
        body = (start * seen[..., None, None]).sum(1, keepdim=True) / count
        bone, place = 2 * (ref - ref[:, self.parents]), ref - centre[:, None]
        up = self.up.expand_as(ref)
        v = torch.cat(
            [
                start.transpose(-1, -2),
                body.transpose(-1, -2).expand_as(start.transpose(-1, -2)),
                torch.stack([bone, place, up], -1),
            ],
            -1,
        )
        v = self.embed(v) * both_sides(self.embed_scale, self.mirror)
        return self.embed_joints(v.flatten(2)).unflatten(2, (3, self.config.vectors))

    def _visibility(self, times: Tensor, mask: Tensor, seen: Tensor, ref_time: Tensor) -> Tensor:
        """Of each joint (B, J, 4): ever seen, share of samples, age, samples in the last 0.2 s."""
        recent = (mask * (times > -0.2).to(mask.dtype)[..., None]).sum(1) / 5
        return torch.stack([seen, mask.mean(1), ref_time, recent], -1)
