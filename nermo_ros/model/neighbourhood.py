# SPDX-License-Identifier: Apache-2.0
"""What a joint has in common with its neighbours: they were seen when it was not."""

import torch
from torch import Tensor, nn

from nermo_ros.model.block import both_sides_of_pairs


class Neighbourhood(nn.Module):
    """Sums what the joints were seen to do, near ones with more weight; weights are learned.

    forward(features (B, J, ...)) -> (B, J, ...). Gram matrices and moments of the joints, summed,
    are those of one curve that is fitted to the samples of all of them.
    """

    def __init__(self, parents: tuple[int, ...], mirror: tuple[int, ...]):
        super().__init__()
        self.register_buffer('mirror', torch.tensor(mirror), persistent=False)
        self.far = nn.Parameter(bones_apart(parents))

    def forward(self, features: Tensor) -> Tensor:
        weights = (-both_sides_of_pairs(self.far, self.mirror)).exp()
        if torch.compiler.is_exporting():
            return (weights @ features.flatten(2)).view(features.shape)
        return torch.einsum('ij,bjf->bif', weights, features.flatten(2)).view(features.shape)


def bones_apart(parents: tuple[int, ...]) -> Tensor:
    """(J, J) how many bones lead from joint to joint."""
    apart = torch.full((len(parents),) * 2, float(len(parents)))
    for joint, parent in enumerate(parents):
        apart[joint, parent] = apart[parent, joint] = 1.0
    apart.fill_diagonal_(0)
    for through in range(len(parents)):
        apart = torch.minimum(apart, apart[:, through, None] + apart[through])
    return apart
