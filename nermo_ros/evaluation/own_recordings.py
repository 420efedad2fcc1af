# SPDX-License-Identifier: Apache-2.0
"""The product's protocol on a user's own recordings, of whatever rate and however incomplete."""

import numpy as np

from nermo_ros.evaluation.horizons import HORIZONS
from nermo_ros.evaluation.true_time import RATE, SAMPLES, Predict, at, windows

CHUNK = 256  # people in a call


def at_rate(sequence: np.ndarray, rate: float) -> np.ndarray:
    """A sequence (frames, 17, 3) m of `rate` Hz at the protocol's RATE, NaN where not known."""
    last = len(sequence) - 1
    frame = np.arange(int(np.floor(last * RATE / rate + 1e-6)) + 1) * rate / RATE
    return at(sequence, np.minimum(frame, last))


def errors_by_window(
    predict: Predict, sequence: np.ndarray, camera: float, samples: int = SAMPLES
) -> np.ndarray:
    """Error (W, 6, 17) m at HORIZONS of a sequence (frames, 17, 3) m at RATE, windows as in
    true_time that see something; NaN where the joint was not observed then."""
    times, positions, mask, truth = windows(sequence, camera, samples)
    mask = mask * np.isfinite(positions).all(-1)
    positions = np.where(mask[..., None] > 0, positions, 0).astype(np.float32)
    seen = mask.any((1, 2))
    times, positions, mask, truth = (one[seen] for one in (times, positions, mask, truth))
    query = np.tile(np.float32(HORIZONS), (len(times), 1))
    forecast = [np.zeros((0, *truth.shape[1:]), np.float32)]
    forecast += [
        predict(times[part], positions[part], mask[part], query[part])
        for part in (slice(i, i + CHUNK) for i in range(0, len(times), CHUNK))
    ]
    return np.linalg.norm(np.concatenate(forecast) - truth, axis=-1)


def errors(
    predict: Predict,
    recordings: dict[str, tuple[np.ndarray, float]],
    camera: float = 30.0,
    samples: int = SAMPLES,
) -> dict[str, np.ndarray]:
    """Mean error (6,) m at HORIZONS over windows and observed joints of each recording that is
    long enough; recordings: as data.recordings gives them, name -> (frames, 17, 3) m, rate Hz.

    Raises ValueError where none is long enough.
    """
    rows = {}
    for name, (sequence, rate) in recordings.items():
        by_window = errors_by_window(predict, at_rate(sequence, rate), camera, samples)
        known = np.isfinite(by_window)
        if known.any((0, 2)).all():
            total = np.where(known, by_window, 0).sum((0, 2))
            rows[name] = total / known.sum((0, 2))
    if not rows:
        raise ValueError('no recording shows a person for the 1.4 s that an evaluation needs')
    return rows
