# SPDX-License-Identifier: Apache-2.0
import torch

from nermo_ros.model.simlpe import SimlpeConfig, SimlpeNetwork
from nermo_ros.skeleton.cmu25 import MIRROR, PARENTS


def make(**sizes):
    torch.manual_seed(0)
    return SimlpeNetwork(PARENTS, MIRROR, SimlpeConfig(**sizes)).eval()


def test_starts_near_the_newest_frame_and_holds_the_last_one():
    positions = 0.3 * torch.randn(2, 12, 25, 3)
    query = torch.tensor([0.04, 1.0, 1.5]).expand(2, 3)
    path = make(blocks=4)(torch.zeros(2, 12), positions, torch.ones(2, 12, 25), query)
    assert (path[:, 0] - positions[:, -1]).abs().max() < 0.05
    torch.testing.assert_close(path[:, 1], path[:, 2])


def test_looks_at_the_newest_frames_only_and_not_at_their_times():
    network, positions = make(blocks=4, past=6), torch.randn(2, 12, 25, 3)
    mask, query = torch.ones(2, 12, 25), torch.tensor([[0.3], [0.5]])
    other = positions.clone()
    other[:, :6] += 1
    torch.testing.assert_close(
        network(torch.zeros(2, 12), positions, mask, query),
        network(torch.rand(2, 12), other, mask, query),
    )


def test_size_as_described():
    """48 blocks of a layer over 35 frames and a normalisation of 75 channels, two layers over
    space."""
    block, ends = 35 * 35 + 35 + 2 * 75, 75 * 75 + 75
    assert sum(p.numel() for p in make().parameters()) == 48 * block + 2 * ends
