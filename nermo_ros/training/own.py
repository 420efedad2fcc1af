# SPDX-License-Identifier: Apache-2.0
"""A user's recordings as training needs them: every joint known, 120 Hz."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from nermo_ros.data.cmu import RATE
from nermo_ros.data.recordings import load_recordings
from nermo_ros.evaluation.true_time import at

LONGEST_GAP = 0.5  # s without a joint that are interpolated over; a longer gap splits


def own_sequences(paths: Iterable[Path], topic: str = '') -> dict[str, np.ndarray]:
    """Recordings -> (frames, 17, 3) metres of 120 Hz without gaps, by recording and piece.

    See data.recordings.load_recordings. Raises FileNotFoundError, or ValueError also where some
    joint is never seen together with the others.
    """
    sequences = {
        f'{name}/{index}': resample(stretch, rate)
        for name, (positions, rate) in load_recordings(paths, topic).items()
        for index, stretch in enumerate(whole(positions, rate))
    }
    if not sequences:
        raise ValueError('nobody in the recordings has all 17 joints seen: stand further away')
    return sequences


def whole(positions: np.ndarray, rate: float) -> list[np.ndarray]:
    """Stretches of (frames, J, 3), NaN where not seen, in which every joint is known.

    Gaps of up to LONGEST_GAP are filled linearly; stretches have at least two frames.
    """
    filled, frames = positions.copy(), np.arange(len(positions))
    for joint in range(positions.shape[1]):
        seen = np.flatnonzero(np.isfinite(positions[:, joint]).all(-1))
        for start, end in zip(seen[:-1], seen[1:], strict=True):
            if 1 < end - start <= LONGEST_GAP * rate:
                share = ((frames[start:end] - start) / (end - start))[:, None]
                first, last = positions[[start, end], joint]
                filled[start:end, joint] = first + share * (last - first)
    known = np.isfinite(filled).all((1, 2))
    cuts = np.flatnonzero(np.diff(known)) + 1
    return [filled[part] for part in np.split(frames, cuts) if len(part) > 1 and known[part[0]]]


def resample(sequence: np.ndarray, rate: float) -> np.ndarray:
    """A sequence (frames, J, 3) of `rate` Hz at the 120 Hz of everything here, interpolated."""
    return at(sequence, np.arange(0, len(sequence) - 1, rate / RATE))
