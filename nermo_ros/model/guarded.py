# SPDX-License-Identifier: Apache-2.0
"""A network behind a guard, as it is exported and served."""

import torch
from torch import Tensor, nn


class Guarded(nn.Module):
    """Keeps what stands where nothing was seen from the network: NaN times 0 would be NaN.

    Same call as the network.
    """

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, times: Tensor, positions: Tensor, mask: Tensor, query: Tensor) -> Tensor:
        # By a product, as runtimes are slow to repeat what is short.
        thrice = torch.eye(mask.shape[2], dtype=mask.dtype, device=mask.device)
        seen = mask @ thrice[..., None].expand(-1, -1, 3).flatten(1)
        clean = torch.where(seen.view(positions.shape) > 0, positions, 0.0)
        return self.network(times, clean, mask, query)
