# SPDX-License-Identifier: Apache-2.0
"""The canonical body: 17 joints that every source can fill. l_, r_: the person's own sides."""

JOINTS = (
    'pelvis', 'l_hip', 'r_hip', 'spine', 'l_knee', 'r_knee', 'chest', 'l_ankle', 'r_ankle',
    'neck', 'head', 'l_shoulder', 'r_shoulder', 'l_elbow', 'r_elbow', 'l_wrist', 'r_wrist',
)  # fmt: skip
INDEX = {name: index for index, name in enumerate(JOINTS)}

# Parent of each joint, outwards from the pelvis, which is its own.
PARENTS = (0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 9, 6, 6, 11, 12, 13, 14)
BONES = tuple((parent, joint) for joint, parent in enumerate(PARENTS) if joint)

# The joint on the other side.
MIRROR = tuple(
    INDEX[{'l': 'r', 'r': 'l'}[name[0]] + name[1:]] if name[:2] in ('l_', 'r_') else index
    for index, name in enumerate(JOINTS)
)
