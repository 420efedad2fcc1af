# SPDX-License-Identifier: Apache-2.0
"""The 22 joints that the Human3.6M benchmark predicts, of the 32 of its rig.

The others never move in the benchmark's kinematics (its root is fixed) or are copies.
"""

from nermo_ros.skeleton.capture_sets import H36M32
from nermo_ros.skeleton.predicted import kept_parents

RIG_PARENTS = (
    -1, 0, 1, 2, 3, 4, 0, 6, 7, 8, 9, 0, 11, 12, 13, 14,
    12, 16, 17, 18, 19, 20, 19, 22, 12, 24, 25, 26, 27, 28, 27, 30,
)  # fmt: skip
COPIES = {16: 13, 20: 19, 23: 22, 24: 13, 28: 27, 31: 30}  # joint: the joint it sits on
STILL = (0, 1, 6, 11)
NODES = tuple(joint for joint in range(32) if joint not in {*COPIES, *STILL})

JOINTS = tuple(H36M32.joints[node] for node in NODES)
PARENTS = kept_parents(NODES, RIG_PARENTS, COPIES)
MIRROR = tuple(NODES.index(H36M32.mirror[node]) for node in NODES)
