# SPDX-License-Identifier: Apache-2.0
"""The CMU-MoCap benchmark as papers see it: the root fixed, their units, their clock.

The papers drop the root's translation and rotation, multiply the rig's offsets by 70, call that
millimetres (true millimetres are 0.8063 of it), keep every second row and call a row 40 ms (true:
16.7 ms). Positions here are those millimetres over 1000. The frame is the rig's pelvis: x to the
left, y up, z forward.
"""

from pathlib import Path

import numpy as np

from nermo_ros.data.cmu import COLUMNS, NODE_OFFSETS, PARENTS, each_file, load_rows
from nermo_ros.data.kinematics import checked, fixed_root
from nermo_ros.skeleton.cmu25 import NODES

METRES_PER_UNIT = 0.070
PERIOD = 0.04  # s, what the protocol calls the time between frames
ROWS_PER_FRAME = 2
LATERAL, VERTICAL, FORWARD = 0, 1, 2
COPIES = {16: 15, 20: 15, 29: 15, 24: 23, 27: 23, 33: 32, 36: 32}  # node: the node it sits on
# Share of each predicted joint's error in the papers' mean over all 38 nodes: copies count again,
# nodes that never move are without error.
FIGURE_WEIGHTS = np.array(
    [1 + list(COPIES.values()).count(node) for node in NODES], np.float64
) / len(PARENTS)  # fmt: skip
EXTRA = 'walking_extra'  # files that no peer's protocol has


def published_nodes(rows: np.ndarray) -> np.ndarray:
    """One file's rows (frames, 117), row 0 included -> all 38 nodes (frames, 38, 3), float64.

    Raises ValueError on another shape or values not finite.
    """
    rows = checked(rows, COLUMNS, 'CMU')
    vectors = rows[:, 3:].reshape(len(rows), len(PARENTS), 3)
    return METRES_PER_UNIT * fixed_root(vectors, PARENTS, NODE_OFFSETS)


def published_positions(rows: np.ndarray) -> np.ndarray:
    """One file's rows (frames, 117) -> the predicted joints of cmu25 (frames, 25, 3) float32 m.

    Raises ValueError as published_nodes.
    """
    return published_nodes(rows)[:, NODES].astype(np.float32)


def load_published(path: Path | str, every: int = ROWS_PER_FRAME) -> dict[str, np.ndarray]:
    """The files of the protocol, key 'split/action/file' -> cmu25 (frames, 25, 3) float32 m.

    path and errors: as cmu.load_cmu. every: which rows make a frame; the protocol takes every
    second one, and keeps row 0, the rig's T-pose. walking_extra is left out.
    """
    raw = {key: rows for key, rows in load_rows(path).items() if EXTRA not in key}
    return each_file(path, lambda rows: published_positions(rows)[::every], raw)
