# SPDX-License-Identifier: Apache-2.0
"""Forecasts without a model: what the model must beat, and what is used where it cannot be.

All three take and give the arrays of inference.predictor.Predictor. A joint starts from its own
newest seen sample, with the velocity from its third-newest (second-newest where only two were
seen) to it. A joint that was never seen is put at the centroid of the person's seen joints; a
person of whom nothing was seen is put at the origin.
"""

from collections.abc import Callable

import numpy as np

DAMPING = 0.25  # s, time constant with which the damped velocity dies away
LARGEST = np.finfo(np.float32).max  # even nonsense from a sensor must not come out infinite
SPAN = 3  # samples, newest included, over which a velocity is taken


def zero_velocity(
    times: np.ndarray, positions: np.ndarray, mask: np.ndarray, query: np.ndarray
) -> np.ndarray:
    """Every joint stays where it was last seen: (P, Q, J, 3) float32 m."""
    return _extrapolate(times, positions, mask, query, np.zeros_like)


def constant_velocity(
    times: np.ndarray, positions: np.ndarray, mask: np.ndarray, query: np.ndarray
) -> np.ndarray:
    """Every joint keeps its last velocity: (P, Q, J, 3) float32 m."""
    return _extrapolate(times, positions, mask, query, lambda ahead: ahead)


def damped_velocity(
    times: np.ndarray, positions: np.ndarray, mask: np.ndarray, query: np.ndarray
) -> np.ndarray:
    """Every joint's last velocity dies away with DAMPING; before its newest sample it is
    constant."""
    return _extrapolate(times, positions, mask, query, _damped)


def _damped(ahead: np.ndarray) -> np.ndarray:
    return np.where(ahead > 0, -DAMPING * np.expm1(-np.maximum(ahead, 0) / DAMPING), ahead)


def _extrapolate(
    times: np.ndarray,
    positions: np.ndarray,
    mask: np.ndarray,
    query: np.ndarray,
    travel: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    """travel: seconds after a joint's newest sample (P, Q, J) -> seconds of motion at its velocity
    by then."""
    if not times.shape[1]:
        return np.zeros((*query.shape, *positions.shape[2:]), np.float32)
    newest_first = mask[:, ::-1] > 0
    count = np.cumsum(newest_first, axis=1)
    total = count[:, -1]
    times, positions = times.astype(np.float64), positions.astype(np.float64)
    time, place = _pick(times, positions, np.argmax(count >= 1, axis=1))
    earlier = np.argmax(count >= np.minimum(total, SPAN)[:, None], axis=1)
    earlier_time, earlier_place = _pick(times, positions, earlier)
    passed = (time - earlier_time)[..., None]
    velocity = (place - earlier_place) / np.where(passed > 0, passed, np.inf)

    ahead = query[:, :, None] - time[:, None]
    forecast = place[:, None] + velocity[:, None] * travel(ahead)[..., None]
    seen = (total > 0)[:, None, :, None]
    centroid = (forecast * seen).sum(2, keepdims=True) / np.maximum(seen.sum(2, keepdims=True), 1)
    return np.clip(np.where(seen, forecast, centroid), -LARGEST, LARGEST).astype(np.float32)


def _pick(
    times: np.ndarray, positions: np.ndarray, back: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Time (P, J) and place (P, J, 3) of each joint's sample `back` (P, J) columns before the
    last."""
    column = times.shape[1] - 1 - back
    place = np.take_along_axis(positions, column[:, None, :, None], axis=1)[:, 0]
    return np.take_along_axis(times, column, axis=1), place
