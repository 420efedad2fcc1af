# SPDX-License-Identifier: Apache-2.0
"""Human3.6M as the papers of motion prediction see it, from a user's own copy.

Text files of exponential maps, one row a frame of 20 ms: the root's position, then 32 joints. The
papers keep every second row, drop the root's translation and rotation, predict 22 joints and
report the mean over all 32. The set is for research only and is not redistributed here. The rig's
lengths are those of one subject, in millimetres, used for all.
"""

from pathlib import Path

import numpy as np

from nermo_ros.data.kinematics import checked, fixed_root
from nermo_ros.skeleton.h36m22 import COPIES, NODES, RIG_PARENTS

COLUMNS, ROWS_PER_FRAME = 99, 2
RATE = 50.0  # Hz, of the rows
TRAINING, VALIDATION, TEST = ('S1', 'S6', 'S7', 'S8', 'S9'), ('S11',), ('S5',)
ACTIONS = (
    'walking', 'eating', 'smoking', 'discussion', 'directions', 'greeting', 'phoning', 'posing',
    'purchases', 'sitting', 'sittingdown', 'takingphoto', 'waiting', 'walkingdog',
    'walkingtogether',
)  # fmt: skip
# Of the joints that are not where their parent is: the axis along which, and how far.
LENGTHS = {
    1: ('x', -132.948591), 2: ('y', -442.894612), 3: ('y', -454.206447), 4: ('z', 162.767078),
    5: ('z', 74.999437), 6: ('x', 132.948826), 7: ('y', -442.894413), 8: ('y', -454.20659),
    9: ('z', 162.767426), 10: ('z', 74.999948), 11: ('y', 0.1), 12: ('y', 233.383263),
    13: ('y', 257.077681), 14: ('y', 121.134938), 15: ('y', 115.002227), 16: ('y', 257.077681),
    17: ('y', 151.034226), 18: ('y', 278.882773), 19: ('y', 251.733451), 21: ('z', 99.999627),
    22: ('y', 100.000188), 24: ('y', 257.077681), 25: ('y', 151.031437), 26: ('y', 278.892924),
    27: ('y', 251.72868), 29: ('z', 99.999888), 30: ('y', 137.499922),
}  # fmt: skip
# Share of each predicted joint's error in the papers' mean over 32: copies count again.
FIGURE_WEIGHTS = np.array([1 + list(COPIES.values()).count(joint) for joint in NODES]) / 32

SEED = 1234567890  # of the papers' test windows
_SKIPPED, _KEPT_BACK, _SOURCE = 16, 150, 50  # frames: before, after, and of the longest history


def _offsets() -> np.ndarray:
    offsets = np.zeros((len(RIG_PARENTS), 3))
    for joint, (axis, length) in LENGTHS.items():
        offsets[joint, 'xyz'.index(axis)] = length
    return offsets


_OFFSETS = _offsets()


def published_joints(rows: np.ndarray) -> np.ndarray:
    """One file's rows (rows, 99) -> all 32 joints (rows, 32, 3), float64 metres, the root at 0.

    Raises ValueError on another shape or values not finite.
    """
    rows = checked(rows, COLUMNS, 'Human3.6M')
    return (
        fixed_root(rows[:, 3:].reshape(len(rows), len(RIG_PARENTS), 3), RIG_PARENTS, _OFFSETS)
        / 1000
    )


def load_h36m(
    path: Path | str, subjects: tuple[str, ...] = TEST, every: int = ROWS_PER_FRAME
) -> dict[str, np.ndarray]:
    """The subjects' files, key 'S5/walking_1' -> h36m22 (frames, 22, 3) float32 m, 25 Hz.

    path: the folder of the subjects' folders; every: which rows make a frame. Raises
    FileNotFoundError, or ValueError that names the file.
    """
    path = Path(path)
    sequences = {}
    for file in sorted(file for subject in subjects for file in path.glob(f'{subject}/*_*.txt')):
        try:
            rows = np.loadtxt(file, delimiter=',', ndmin=2)
            joints = published_joints(rows)[::every, NODES]
        except ValueError as error:
            raise ValueError(f'{file}: {error}') from error
        sequences[f'{file.parent.name}/{file.stem}'] = joints.astype(np.float32)
    if not sequences:
        raise FileNotFoundError(
            f'no Human3.6M in {path}: it must hold {subjects[0]}/walking_1.txt and so on, '
            'exponential maps as text'
        )
    return sequences


def first_frames(
    frames: tuple[int, int], windows: int = 256, past: int = 10
) -> tuple[np.ndarray, np.ndarray]:
    """First frames of the papers' test windows in the two files of an action, half in each.

    frames: of each file; windows: 256, or 8 as in older papers. They are drawn from the files in
    turns, by one seeded generator. Raises ValueError where a file is too short.
    """
    if min(frames) <= _SKIPPED + _KEPT_BACK:
        raise ValueError(
            f'files of {frames[0]} and {frames[1]} frames: the test windows need more than '
            f'{_SKIPPED + _KEPT_BACK}'
        )
    rng = np.random.RandomState(SEED)
    drawn = [
        [rng.randint(_SKIPPED, count - _KEPT_BACK) for count in frames]
        for _ in range(windows // 2)
    ]
    first, second = (np.array(drawn) + _SOURCE - past).T
    return first, second
