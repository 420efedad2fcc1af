# SPDX-License-Identifier: Apache-2.0
"""The CMU-MoCap motion-prediction benchmark as bodies in the world, in true seconds and metres.

Files are exponential maps at 120 Hz of one 38-node rig, root motion kept, first published with the
convolutional sequence-to-sequence model (data/cmu_mocap of chaneyddtt's repository
Convolutional-Sequence-to-Sequence-Model-for-Human-Dynamics). The data come from mocap.cs.cmu.edu,
created with funding from NSF EIA-0196217.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from nermo_ros.data.kinematics import checked, rotations

COLUMNS = 117  # of a file: the root's position, then 38 exponential maps
RATE = 120.0  # Hz; test/walking_1 is CMU trial 35_01, whose BVH file says 1/120 s a frame
METRES_PER_UNIT = 0.05644  # BVH unit of the CMU rigs: inches / 0.45

# fmt: off
# ruff: noqa: E501
PARENTS = (-1, 0, 1, 2, 3, 4, 5, 0, 7, 8, 9, 10, 11, 0, 13, 14, 15, 16, 17, 18, 15, 20, 21, 22, 23, 24, 25, 23, 27, 15, 29,
           30, 31, 32, 33, 34, 32, 36)
OFFSETS = {
    2: (1.65674, -1.80282, .62477), 3: (2.5972, -7.13576, 0), 4: (2.49236, -6.8477, 0), 5: (.19704, -.54136, 2.14581),
    6: (0, 0, 1.11249), 8: (-1.6107, -1.80282, .62476), 9: (-2.59502, -7.12977, 0), 10: (-2.4678, -6.78024, 0),
    11: (-.23024, -.63258, 2.13368), 12: (0, 0, 1.11569), 14: (.01961, 2.0545, -.14112), 15: (.01021, 2.06436, -.05921),
    17: (.00713, 1.56711, .14968), 18: (.03429, 1.56041, -.10006), 19: (.01305, 1.6256, -.05265),
    21: (3.54205, .90436, -.17364), 22: (4.86513, 0, 0), 23: (3.35554, 0, 0), 25: (.66117, 0, 0), 26: (.53306, 0, 0),
    28: (.5412, 0, .5412), 30: (-3.49802, .75994, -.32616), 31: (-5.02649, 0, 0), 32: (-3.36431, 0, 0),
    34: (-.73041, 0, 0), 35: (-.58887, 0, 0), 37: (-.59786, 0, .59786),
}
BODY17_NODES = (0, 2, 8, 14, 3, 9, 15, 4, 10, 17, 18, 21, 30, 22, 31, 23, 32)
# fmt: on
NODE_OFFSETS = np.array([OFFSETS.get(node, (0, 0, 0)) for node in range(len(PARENTS))], float)


def world_positions(rows: np.ndarray) -> np.ndarray:
    """One file's rows (frames, 117) -> body17 (frames - 1, 17, 3) float32 metres, z up, 120 Hz.

    Row 0, the rig's T-pose, is dropped. Raises ValueError on another shape or values not finite.
    """
    rows = checked(rows, COLUMNS, 'CMU')[1:]
    rotation = rotations(rows[:, 3:].reshape(len(rows), 38, 3))
    position = np.zeros((len(rows), 38, 3))
    position[:, 0] = rows[:, :3]
    for node, parent in enumerate(PARENTS):
        if parent >= 0:
            rotation[:, node] = rotation[:, node] @ rotation[:, parent]
            position[:, node] = position[:, parent] + NODE_OFFSETS[node] @ rotation[:, parent]
    return (METRES_PER_UNIT * position[:, BODY17_NODES][..., [2, 0, 1]]).astype(np.float32)


def load_rows(path: Path | str) -> dict[str, np.ndarray]:
    """Every file of the set as it is, key 'split/action/file' -> (frames, 117), row 0 included.

    path: the npz of all files, or the folder of text files as published (split/action/file.txt).
    Raises FileNotFoundError where nothing is there, ValueError for an empty folder or file.
    """
    path = Path(path)
    if path.is_dir():
        files = {
            p.relative_to(path).with_suffix('').as_posix(): p for p in sorted(path.rglob('*.txt'))
        }
        raw = {key: np.loadtxt(file, delimiter=',', ndmin=2) for key, file in files.items()}
    elif path.is_file():
        with np.load(path) as archive:
            raw = {key: archive[key] for key in archive.files}
    else:
        raise FileNotFoundError(
            f'no CMU recordings at {path}: give the npz or the folder of text files'
        )
    if not raw:
        raise ValueError(f'no CMU recordings in {path}: expected split/action/file.txt')
    return raw


def each_file(
    path: Path | str, read: Callable[[np.ndarray], np.ndarray], raw: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """What `read` makes of the rows of each file; its ValueErrors name path and file."""
    sequences = {}
    for key, rows in raw.items():
        try:
            sequences[key] = read(rows)
        except ValueError as error:
            raise ValueError(f'{path}, {key}: {error}') from error
    return sequences


def load_cmu(path: Path | str) -> dict[str, np.ndarray]:
    """Every file of the set, key 'split/action/file' -> body17 (frames, 17, 3) metres.

    path and errors: as load_rows; a ValueError from a file's content names the file.
    """
    return each_file(path, world_positions, load_rows(path))


def split(
    sequences: dict[str, np.ndarray], hold_out: bool
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What may be learned from and what is held out of it for choices; never a test file.

    hold_out: the fifth training file of each action (at least 200 frames long) is held out.
    """
    training = {key: value for key, value in sequences.items() if key.startswith('train/')}
    if not training:
        raise ValueError('no training files among the CMU recordings: keys start with train/')
    fifth = {k for k in training if hold_out and k.endswith('_5') and 'walking_extra' not in k}
    learned = {key: value for key, value in training.items() if key not in fifth}
    return learned, {key: training[key] for key in sorted(fifth) if len(training[key]) >= 200}
