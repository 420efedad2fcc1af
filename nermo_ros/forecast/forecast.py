# SPDX-License-Identifier: Apache-2.0
"""Where all people's joints will be, before it becomes a message."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np


class Status(IntEnum):
    """How far one person's forecast can be relied on; the constants of PredictedSkeleton.msg."""

    OK = 0
    WARMING_UP = 1
    PARTIAL = 2
    UNFAMILIAR = 3
    STALE = 4
    FALLBACK = 5


@dataclass(frozen=True)
class Forecast:
    """P people at K times, 17 joints; positions in the frame of the history, metres, always
    finite.

    ids: P strings; stamps: (P,) int64 ns, each person's newest observation; reference: int ns,
    time zero; times: (K,) float32 s after the reference; positions: (P, K, 17, 3) float32;
    repaired: (P, 17, 3) float32, the joints at the reference, those seen then as they were seen;
    states: (P, 17) uint8 of JointState, of `repaired`; observed_fraction: (P, 17) float32, share
    of the history's samples in which a joint was seen; ages: (P,) float64 s from each person's
    newest observation to the reference; status: (P,) uint8 of Status; model: name and version of
    the model card, or 'damped_velocity' where it was used for everybody; radii: (P, K, 17) float32
    m of the balls around the positions (Doubt), None where the model is not calibrated.
    """

    ids: tuple[str, ...]
    stamps: np.ndarray
    reference: int
    times: np.ndarray
    positions: np.ndarray
    repaired: np.ndarray
    states: np.ndarray
    observed_fraction: np.ndarray
    ages: np.ndarray
    status: np.ndarray
    model: str
    radii: np.ndarray | None = None
