# SPDX-License-Identifier: Apache-2.0
"""The joints of SMPL around its pelvis, which the 3DPW benchmark predicts."""

from nermo_ros.skeleton.capture_sets import SMPL24
from nermo_ros.skeleton.predicted import kept_parents

NODES = tuple(range(1, 24))
RIG_PARENTS = (
    -1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21,
)  # fmt: skip
JOINTS = tuple(SMPL24.joints[node] for node in NODES)
PARENTS = kept_parents(NODES, RIG_PARENTS, {})
MIRROR = tuple(NODES.index(SMPL24.mirror[node]) for node in NODES)
