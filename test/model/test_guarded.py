# SPDX-License-Identifier: Apache-2.0
import torch
from torch import nn

from nermo_ros.model.guarded import Guarded


class Mean(nn.Module):
    """As a network would: weighs positions by the mask."""

    def forward(self, times, positions, mask, query):
        mean = (positions * mask[..., None]).sum(1) / mask.sum(1)[..., None].clamp_min(1)
        return mean[:, None] + query[..., None, None]


def test_what_stands_where_nothing_was_seen_does_not_matter():
    torch.manual_seed(0)
    times, positions, query = torch.zeros(2, 4), torch.randn(2, 4, 3, 3), torch.zeros(2, 5)
    mask = (torch.rand(2, 4, 3) > 0.5).float()
    clean = Mean()(times, positions * mask[..., None], mask, query)
    for junk in (torch.nan, torch.inf, 1e30):
        spoilt = torch.where(mask[..., None] > 0, positions, junk)
        assert torch.equal(Guarded(Mean())(times, spoilt, mask, query), clean)
