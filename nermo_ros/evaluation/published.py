# SPDX-License-Identifier: Apache-2.0
"""The published protocol on the CMU test files, in the papers' clock and millimetres.

Ten frames in, twenty-five out, every window of every test file. The figure is the mean over 38
joints, of which 6 never move and 7 are copies (data.cmu_published.FIGURE_WEIGHTS), over the
windows of an action, then over actions. Not to be compared with true_time: see data.cmu_published
for what its clock and its millimetres are.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from nermo_ros.data.cmu_published import FIGURE_WEIGHTS, PERIOD
from nermo_ros.evaluation.horizons import HORIZONS, in_milliseconds
from nermo_ros.evaluation.linear_maps import KINDS, LinearMap, fit_linear_map
from nermo_ros.forecast.baseline import constant_velocity, damped_velocity, zero_velocity

PAST, FUTURE = 10, 25  # frames
INDICES = (1, 3, 7, 9, 13, 24)  # of the future frames that are HORIZONS in the papers' clock
CHUNK = 256  # windows in a call

ACTIONS = (
    'basketball', 'basketball_signal', 'directing_traffic', 'jumping', 'running', 'soccer',
    'walking', 'washwindow',
)  # fmt: skip
# Actions of each mean; a mean is given where all its actions are there.
MEANS = {
    'mean_of_8': ACTIONS,
    'mean_of_6': ('basketball', 'jumping', 'running', 'soccer', 'walking', 'washwindow'),
    'mean_of_5': ('basketball', 'jumping', 'running', 'soccer', 'walking'),
    'mean_of_4': ('jumping', 'running', 'soccer', 'walking'),
}

Predict = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def windows(sequence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All windows of a sequence (frames, J, 3): past (W, 10, J, 3), truth (W, 6, J, 3) m."""
    past, future = whole_windows(sequence)
    return past, future[:, INDICES]


def whole_windows(sequence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All windows with every frame of the future: past (W, 10, J, 3), future (W, 25, J, 3) m."""
    start = np.arange(max(0, len(sequence) - PAST - FUTURE + 1))[:, None]
    return sequence[start + np.arange(PAST)], sequence[start + PAST + np.arange(FUTURE)]


def frame_errors(
    predict: Predict,
    past: np.ndarray,
    truth: np.ndarray,
    horizons: tuple[float, ...] = HORIZONS,
    period: float = PERIOD,
    samples: int = PAST,
) -> np.ndarray:
    """Error (W, Q, J) m of windows: past (W, N, J, 3), truth (W, Q, J, 3) m at the horizons, s.

    period: s from frame to frame; samples: that the model is given, padded in front where it is
    made for more than N.
    """
    past = past[:, -samples:]
    mask = np.ones(past.shape[:3], np.float32)
    pad = ((0, 0), (samples - past.shape[1], 0), (0, 0))
    past, mask = np.pad(past, (*pad, (0, 0))), np.pad(mask, pad)
    times = np.tile(np.float32(period * np.arange(1 - samples, 1)), (len(past), 1))
    query = np.tile(np.float32(horizons), (len(past), 1))
    forecast = [
        predict(times[part], past[part], mask[part], query[part])
        for part in (slice(i, i + CHUNK) for i in range(0, len(past), CHUNK))
    ]
    return np.linalg.norm(np.concatenate(forecast) - truth, axis=-1)


def evaluate(
    predict: Predict, sequences: dict[str, np.ndarray], samples: int = PAST
) -> dict[str, Any]:
    """Figures in the papers' mm of files 'split/action/file' -> cmu25 (frames, 25, 3) m.

    {'per_action': {action: {'80': mm, ...}}, and of MEANS those whose actions are all there; then
    the same once more under 'mean_25_joints', over the joints that are predicted}. Files shorter
    than a window do not count; samples: see frame_errors. Raises ValueError where none is left.
    """
    of_action: dict[str, list[np.ndarray]] = {}
    for key, sequence in sequences.items():
        if len(sequence) >= PAST + FUTURE:
            errors = frame_errors(predict, *windows(sequence), samples=samples)
            of_action.setdefault(key.split('/')[1], []).append(errors)
    if not of_action:
        raise ValueError(f'no file has the {PAST + FUTURE} frames of a window')
    errors = {action: np.concatenate(files).mean(0) for action, files in of_action.items()}
    every_joint = {action: error.mean(1) for action, error in errors.items()}
    figure = {action: error @ FIGURE_WEIGHTS for action, error in errors.items()}
    return {**_means(figure), 'mean_25_joints': _means(every_joint)}


def _means(errors: dict[str, np.ndarray]) -> dict[str, Any]:
    """Errors (6,) m by action, and their means, in mm."""
    per_action = {action: in_milliseconds(errors[action]) for action in sorted(errors)}
    means = {
        name: in_milliseconds(np.mean([errors[action] for action in actions], 0))
        for name, actions in MEANS.items()
        if set(actions) <= set(errors)
    }
    return {'per_action': per_action, **means}


def test_files(sequences: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Those that the papers test on."""
    return {key: one for key, one in sequences.items() if key.startswith('test/')}


def training_files(
    sequences: dict[str, np.ndarray], validation: bool = False
) -> dict[str, np.ndarray]:
    """Those to learn from: all training files, or without those that choices are made on."""
    held_out = validation_files(sequences) if validation else {}
    training = {key: one for key, one in sequences.items() if key.startswith('train/')}
    return {key: one for key, one in training.items() if key not in held_out}


def validation_files(sequences: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Those that choices are made on: the fifth training file of each action."""
    fifth = {key: one for key, one in sequences.items() if key.endswith('_5')}
    return {key: one for key, one in fifth.items() if key.startswith('train/')}


def constant_velocity_of_two(
    times: np.ndarray, positions: np.ndarray, mask: np.ndarray, query: np.ndarray
) -> np.ndarray:
    """The papers' constant velocity, which is that between the last two frames."""
    return constant_velocity(times[:, -2:], positions[:, -2:], mask[:, -2:], query)


def linear_maps(sequences: dict[str, np.ndarray]) -> dict[str, LinearMap]:
    """The baselines that learn, fitted to every window of the files given."""
    past, future = (
        np.concatenate(parts)
        for parts in zip(*map(whole_windows, sequences.values()), strict=True)
    )
    return {f'linear_{kind}': fit_linear_map(kind, past, future, PERIOD) for kind in KINDS}


BASELINES = {
    'zero_velocity': zero_velocity,
    'constant_velocity': constant_velocity_of_two,
    'damped_velocity': damped_velocity,
}
