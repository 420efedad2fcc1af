# SPDX-License-Identifier: Apache-2.0
"""The tables against facts of the drivers, written down a second time and apart from them."""

import re

import pytest

from nermo_ros.skeleton.sets import JOINT_SETS

SIZES = {
    'body17': 17, 'k4abt32': 32, 'zed18': 18, 'zed34': 34, 'zed38': 38, 'hri18': 18, 'coco17': 17,
    'body25': 25, 'mediapipe33': 33, 'smpl24': 24, 'h36m32': 32, 'h36m17': 17, 'cmu38': 38,
    'maxine34': 34, 'nuitrack25': 25, 'kinect25': 25,
    'hri15': 15, 'motive21': 21,
}  # fmt: skip

# (joint set, joint, index), chosen where sets are easily confused.
TRAPS = [
    # ZED's eyes are right first, those of hri_msgs left first; the bodies agree.
    ('zed18', 'r_eye', 14), ('zed18', 'l_eye', 15), ('zed18', 'r_ear', 16), ('zed18', 'l_ear', 17),
    ('hri18', 'l_eye', 14), ('hri18', 'r_eye', 15), ('hri18', 'l_ear', 16), ('hri18', 'r_ear', 17),
    ('zed18', 'r_shoulder', 2), ('hri18', 'r_shoulder', 2), ('hri18', 'l_ankle', 13),
    # COCO is left first, OpenPose right first but for its feet.
    ('coco17', 'l_shoulder', 5), ('coco17', 'r_shoulder', 6), ('coco17', 'l_ankle', 15),
    ('body25', 'r_shoulder', 2), ('body25', 'l_shoulder', 5), ('body25', 'r_ankle', 11),
    ('body25', 'l_heel', 21), ('body25', 'r_heel', 24), ('body25', 'mid_hip', 8),
    # The right leg of Human3.6M comes first, but the left arm.
    ('h36m17', 'r_hip', 1), ('h36m17', 'l_hip', 4), ('h36m17', 'l_shoulder', 11),
    ('h36m17', 'r_shoulder', 14), ('h36m32', 'r_ankle', 3), ('h36m32', 'l_ankle', 8),
    ('h36m32', 'l_wrist', 19), ('h36m32', 'r_wrist', 27),
    # Kinect v2 against Azure Kinect.
    ('kinect25', 'l_shoulder', 4), ('k4abt32', 'l_shoulder', 5), ('kinect25', 'head', 3),
    ('k4abt32', 'head', 26), ('kinect25', 'spine_shoulder', 20), ('kinect25', 'r_hip', 16),
    ('k4abt32', 'r_hip', 22), ('kinect25', 'l_thumb', 22), ('k4abt32', 'l_thumb', 10),
    ('k4abt32', 'r_eye', 30), ('k4abt32', 'l_ear', 29),
    ('zed34', 'r_ear', 31), ('zed34', 'l_heel', 32), ('zed34', 'r_heel', 33),
    ('zed38', 'neck', 4), ('zed38', 'l_hip', 18), ('zed38', 'r_pinky_knuckle', 37),
    ('mediapipe33', 'l_ear', 7), ('mediapipe33', 'l_hip', 23), ('mediapipe33', 'r_ankle', 28),
    ('smpl24', 'spine3', 9), ('smpl24', 'neck', 12), ('smpl24', 'r_wrist', 21),
    ('maxine34', 'neck', 6), ('maxine34', 'l_shoulder', 20), ('maxine34', 'r_thumb_tip', 33),
    ('nuitrack25', 'none', 0), ('nuitrack25', 'head', 1), ('nuitrack25', 'r_foot', 24),
    ('nuitrack25', 'waist', 4), ('nuitrack25', 'l_hip', 17),
    # Bones of Motive begin at the joint of another name.
    ('motive21', 'l_clavicle', 5), ('motive21', 'l_shoulder', 6), ('motive21', 'l_hip', 13),
    ('hri15', 'body', 0), ('hri15', 'torso', 1), ('hri15', 'r_ankle', 14),
    # The rig of CMU names the bone that starts at a joint.
    ('cmu38', 'l_hip', 2), ('cmu38', 'l_ankle', 4), ('cmu38', 'l_shoulder', 21),
    ('cmu38', 'l_wrist', 23), ('cmu38', 'r_wrist', 32), ('cmu38', 'head_end', 19),
]  # fmt: skip


def test_all_sets_are_there():
    assert {name: len(joint_set.joints) for name, joint_set in JOINT_SETS.items()} == SIZES
    assert all(name == joint_set.name for name, joint_set in JOINT_SETS.items())


def test_no_two_sets_look_the_same():
    assert len({joint_set.joints for joint_set in JOINT_SETS.values()}) == len(SIZES)


@pytest.mark.parametrize('name', SIZES)
def test_names_are_unique_and_in_our_spelling(name):
    joints = JOINT_SETS[name].joints
    assert len(set(joints)) == len(joints)
    assert all(re.fullmatch(r'[a-z][a-z0-9]*(_[a-z0-9]+)*', joint) for joint in joints)
    assert not any('left' in joint or 'right' in joint for joint in joints)


@pytest.mark.parametrize(('name', 'joint', 'index'), TRAPS)
def test_traps(name, joint, index):
    assert JOINT_SETS[name].index[joint] == index


def test_yolo_ids_count_from_one():
    """yolo_ros numbers the nose 1 and the right ankle 17; our indices are one less."""
    joints = JOINT_SETS['coco17'].joints
    ids = {'nose': 1, 'l_eye': 2, 'l_shoulder': 6, 'r_wrist': 11, 'r_ankle': 17}
    assert {joints[number - 1]: number for number in ids.values()} == ids


def test_hri_differs_from_zed_in_eyes_and_ears_alone():
    zed, hri = JOINT_SETS['zed18'].joints, JOINT_SETS['hri18'].joints
    assert [i for i in range(18) if zed[i] != hri[i]] == [14, 15, 16, 17]
    assert sorted(zed) == sorted(hri)


def test_zed34_begins_with_the_azure_kinect():
    assert JOINT_SETS['zed34'].joints[:32] == JOINT_SETS['k4abt32'].joints


def test_h36m17_is_the_usual_part_of_h36m32():
    part = [0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27]
    joints = JOINT_SETS['h36m32'].joints
    assert tuple(joints[index] for index in part) == JOINT_SETS['h36m17'].joints
