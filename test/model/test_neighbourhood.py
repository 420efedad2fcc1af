# SPDX-License-Identifier: Apache-2.0
import pytest
import torch

from nermo_ros.model.neighbourhood import Neighbourhood, bones_apart
from nermo_ros.skeleton.body17 import INDEX, MIRROR, PARENTS


@pytest.fixture
def neighbourhood():
    torch.manual_seed(0)
    module = Neighbourhood(PARENTS, MIRROR).double()
    with torch.no_grad():
        module.far.add_(0.3 * torch.randn_like(module.far))
    return module


def test_bones_apart():
    apart = bones_apart(PARENTS)
    assert apart[INDEX['l_wrist'], INDEX['l_elbow']] == 1
    assert apart[INDEX['l_wrist'], INDEX['l_shoulder']] == 2
    assert apart[INDEX['l_ankle'], INDEX['l_wrist']] == apart[INDEX['r_ankle'], INDEX['r_wrist']]
    assert not apart.diagonal().any()
    assert torch.equal(apart, apart.T)
    assert apart.max() < len(PARENTS)


def test_near_joints_weigh_more():
    alone = torch.zeros(1, 17, 1)
    alone[0, INDEX['l_elbow']] = 1
    heard = Neighbourhood(PARENTS, MIRROR)(alone)[0, :, 0]
    assert heard[INDEX['l_elbow']] > heard[INDEX['l_wrist']] > heard[INDEX['pelvis']] > 0


def test_sums_of_grams_are_positive(neighbourhood):
    design = torch.randn(2, 17, 9, 4).double()
    assert torch.linalg.eigvalsh(neighbourhood(design.mT @ design)).min() > 0


def test_both_sides_alike(neighbourhood):
    features, mirror = torch.randn(2, 17, 3, 5).double(), list(MIRROR)
    torch.testing.assert_close(
        neighbourhood(features[:, mirror]), neighbourhood(features)[:, mirror]
    )
