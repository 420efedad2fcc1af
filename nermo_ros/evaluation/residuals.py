# SPDX-License-Identifier: Apache-2.0
"""Errors of a model on a sequence under every missing pattern, with what radii depend on.

As the node sees people: the model's own number of samples and length of history, 15, 30 or 60 Hz.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np

from nermo_ros.data.missing import EVALUATION, Pattern
from nermo_ros.evaluation.true_time import RATE, at
from nermo_ros.forecast.baseline import damped_velocity
from nermo_ros.forecast.radii import KNOTS, growth, joint_state, missing_class
from nermo_ros.forecast.recent_miss import recent_miss
from nermo_ros.inference.card import ModelCard

CAMERAS = (15.0, 30.0, 60.0)  # Hz
FIRST, LAST = 24, 10  # frames at RATE before the first "now" and after the last
STRIDE, MOST = 8, 60  # frames from one "now" to the next, but at most so many of them
# Of somebody who has just come; the other patterns hide stretches of a history.
SHORT = {name: EVALUATION[name] for name in ('complete', 'random_40', 'joints_25', 'legs')}
LEAST_SAMPLES = 3  # with something seen; with fewer the node does not ask the model
CHUNK = 256  # people in a call

Predict = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Residuals:
    """W windows, K KNOTS, J joints. errors (W, K, J) m, NaN where there is no truth; growth
    (W, K, J): factor of their radii; missing (W,), states (W, J): classes of forecast.radii;
    misses (W,): recent misses, m, NaN where not known."""

    errors: np.ndarray
    growth: np.ndarray
    missing: np.ndarray
    states: np.ndarray
    misses: np.ndarray


def residuals(
    predict: Predict,
    card: ModelCard,
    sequence: np.ndarray,
    seed: int = 0,
    patterns: dict[str, Pattern] = EVALUATION,
    noise: float = 0.0,
    least: int = LEAST_SAMPLES,
) -> Residuals:
    """Of one sequence (frames, J, 3) m at RATE, NaN where a joint was never measured.

    card: for samples, history, past and horizon; noise: standard deviation of each seen
    coordinate [m]; least: samples with something seen, with fewer a window does not count. Raises
    ValueError where the sequence is too short for a window.
    """
    rng = np.random.default_rng(seed)
    stride = max(STRIDE, (len(sequence) - FIRST - LAST) // MOST)
    now = np.arange(FIRST, len(sequence) - LAST, stride)
    if not len(now):
        raise ValueError(f'a sequence of {len(sequence)} frames is too short to calibrate on')
    times, positions, mask = (
        np.concatenate(arrays)
        for arrays in zip(
            *(histories(sequence, now, card, pattern, rng) for pattern in patterns.values()),
            strict=True,
        )
    )
    positions += noise * rng.standard_normal(positions.shape, np.float32) * mask[..., None]
    truth = np.tile(_truth(sequence, now), (len(patterns), 1, 1, 1))
    enough = mask.any(2).sum(1) >= least
    times, positions, mask, truth = (a[enough] for a in (times, positions, mask, truth))
    knots = np.clip(KNOTS, -card.past, card.horizon).astype(np.float32)
    forecast, misses = [], []
    for i in range(0, len(times), CHUNK):
        arrays = times[i : i + CHUNK], positions[i : i + CHUNK], mask[i : i + CHUNK]
        forecast.append(predict(*arrays, np.tile(knots, (len(arrays[0]), 1))))
        misses.append(recent_miss(predict, *arrays))
    missed, states = np.concatenate(misses), joint_state(times, mask)
    return Residuals(
        errors=np.linalg.norm(np.concatenate(forecast) - truth, axis=-1),
        growth=growth(missed, states).swapaxes(1, 2),
        missing=missing_class(times, mask),
        states=states,
        misses=missed,
    )


def fallback_residuals(card: ModelCard, sequence: np.ndarray, seed: int = 0) -> Residuals:
    """Of damped velocity, which stands in for the model: with whole histories as after a failure,
    and with the one or two samples of somebody who has just come. Its radii do not grow with its
    recent miss, which is not known of the latter."""
    whole = residuals(damped_velocity, card, sequence, seed, least=1)
    started = (replace(card, samples=samples) for samples in (1, 2))
    short = (residuals(damped_velocity, part, sequence, seed, SHORT, least=1) for part in started)
    joined = join([whole, *short])
    unknown = np.full_like(joined.misses, np.nan)
    return replace(joined, growth=np.ones_like(joined.growth), misses=unknown)


def join(parts: list[Residuals]) -> Residuals:
    """Those of several stretches of one sequence."""
    return Residuals(
        *(
            np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(parts[0])
        )
    )


def histories(
    sequence: np.ndarray,
    now: np.ndarray,
    card: ModelCard,
    pattern: Pattern,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """times (W, N), positions (W, N, J, 3), mask (W, N, J) float32 of cameras of random rates
    whose newest frame is `now` (W,), padded as observation.batch does."""
    back = np.arange(card.samples - 1, -1, -1) / rng.choice(CAMERAS, (len(now), 1))
    frame = now[:, None] - RATE * back
    real = (back < card.history) & (frame >= 0)
    times = -np.where(real, back, np.where(real, back, 0).max(1, keepdims=True))
    positions = at(sequence, frame.clip(0))
    known = np.isfinite(positions).all(-1)
    mask = pattern(rng, (real[..., None] & known).astype(np.float32)).astype(np.float32)
    positions = np.where(mask[..., None] > 0, positions, 0)
    return times.astype(np.float32), positions, mask


def _truth(sequence: np.ndarray, now: np.ndarray) -> np.ndarray:
    """(W, K, J, 3), NaN past the end."""
    frame = now[:, None] + RATE * np.array(KNOTS)
    inside = (frame <= len(sequence) - 1)[..., None, None]
    return np.where(inside, at(sequence, frame), np.nan)
