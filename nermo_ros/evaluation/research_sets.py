# SPDX-License-Identifier: Apache-2.0
"""The published protocols on Human3.6M and 3DPW, from a user's own copy of the sets."""

from typing import Any

import numpy as np

from nermo_ros.data import h36m, threedpw
from nermo_ros.evaluation.horizons import in_milliseconds
from nermo_ros.evaluation.published import INDICES, PAST, Predict, frame_errors

DPW_HORIZONS = (0.2, 0.4, 0.6, 0.8, 1.0)  # s
DPW_INDICES, DPW_FUTURE = (5, 11, 17, 23, 29), 30  # frames


def evaluate_h36m(
    predict: Predict, sequences: dict[str, np.ndarray], count: int = 256, samples: int = PAST
) -> dict[str, Any]:
    """Figures in mm of one subject's files 'S5/walking_1' -> (frames, 22, 3) m, mean of 32 joints.

    {'per_action': {action: {'80': mm, ...}}, 'mean': of the actions, 'mean_22_joints'}. count:
    windows an action, 256 or 8; samples: see published.frame_errors. Raises ValueError where an
    action lacks a file or a file is too short.
    """
    actions = {key.split('/')[1][:-2] for key in sequences}
    figure, every_joint = {}, {}
    for action in sorted(actions):
        error = np.concatenate(
            [
                frame_errors(predict, *_at(sequence, first), samples=samples)
                for sequence, first in _drawn(sequences, action, count)
            ]
        ).mean(0)
        figure[action], every_joint[action] = error @ h36m.FIGURE_WEIGHTS, error.mean(1)
    return {
        'per_action': {action: in_milliseconds(error) for action, error in figure.items()},
        'mean': in_milliseconds(np.mean(list(figure.values()), 0)),
        'mean_22_joints': in_milliseconds(np.mean(list(every_joint.values()), 0)),
    }


def _drawn(
    sequences: dict[str, np.ndarray], action: str, count: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """The two files of an action, and the first frames of its test windows in each."""
    files = [one for key, one in sequences.items() if key.split('/')[1][:-2] == action]
    if len(files) != 2:
        raise ValueError(f'{action} has {len(files)} files, the protocol needs {action}_1 and _2')
    try:
        starts = h36m.first_frames((len(files[0]), len(files[1])), count, PAST)
    except ValueError as error:
        raise ValueError(f'{action}: {error}') from error
    return list(zip(files, starts, strict=True))


def _at(sequence: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    start = first[:, None]
    return sequence[start + np.arange(PAST)], sequence[start + PAST + np.array(INDICES)]


def evaluate_3dpw(
    predict: Predict, sequences: dict[str, np.ndarray], samples: int = PAST
) -> dict[str, Any]:
    """Figures in mm at DPW_HORIZONS of people (frames, 23, 3) m: every window of ten frames in.

    {'mean': over windows and 24 joints, 'mean_23_joints'}. samples: see published.frame_errors.
    Raises ValueError where nobody's sequence is as long as a window.
    """
    errors = []
    for sequence in sequences.values():
        start = np.arange(max(0, len(sequence) - PAST - DPW_FUTURE + 1))[:, None]
        if len(start):
            past = sequence[start + np.arange(PAST)]
            truth = sequence[start + PAST + np.array(DPW_INDICES)]
            period = 1 / threedpw.RATE
            errors.append(frame_errors(predict, past, truth, DPW_HORIZONS, period, samples))
    if not errors:
        raise ValueError(f'nobody has the {PAST + DPW_FUTURE} frames of a window')
    error = np.concatenate(errors).mean(0)
    return {
        'mean': in_milliseconds(error @ threedpw.FIGURE_WEIGHTS, DPW_HORIZONS),
        'mean_23_joints': in_milliseconds(error.mean(1), DPW_HORIZONS),
    }
