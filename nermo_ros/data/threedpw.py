# SPDX-License-Identifier: Apache-2.0
"""3DPW as the papers of motion prediction see it, from a user's own copy.

Pickles of sequenceFiles/{train,validation,test}, 24 SMPL joints of each person at 30 Hz, metres.
The papers subtract the pelvis, predict the other 23 joints and report the mean over 24; axes stay
those of the set. It is for research only and is not redistributed here.
"""

import pickle
from pathlib import Path

import numpy as np

from nermo_ros.data.array_pickle import load_arrays
from nermo_ros.skeleton.smpl23 import NODES

RATE = 30.0  # Hz
SPLITS = ('train', 'validation', 'test')
JOINTS = 24
FIGURE_WEIGHTS = np.full(len(NODES), 1 / JOINTS)  # the pelvis never moves and counts


def pelvis_centred(positions: np.ndarray) -> np.ndarray:
    """One person's jointPositions (frames, 72) m -> smpl23 (frames, 23, 3) float32 m.

    Raises ValueError on another shape or values not finite.
    """
    positions = np.asarray(positions, np.float64)
    if positions.ndim != 2 or positions.shape[1] != 3 * JOINTS:
        raise ValueError(f'jointPositions are {positions.shape}, must be (frames, {3 * JOINTS})')
    if not np.isfinite(positions).all():
        raise ValueError('jointPositions hold values that are not finite: download the set again')
    joints = positions.reshape(-1, JOINTS, 3)
    return (joints[:, NODES] - joints[:, :1]).astype(np.float32)


def load_3dpw(path: Path | str, split: str = 'test') -> dict[str, np.ndarray]:
    """A split's people, key 'test/sequence/person' -> smpl23 (frames, 23, 3) float32 m, 30 Hz.

    path: sequenceFiles, or the folder that holds it. Raises FileNotFoundError, or ValueError that
    names the file.
    """
    if split not in SPLITS:
        raise ValueError(f'no split {split!r} of 3DPW: give one of {", ".join(SPLITS)}')
    path = Path(path)
    files = sorted([*path.glob(f'{split}/*.pkl'), *path.glob(f'sequenceFiles/{split}/*.pkl')])
    if not files:
        raise FileNotFoundError(f'no 3DPW in {path}: it must hold sequenceFiles/{split}/*.pkl')
    sequences = {}
    for file in files:
        for person, positions in enumerate(_joint_positions(file)):
            try:
                sequences[f'{split}/{file.stem}/{person}'] = pelvis_centred(positions)
            except ValueError as error:
                raise ValueError(f'{file}, person {person}: {error}') from error
    return sequences


def _joint_positions(file: Path) -> list[np.ndarray]:
    try:
        with file.open('rb') as stream:
            content = load_arrays(stream)
        return list(content['jointPositions'])
    except (pickle.UnpicklingError, EOFError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f'{file} is no 3DPW sequence with jointPositions: {error}') from error
