# SPDX-License-Identifier: Apache-2.0
"""One person, seen once."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np


class JointState(IntEnum):
    """How a joint's position came about; ordered: the worst of several is their minimum."""

    MISSING = 0
    INFERRED = 1
    OBSERVED = 2


@dataclass(frozen=True)
class Observation:
    """One person's body17 joints at one time.

    stamp: int nanoseconds on the source's clock; frame: of the positions; person: the source's id,
    never empty; positions: (17, 3) float32 metres, 0 where missing, never NaN; states: (17,) uint8
    of JointState; confidences: (17,) float32 in 0..1.
    """

    stamp: int
    frame: str
    person: str
    positions: np.ndarray
    states: np.ndarray
    confidences: np.ndarray
