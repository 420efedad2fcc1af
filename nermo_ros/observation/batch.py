# SPDX-License-Identifier: Apache-2.0
"""The histories of all people, padded to one shape: what a predictor is given."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Batch:
    """P people, N samples (oldest first, padding in front), 17 joints.

    ids: P strings; stamps: (P,) int64 nanoseconds, each person's newest sample with a seen joint
    (the newest at all where none has one); times: (P, N) float32 seconds relative to that sample,
    <= 0, increasing, 0 in the last column; padding repeats the oldest time; positions:
    (P, N, 17, 3) float32 metres, 0 where mask is 0; mask: (P, N, 17) float32, 1 seen, 0 not.
    """

    ids: tuple[str, ...]
    stamps: np.ndarray
    times: np.ndarray
    positions: np.ndarray
    mask: np.ndarray


def real_samples(times: np.ndarray) -> np.ndarray:
    """(P, N) bool, of times (P, N): padding, which repeats the oldest time, is no sample."""
    real = np.ones(times.shape, bool)
    np.greater(times[:, 1:], times[:, :-1], out=real[:, :-1])
    return real
