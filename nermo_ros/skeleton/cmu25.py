# SPDX-License-Identifier: Apache-2.0
"""The 25 joints that the CMU-MoCap benchmark predicts, of the 38 nodes of its rig.

The others never move in the benchmark's kinematics (its root is fixed) or are copies.
"""

from nermo_ros.skeleton.capture_sets import CMU38
from nermo_ros.skeleton.predicted import kept_parents

# Nodes of the rig, and the parent of each node there.
NODES = (3, 4, 5, 6, 9, 10, 11, 12, 14, 15, 17, 18, 19, 21, 22, 23, 25, 26, 28,
         30, 31, 32, 34, 35, 37)  # fmt: skip
RIG_PARENTS = (
    -1, 0, 1, 2, 3, 4, 5, 0, 7, 8, 9, 10, 11, 0, 13, 14, 15, 16, 17, 18,
    15, 20, 21, 22, 23, 24, 25, 23, 27, 15, 29, 30, 31, 32, 33, 34, 32, 36,
)  # fmt: skip
JOINTS = tuple(CMU38.joints[node] for node in NODES)
PARENTS = kept_parents(NODES, RIG_PARENTS, {})
MIRROR = tuple(NODES.index(CMU38.mirror[node]) for node in NODES)
