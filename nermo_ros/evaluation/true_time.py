# SPDX-License-Identifier: Apache-2.0
"""The product's protocol on the CMU test files: true seconds, true millimetres, world frame.

"Now" is every 8th frame from 40 to n - 122 of each test file long enough (five actions). The
history is a camera of the given rate whose newest sample is now, at most 24 samples within 0.8 s,
positions linearly interpolated. The error is Euclidean in the world, mean over windows and joints
of an action, then over the actions.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nermo_ros.data.bodies import BodySettings, another_body
from nermo_ros.data.missing import EVALUATION, LEGS, Pattern, complete
from nermo_ros.evaluation.horizons import HORIZONS

RATE = 120.0
HISTORY, SAMPLES, STRIDE = 0.8, 24, 8

Predict = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def test_sequences(sequences: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Those of the protocol: the benchmark's test files of at least 200 frames."""
    return {
        key: sequence
        for key, sequence in sequences.items()
        if key.startswith('test/') and 'walking_extra' not in key and len(sequence) >= 200
    }


def windows(
    sequence: np.ndarray,
    camera: float,
    samples: int = SAMPLES,
    horizons: Sequence[float] = HORIZONS,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """times (W, N), positions (W, N, 17, 3), mask (W, N, 17), truth (W, K, 17, 3), N = samples.

    camera in Hz; histories of fewer than `samples` samples are padded in front. horizons (K,) in
    seconds, at most 1.
    """
    now = np.arange(40, len(sequence) - 122, STRIDE)
    back = np.arange(samples - 1, -1, -1)
    times = np.broadcast_to(-back / camera, (len(now), samples))
    frame = now[:, None] + RATE * times
    seen = (times > -HISTORY) & (frame >= 0) & (back < SAMPLES)
    mask = np.repeat(seen[..., None], sequence.shape[1], 2).astype(np.float32)
    positions = at(sequence, frame.clip(0)) * mask[..., None]
    truth = at(sequence, now[:, None] + RATE * np.array(horizons))
    return times.astype(np.float32), positions, mask, truth


def at(sequence: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """Linear interpolation of (frames, J, 3) at fractional frames (...)."""
    whole = np.floor(frame).astype(int).clip(0, len(sequence) - 2)
    share = (frame - whole)[..., None, None]
    return (sequence[whole] * (1 - share) + sequence[whole + 1] * share).astype(np.float32)


def errors(
    predict: Predict,
    sequences: dict[str, np.ndarray],
    pattern: Pattern = complete,
    camera: float = 30.0,
    samples: int = SAMPLES,
    noise: float = 0.0,
    joints: list[int] | None = None,
    bodies: BodySettings | None = None,
    later: float = 0.0,
    seed: int = 0,
) -> np.ndarray:
    """Mean error in metres at HORIZONS (6,), mean over the sequences given.

    noise: standard deviation of each seen coordinate [m]; joints: those that count, default all;
    bodies: another for each window, of body17, drawn from these ranges; later: seconds by which
    every horizon is farther, NaN where that is beyond the last one.
    """
    horizons = [horizon + later for horizon in HORIZONS if horizon + later <= HORIZONS[-1]]
    rng, rows = np.random.default_rng(seed), []
    for sequence in sequences.values():
        times, positions, mask, truth = windows(sequence, camera, samples, horizons)
        if bodies:
            whole = another_body(rng, np.concatenate([positions, truth], 1), bodies)
            whole = whole.astype(np.float32)
            positions, truth = whole[:, :samples], whole[:, samples:]
        mask = pattern(rng, mask).astype(np.float32)
        positions = positions + noise * rng.standard_normal(positions.shape, np.float32)
        positions = positions * mask[..., None]
        query = np.tile(np.float32(horizons), (len(times), 1))
        forecast = np.concatenate(
            [
                predict(
                    times[i : i + 256],
                    positions[i : i + 256],
                    mask[i : i + 256],
                    query[i : i + 256],
                )
                for i in range(0, len(times), 256)
            ]
        )
        error = np.linalg.norm(forecast - truth, axis=-1)
        rows.append(error[..., joints if joints is not None else slice(None)].mean((0, 2)))
    beyond = len(HORIZONS) - len(horizons)
    return np.pad(np.mean(rows, 0), (0, beyond), constant_values=np.nan)


NOT_LEGS = [joint for joint in range(17) if joint not in LEGS]

# From a child of 1.1 m to a tall adult, each with proportions and joints of its own.
OTHER_BODIES = BodySettings(scale=(0.6, 1.15), bones=1.0)

# The rows of the report, by name: options of errors().
SUITE: dict[str, dict[str, Any]] = {
    **{name: {'pattern': pattern} for name, pattern in EVALUATION.items()},
    'complete_100_ms_later': {'later': 0.1},
    'complete_other_joints': {'joints': NOT_LEGS},
    'legs': {'pattern': EVALUATION['legs'], 'joints': NOT_LEGS},
    'other_bodies': {'bodies': OTHER_BODIES},
    'noise_25_mm': {'noise': 0.025},
    'noise_50_mm': {'noise': 0.05},
    '15_hz': {'camera': 15.0},
    '60_hz': {'camera': 60.0},
}
