# SPDX-License-Identifier: Apache-2.0
import pytest
import torch

from nermo_ros.model.bones import TOLERANCE, Skeleton
from nermo_ros.skeleton.body17 import PARENTS


def bodies(*shape, seed=0):
    g = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, 17, 3, generator=g, dtype=torch.float64)


def skeleton():
    return Skeleton(PARENTS).double()


def test_lengths_are_means_over_the_samples_that_saw_both_ends():
    positions, mask = torch.zeros(1, 3, 17, 3).double(), torch.zeros(1, 3, 17).double()
    positions[0, :, 4, 2] = torch.tensor([-0.4, -0.5, -9.0]).double()  # l_knee below l_hip
    mask[0, :2, [1, 4]] = 1
    lengths, known = skeleton().lengths(positions, mask)
    torch.testing.assert_close(lengths[0, 4], torch.tensor(0.45).double())
    assert known[0].nonzero().flatten().tolist() == [4] or known[0, 4] == 1
    assert known[0, 13] == 0


def test_bones_of_the_path_stay_within_the_tolerance():
    now = bodies(2, 1)
    lengths = skeleton().bones(now).norm(dim=-1)[:, 0]
    path = now + 0.3 * bodies(2, 9, seed=1)
    kept = skeleton().keep_lengths(path, now, lengths, torch.ones(2, 17).double())
    ratio = skeleton().bones(kept).norm(dim=-1)[..., 1:] / lengths[:, None, 1:]
    assert (ratio - 1).abs().max() < TOLERANCE + 1e-9
    torch.testing.assert_close(kept[:, :, 0], path[:, :, 0])


def test_a_rigid_motion_and_unknown_bones_are_left_alone():
    now = bodies(2, 1)
    lengths = skeleton().bones(now).norm(dim=-1)[:, 0]
    moved = now + torch.rand(2, 5, 1, 3).double()
    ones = torch.ones(2, 17).double()
    torch.testing.assert_close(skeleton().keep_lengths(moved, now, lengths, ones), moved)
    wild = bodies(2, 5, seed=2)
    torch.testing.assert_close(skeleton().keep_lengths(wild, now, lengths, 0 * ones), wild)


def test_the_present_is_not_moved_however_its_bones_are_off():
    now, lengths = bodies(2, 1), torch.full((2, 17), 0.3).double()
    ones = torch.ones(2, 17).double()
    torch.testing.assert_close(skeleton().keep_lengths(now, now, lengths, ones), now)


@pytest.mark.parametrize('parents', [(-1, 0, 1), (0, 2, 1), (0, 7)])
def test_parents_without_a_root_are_refused(parents):
    with pytest.raises(ValueError, match='no root'):
        Skeleton(parents)
