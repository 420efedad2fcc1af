# SPDX-License-Identifier: Apache-2.0
import pytest

from nermo_ros.skeleton import body17
from nermo_ros.skeleton.mapping import direct_indices
from nermo_ros.skeleton.sets import JOINT_SETS

# Source index of each canonical joint, from the drivers' documents. Both sides: l, r.
DIRECT = {
    'k4abt32': {
        'pelvis': 0, 'hip': (18, 22), 'knee': (19, 23), 'ankle': (20, 24), 'spine': 1, 'chest': 2,
        'neck': 3, 'head': 26, 'shoulder': (5, 12), 'elbow': (6, 13), 'wrist': (7, 14),
    },
    'zed18': {
        'hip': (11, 8), 'knee': (12, 9), 'ankle': (13, 10), 'neck': 1, 'shoulder': (5, 2),
        'elbow': (6, 3), 'wrist': (7, 4),
    },
    'zed38': {
        'pelvis': 0, 'hip': (18, 19), 'knee': (20, 21), 'ankle': (22, 23), 'spine': 1, 'chest': 3,
        'neck': 4, 'shoulder': (12, 13), 'elbow': (14, 15), 'wrist': (16, 17),
    },
    'coco17': {
        'hip': (11, 12), 'knee': (13, 14), 'ankle': (15, 16), 'shoulder': (5, 6), 'elbow': (7, 8),
        'wrist': (9, 10),
    },
    'body25': {
        'pelvis': 8, 'hip': (12, 9), 'knee': (13, 10), 'ankle': (14, 11), 'neck': 1,
        'shoulder': (5, 2), 'elbow': (6, 3), 'wrist': (7, 4),
    },
    'mediapipe33': {
        'hip': (23, 24), 'knee': (25, 26), 'ankle': (27, 28), 'shoulder': (11, 12),
        'elbow': (13, 14), 'wrist': (15, 16),
    },
    'smpl24': {
        'pelvis': 0, 'hip': (1, 2), 'knee': (4, 5), 'ankle': (7, 8), 'spine': 3, 'chest': 9,
        'neck': 12, 'head': 15, 'shoulder': (16, 17), 'elbow': (18, 19), 'wrist': (20, 21),
    },
    'h36m32': {
        'pelvis': 0, 'hip': (6, 1), 'knee': (7, 2), 'ankle': (8, 3), 'spine': 12, 'chest': 13,
        'neck': 13, 'head': 15, 'shoulder': (17, 25), 'elbow': (18, 26), 'wrist': (19, 27),
    },
    'h36m17': {
        'pelvis': 0, 'hip': (4, 1), 'knee': (5, 2), 'ankle': (6, 3), 'spine': 7, 'chest': 8,
        'neck': 8, 'head': 10, 'shoulder': (11, 14), 'elbow': (12, 15), 'wrist': (13, 16),
    },
    'kinect25': {
        'pelvis': 0, 'hip': (12, 16), 'knee': (13, 17), 'ankle': (14, 18), 'spine': 1,
        'chest': 20, 'neck': 2, 'head': 3, 'shoulder': (4, 8), 'elbow': (5, 9), 'wrist': (6, 10),
    },
    'nuitrack25': {
        'pelvis': 4, 'hip': (17, 21), 'knee': (18, 22), 'ankle': (19, 23), 'spine': 3, 'neck': 2,
        'head': 1, 'shoulder': (6, 12), 'elbow': (7, 13), 'wrist': (8, 14),
    },
    'maxine34': {
        'pelvis': 0, 'hip': (1, 2), 'knee': (4, 5), 'ankle': (7, 8), 'spine': 3, 'neck': 6,
        'shoulder': (20, 21), 'elbow': (22, 23), 'wrist': (24, 25),
    },
    'hri15': {
        'pelvis': 0, 'neck': 1, 'head': 2, 'shoulder': (3, 4), 'elbow': (5, 6), 'wrist': (7, 8),
        'hip': (9, 10), 'knee': (11, 12), 'ankle': (13, 14),
    },
    'motive21': {
        'pelvis': 0, 'spine': 1, 'chest': 2, 'neck': 3, 'head': 4, 'shoulder': (6, 10),
        'elbow': (7, 11), 'wrist': (8, 12), 'hip': (13, 17), 'knee': (14, 18), 'ankle': (15, 19),
    },
    'cmu38': {
        'pelvis': 0, 'hip': (2, 8), 'knee': (3, 9), 'ankle': (4, 10), 'spine': 14, 'chest': 15,
        'neck': 17, 'head': 18, 'shoulder': (21, 30), 'elbow': (22, 31), 'wrist': (23, 32),
    },
}  # fmt: skip
DIRECT['zed34'] = DIRECT['k4abt32']
DIRECT['hri18'] = DIRECT['zed18']


@pytest.mark.parametrize('name', DIRECT)
def test_direct_indices(name):
    expected = {}
    for joint, index in DIRECT[name].items():
        if isinstance(index, tuple):
            for side, value in zip('lr', index, strict=True):
                expected[body17.INDEX[f'{side}_{joint}']] = value
        else:
            expected[body17.INDEX[joint]] = index
    assert direct_indices(JOINT_SETS[name]) == expected


def test_cmu_nodes_are_those_of_the_benchmark():
    nodes = [0, 2, 8, 14, 3, 9, 15, 4, 10, 17, 18, 21, 30, 22, 31, 23, 32]
    assert direct_indices(JOINT_SETS['cmu38']) == dict(enumerate(nodes))
