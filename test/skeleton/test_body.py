# SPDX-License-Identifier: Apache-2.0
import pytest

from nermo_ros.skeleton.body import BODIES, find_body
from nermo_ros.skeleton.predicted import kept_parents


@pytest.mark.parametrize('body', BODIES.values(), ids=list(BODIES))
def test_bones_lead_to_a_root_and_are_alike_on_both_sides(body):
    assert find_body(body.name) is body
    assert len(set(body.joints)) == len(body.joints) == len(body.parents) == len(body.mirror)
    for joint, (name, partner) in enumerate(zip(body.joints, body.mirror, strict=True)):
        other = {'l_': 'r_', 'r_': 'l_'}.get(name[:2], name[:2]) + name[2:]
        assert body.joints[partner] == other
        assert body.parents[partner] == body.mirror[body.parents[joint]]
        assert body.parents[joint] <= joint


@pytest.mark.parametrize(
    'name, joint, parent',
    [
        ('cmu25', 'l_shoulder', 'chest'),
        ('cmu25', 'head_end', 'head'),
        ('h36m22', 'r_knee', 'r_knee'),
        ('h36m22', 'l_shoulder', 'thorax'),
        ('h36m22', 'r_hand', 'r_wrist'),
        ('h36m22', 'head', 'neck_nose'),
        ('smpl23', 'l_hip', 'l_hip'),
        ('smpl23', 'r_collar', 'spine3'),
        ('smpl23', 'r_shoulder', 'r_collar'),
        ('smpl23', 'l_hand', 'l_wrist'),
    ],
)
def test_parents(name, joint, parent):
    body = find_body(name)
    assert body.joints[body.parents[body.joints.index(joint)]] == parent


def test_an_unknown_body():
    with pytest.raises(ValueError, match='no body .octopus.*smpl23'):
        find_body('octopus')


def test_the_nearest_kept_ancestor_or_what_it_is_a_copy_of():
    rig = (-1, 0, 1, 1, 3, 4)
    assert kept_parents((1, 2, 4, 5), rig, {}) == (0, 0, 0, 2)
    assert kept_parents((1, 2, 4, 5), rig, {3: 2}) == (0, 0, 1, 2)
    assert kept_parents((2, 5), rig, {}) == (0, 1)
