# SPDX-License-Identifier: Apache-2.0
import pytest

from nermo_ros.skeleton.names import joint_name
from nermo_ros.skeleton.sets import JOINT_SETS


@pytest.mark.parametrize(
    ('theirs', 'ours'),
    [
        ('SHOULDER_LEFT', 'l_shoulder'), ('left_shoulder', 'l_shoulder'),
        ('LeftShoulder', 'l_shoulder'), ('LShoulder', 'l_shoulder'), ('RToe', 'r_toe'),
        ('Left-Big-Toe', 'l_big_toe'), ('SPINE_NAVAL', 'spine_navel'), ('Spine 1', 'spine_1'),
        ('HEAD', 'head'), ('right_wrist', 'r_wrist'), ('', ''),
    ],
)  # fmt: skip
def test_spellings(theirs, ours):
    assert joint_name(theirs) == ours


@pytest.mark.parametrize('name', ['k4abt32', 'coco17', 'body25', 'mediapipe33', 'body17', 'zed38'])
def test_our_own_spelling_stays(name):
    joints = JOINT_SETS[name].joints
    assert tuple(joint_name(joint) for joint in joints) == joints
    assert tuple(joint_name(joint.upper()) for joint in joints) == joints
