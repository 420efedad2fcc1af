# SPDX-License-Identifier: Apache-2.0
import pytest

from nermo_ros.skeleton import body17
from nermo_ros.skeleton.joint_set import Between, JointSet
from nermo_ros.skeleton.sets import JOINT_SETS


@pytest.mark.parametrize('joint_set', JOINT_SETS.values(), ids=JOINT_SETS)
def test_mirror_swaps_the_sides_and_is_its_own_inverse(joint_set):
    for index, partner in enumerate(joint_set.mirror):
        here, there = joint_set.joints[index], joint_set.joints[partner]
        assert joint_set.mirror[partner] == index
        assert {here[:2], there[:2]} == {'l_', 'r_'} or here == there
        assert here[2:] == there[2:]


def test_mirror_of_body17_is_that_of_the_canonical_body():
    assert JOINT_SETS['body17'].mirror == body17.MIRROR


def test_recipe_is_the_namesake_unless_said_otherwise():
    kinect = JOINT_SETS['k4abt32']
    assert kinect.recipe('head') == 'head'
    assert kinect.recipe('chest') == 'spine_chest'


def test_a_name_occurs_once():
    with pytest.raises(ValueError, match='twice'):
        JointSet('twins', (*body17.JOINTS, 'head'))


def test_each_side_needs_the_other():
    with pytest.raises(ValueError, match='other side'):
        JointSet('lopsided', (*body17.JOINTS, 'l_hand'))


def test_each_canonical_joint_needs_a_recipe():
    with pytest.raises(ValueError, match='recipe for head'):
        JointSet('headless', tuple(joint for joint in body17.JOINTS if joint != 'head'))


@pytest.mark.parametrize(
    'recipes',
    [
        {'head': 'crown'},
        {'head': ('l_hip', 'crown')},
        {'head': Between('neck', 'crown', 0.5)},
        {'crown': 'head'},
    ],
)
@pytest.mark.parametrize('table', ['recipes', 'fallbacks'])
def test_recipes_name_joints_that_exist(table, recipes):
    with pytest.raises(ValueError, match='crown'):
        JointSet('crowned', body17.JOINTS, **{table: recipes})
