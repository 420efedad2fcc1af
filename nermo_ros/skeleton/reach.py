# SPDX-License-Identifier: Apache-2.0
"""How far joints can be from one another and how fast they move: bounds that need no model.

Neither holds for everybody at all times: who runs, jumps, falls or throws is faster.
"""

import numpy as np

from nermo_ros.skeleton.body17 import JOINTS, PARENTS
from nermo_ros.skeleton.groups import GROUPS, group_indices

# m/s. ISO 13855 reckons with 1.6 for a walking body and with 2.0 for an arm that reaches out
# (figures as they are widely quoted; not checked against the text of the standard).
BODY_SPEED, HAND_SPEED = 1.6, 2.0
# Of the body's speed, whose swinging leg is faster: 1.9 and 2.4 times in the shipped recording of
# walking, over 0.1 s.
KNEE_SHARE, FOOT_SHARE = 2.0, 2.5

STATURE = 2.0  # m, hardly anybody is taller
MARGIN = 1.15  # for sources that place a joint elsewhere
# Length of the bone from its parent to a joint, as a share of stature: limbs and half breadths
# after Drillis and Contini (1966) as in Winter, Biomechanics and Motor Control of Human Movement.
# The trunk has no such table, as every source divides it in its own way: above the longest of the
# shipped recordings (0.12), and hip and shoulder joints lie higher or lower than their parents.
BONES = {
    'l_hip': 0.12, 'r_hip': 0.12, 'spine': 0.13, 'chest': 0.13, 'neck': 0.13, 'head': 0.13,
    'l_shoulder': 0.15, 'r_shoulder': 0.15, 'l_elbow': 0.186, 'r_elbow': 0.186,
    'l_wrist': 0.146, 'r_wrist': 0.146, 'l_knee': 0.245, 'r_knee': 0.245,
    'l_ankle': 0.246, 'r_ankle': 0.246,
}  # fmt: skip


def speeds(body: float = BODY_SPEED, hand: float = HAND_SPEED) -> np.ndarray:
    """(17,) m/s at most of each joint of body17, from those of a walking body and of a hand."""
    shares = {
        'torso': body,
        'head': body,
        'elbows': max(body, hand),
        'hands': max(body, hand),
        'knees': KNEE_SHARE * body,
        'feet': FOOT_SHARE * body,
    }
    return np.array([shares[name] for name in GROUPS])[group_indices(JOINTS)]


def _lengths() -> np.ndarray:
    """(17, 17) m, along the bones from each joint to each."""
    lengths = np.full((len(JOINTS), len(JOINTS)), np.inf)
    np.fill_diagonal(lengths, 0.0)
    for joint, parent in enumerate(PARENTS):
        if joint != parent:
            bone = MARGIN * STATURE * BONES[JOINTS[joint]]
            lengths[joint, parent] = lengths[parent, joint] = bone
    for between in range(len(JOINTS)):
        way = lengths[:, between, None] + lengths[between]
        lengths = np.minimum(lengths, way)
    return lengths


LENGTHS = _lengths()  # (17, 17) m, the farthest that two joints can be apart
