# SPDX-License-Identifier: Apache-2.0
"""What the other joints tell of one that was not seen lately: how far they went since."""

import torch
from torch import Tensor, nn

from nermo_ros.model.block import both_sides_of_pairs

NEVER = 10.0  # score that a joint loses by never having been seen


class Witnesses(nn.Module):
    """Attention of each joint to how far every joint went since that one was seen.

    forward(start (B, J, 3, F) coefficients of each joint, ahead (B, J, F) what the basis gains
    from each joint's newest sample to now, q (B, J, S) scalars, seen (B, J)) -> (B, J, 3, views),
    displacements in the units of start.
    """

    def __init__(self, mirror: tuple[int, ...], scalars: int, views: int):
        super().__init__()
        joints = len(mirror)
        self.register_buffer('mirror', torch.tensor(mirror), persistent=False)
        self.pair = nn.Parameter(0.3 * torch.randn(views, joints, joints))
        self.witness = nn.Linear(scalars, views, bias=False)
        with torch.no_grad():  # to begin with, one view is of the joint itself
            self.pair[0] += 3 * torch.eye(joints)

    def forward(self, start: Tensor, ahead: Tensor, q: Tensor, seen: Tensor) -> Tensor:
        went = ahead @ start.permute(0, 3, 2, 1).flatten(2)  # (B, J, 3 J)
        pair = both_sides_of_pairs(self.pair, self.mirror).permute(1, 2, 0)
        score = pair + (self.witness(q) - NEVER * (1 - seen)[..., None])[:, None]
        return went.unflatten(2, (3, -1)) @ score.softmax(2)
