# SPDX-License-Identifier: Apache-2.0
"""People at any times of a forecast that was made already."""

import numpy as np

from nermo_ros.forecast.forecast import Forecast


def path(forecast: Forecast, times: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Joints (P, T, 17, 3) m and their radii (P, T, 17) m, or None, at times (T,) s after the
    reference: linear between the forecast's times (which must increase) from the repaired pose on.

    Before the reference the repaired pose is held, after the last time the last one.
    """
    later = np.asarray(forecast.times) > 0
    knots = np.concatenate([[0.0], forecast.times[later]])
    poses = np.concatenate([forecast.repaired[:, None], forecast.positions[:, later]], 1)
    right = np.clip(np.searchsorted(knots, times), 1, max(len(knots) - 1, 1))
    right = np.minimum(right, len(knots) - 1)
    left = np.maximum(right - 1, 0)
    span = np.maximum(knots[right] - knots[left], 1e-9)
    share = np.clip((np.asarray(times, np.float64) - knots[left]) / span, 0, 1)

    def between(values: np.ndarray) -> np.ndarray:
        part = share.reshape(-1, *[1] * (values.ndim - 2))
        return ((1 - part) * values[:, left] + part * values[:, right]).astype(np.float32)

    radii = forecast.radii
    if radii is None:
        return between(poses), None
    return between(poses), between(np.concatenate([radii[:, :1], radii[:, later]], 1))
