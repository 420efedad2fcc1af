# SPDX-License-Identifier: Apache-2.0
"""Joints that move alike: what is measured of one is taken for the others of its group."""

from collections.abc import Sequence

import numpy as np

GROUPS: dict[str, tuple[str, ...]] = {
    'torso': (
        'pelvis', 'l_hip', 'r_hip', 'spine', 'chest', 'neck', 'l_shoulder', 'r_shoulder',
    ),
    'head': ('head',),
    'elbows': ('l_elbow', 'r_elbow'),
    'hands': ('l_wrist', 'r_wrist'),
    'knees': ('l_knee', 'r_knee'),
    'feet': ('l_ankle', 'r_ankle'),
}  # fmt: skip
_GROUP_OF = {joint: index for index, joints in enumerate(GROUPS.values()) for joint in joints}


def group_indices(joints: Sequence[str]) -> np.ndarray:
    """Index in GROUPS of each of the joints (J,); raises ValueError that names unknown ones."""
    unknown = [joint for joint in joints if joint not in _GROUP_OF]
    if unknown:
        raise ValueError(f'no joint group for {", ".join(unknown)}: the groups are of body17')
    return np.array([_GROUP_OF[joint] for joint in joints], np.intp)
