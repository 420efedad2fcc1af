# SPDX-License-Identifier: Apache-2.0
import pytest
import torch

from nermo_ros.model.bones import TOLERANCE, Skeleton
from nermo_ros.skeleton.body17 import PARENTS


def bodies(people, poses, seed=0):
    g = torch.Generator().manual_seed(seed)
    return torch.randn(people, 3, 17, poses, generator=g, dtype=torch.float64)


def lengths_of(bodies):
    return skeleton().bones(bodies).norm(dim=1, keepdim=True)


def skeleton():
    return Skeleton(PARENTS).double()


def test_lengths_are_means_over_the_samples_that_saw_both_ends():
    positions, mask = torch.zeros(1, 3, 17, 3).double(), torch.zeros(1, 1, 17, 3).double()
    positions[0, 2, 4] = torch.tensor([-0.4, -0.5, -9.0]).double()  # l_knee below l_hip
    mask[0, 0, [1, 4], :2] = 1
    lengths, known = skeleton().lengths(positions, mask)
    torch.testing.assert_close(lengths[0, 0, 4, 0], torch.tensor(0.45).double())
    assert known[0, 0, 4] == 1
    assert known[0, 0, 13] == 0


def test_bones_of_the_path_stay_within_the_tolerance():
    now = bodies(2, 1)
    path = torch.cat([now + 0.3 * bodies(2, 9, seed=1), now], 3)
    kept = skeleton().keep_lengths(path, lengths_of(now), torch.ones(2, 1, 17, 1).double())
    ratio = lengths_of(kept)[:, :, 1:] / lengths_of(now)[:, :, 1:]
    assert (ratio - 1).abs().max() < TOLERANCE + 1e-9
    torch.testing.assert_close(kept[:, :, 0], path[:, :, 0])


def test_a_rigid_motion_and_unknown_bones_are_left_alone():
    now = bodies(2, 1)
    moved = torch.cat([now + torch.rand(2, 3, 1, 5).double(), now], 3)
    ones = torch.ones(2, 1, 17, 1).double()
    torch.testing.assert_close(skeleton().keep_lengths(moved, lengths_of(now), ones), moved)
    wild = bodies(2, 5, seed=2)
    torch.testing.assert_close(skeleton().keep_lengths(wild, lengths_of(now), 0 * ones), wild)


def test_the_present_is_not_moved_however_its_bones_are_off():
    now, lengths = bodies(2, 1), torch.full((2, 1, 17, 1), 0.3).double()
    torch.testing.assert_close(
        skeleton().keep_lengths(now, lengths, torch.ones_like(lengths)), now
    )


@pytest.mark.parametrize('parents', [(-1, 0, 1), (0, 2, 1), (0, 7)])
def test_parents_without_a_root_are_refused(parents):
    with pytest.raises(ValueError, match='no root'):
        Skeleton(parents)
