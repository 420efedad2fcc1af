# SPDX-License-Identifier: Apache-2.0
"""From a masked history of any stamps to one token a joint: where NeRMo's modulation starts."""

import torch
from torch import Tensor, nn

from nermo_ros.model.spatial import JointBlock

FARTHEST = 1e6  # a distance in time, in squared widths, that an unseen sample has beyond any seen


class HistoryEncoder(nn.Module):
    """Reads the history at learned times before now, then lets the joints look at each other.

    forward(times (B, N) s, displacement (B, J, N, 3) from the newest seen position and 0 where
    unseen, mask (B, J, N), place (B, J, 3) of that position, age (B, J) s of it) ->
    (B, J, channels). `codes` (J, d) tell the joints apart.
    """

    def __init__(
        self,
        joints: int,
        codes: int,
        channels: int,
        blocks: int,
        heads: int,
        anchors: int,
        span: float,
        dropout: float,
    ):
        super().__init__()
        self.anchors = nn.Parameter(torch.linspace(-span, 0, anchors))
        self.log_width = nn.Parameter(torch.full((anchors,), span / anchors / 2).log())
        self.embed = nn.Linear(4 * anchors + 6, channels)
        self.to_token = nn.Linear(codes, channels, bias=False)
        self.blocks = nn.ModuleList(
            JointBlock(joints, channels, heads, dropout) for _ in range(blocks)
        )

    def forward(
        self,
        times: Tensor,
        displacement: Tensor,
        mask: Tensor,
        place: Tensor,
        age: Tensor,
        codes: Tensor,
    ) -> Tensor:
        seen = mask.amax(2)
        off = times[:, None] - self.anchors[:, None]  # (B, A, N)
        score = -0.5 * (off * (-self.log_width).exp()[:, None]).square()
        score = score[:, None] - FARTHEST * (1 - mask)[:, :, None]
        weight = score.softmax(-1) * mask[:, :, None]  # (B, J, A, N)
        read = (weight @ displacement).flatten(2)
        lag = (weight * off[:, None]).sum(-1) * 10
        evidence = torch.stack([seen, mask.mean(2), age], -1)
        tokens = self.embed(torch.cat([read, lag, place, evidence], -1)) + self.to_token(codes)
        for block in self.blocks:
            tokens = block(tokens, seen)
        return tokens
