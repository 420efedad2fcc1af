# SPDX-License-Identifier: Apache-2.0
"""Joint names as others spell them, in our spelling."""

import re

# As the first Azure Kinect SDK had it, and what copied from it.
MISSPELT = {'spine_naval': 'spine_navel'}
SIDES = {'left': 'l', 'l': 'l', 'right': 'r', 'r': 'r'}
WORDS = re.compile(r'[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+')


def joint_name(name: str) -> str:
    """Lower case with underscores, the side in front: LeftWrist, WRIST_LEFT -> l_wrist.

    A single L or R in front of a capital is a side too: LShoulder -> l_shoulder.
    """
    glued = re.match(r'([LRlr])(?=[A-Z][a-z])', name)
    parts = [glued[1], name[1:]] if glued else [name]
    words = [word.lower() for part in parts for word in WORDS.findall(part)]
    sides = [SIDES[word] for word in words if word in SIDES]
    plain = '_'.join(sides[:1] + [word for word in words if word not in SIDES])
    return MISSPELT.get(plain, plain)
