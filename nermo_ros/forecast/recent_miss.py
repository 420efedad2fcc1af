# SPDX-License-Identifier: Apache-2.0
"""How far off a forecast made a moment ago would have been: what is known now about the next one.

A motion that the model has just missed it will miss again. It is the error of fit of the
representation that was adapted a moment ago, on the samples since. Here it is adapted anew to what
had been seen by then; memory.py keeps forecasts instead.
"""

from collections.abc import Callable

import numpy as np

from nermo_ros.forecast.bound import length

LAG = 0.2  # s, how long ago that forecast starts

Predict = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def recent_miss(
    predict: Predict, times: np.ndarray, positions: np.ndarray, mask: np.ndarray
) -> np.ndarray:
    """Mean error (P,) m of the forecast from everything older than LAG before the newest sample,
    over the joint samples seen since; NaN where too little was seen to tell.

    predict: a Predictor or what is called like one; times (P, N) s, positions (P, N, J, 3) m,
    mask (P, N, J). Counted are the joints that were seen in the older part, of which at least two
    samples are needed.
    """
    seen = mask.max(2) > 0
    cut = _newest(times, seen) - LAG
    older = seen & (times <= cut[:, None])
    start = np.where(older.any(1), _newest(times, older), 0)
    before = mask * older[..., None]
    ahead = times - start[:, None]
    arrays = (np.minimum(ahead, 0), positions * before[..., None], before, np.maximum(ahead, 0))
    forecast = predict(*(np.ascontiguousarray(array, np.float32) for array in arrays))
    counted = mask * ~older[..., None] * before.any(1, keepdims=True)
    return np.where(older.sum(1) >= 2, mean_miss(forecast, positions, counted), np.nan)


def mean_miss(forecast: np.ndarray, positions: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Mean distance (P,) m of both (P, N, J, 3) over the samples counted (P, N, J); NaN: none."""
    error = length(forecast - positions) * counted
    count = counted.sum((1, 2))
    return np.where(count > 0, error.sum((1, 2)) / np.maximum(count, 1), np.nan)


def _newest(times: np.ndarray, which: np.ndarray) -> np.ndarray:
    return np.where(which, times, -np.inf).max(1, initial=-np.inf)
