# SPDX-License-Identifier: Apache-2.0
import pytest

from nermo_ros.skeleton.body17 import INDEX, JOINTS, MIRROR
from nermo_ros.skeleton.groups import GROUPS, group_indices


def test_every_joint_is_in_one_group_and_both_sides_in_the_same():
    assert sorted(joint for joints in GROUPS.values() for joint in joints) == sorted(JOINTS)
    indices = group_indices(JOINTS)
    assert (indices == indices[list(MIRROR)]).all()
    assert indices[INDEX['l_wrist']] == list(GROUPS).index('hands')


def test_follows_the_order_of_the_joints():
    assert group_indices(['head', 'pelvis', 'head']).tolist() == [1, 0, 1]


def test_names_a_joint_without_a_group():
    with pytest.raises(ValueError, match='tail'):
        group_indices(['pelvis', 'tail'])
