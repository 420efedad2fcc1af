# SPDX-License-Identifier: Apache-2.0
"""Whether somebody new is somebody lost."""

import numpy as np

from nermo_ros.observation.history import NANOSECONDS, History
from nermo_ros.observation.observation import JointState

# Joints that two poses must share to be compared.
LEAST_JOINTS = 3
# Seconds over which the speed of a body is taken: hands are fast, trackers are noisy.
SPEED_SPAN = 0.2
# Usual sample periods after which somebody without a sample has vanished.
VANISHED = 1.5


def has_vanished(history: History, stamp: int, timeout: float) -> bool:
    """Whether the person was lost before `stamp`, but not longer than `timeout` seconds."""
    gap = (stamp - int(history.stamps[-1])) / NANOSECONDS
    return VANISHED * history.period < gap < timeout


def distance(history: History, stamp: int, positions: np.ndarray, states: np.ndarray) -> float:
    """Median over the joints of how far a pose is from where the person should be at `stamp`.

    positions (17, 3) m and states (17,) of the pose -> metres; infinite where too few joints are
    seen in both. The person's joints go on from their last places at the speed of the body.
    """
    seen = history.states > JointState.MISSING
    shared = seen.any(0) & (states > JointState.MISSING)
    if shared.sum() < LEAST_JOINTS:
        return float('inf')
    last = len(history) - 1 - seen[::-1].argmax(0)
    gaps = (stamp - history.stamps[last]) / NANOSECONDS
    places = history.positions[last, np.arange(len(last))] + gaps[:, None] * velocity(history)
    return float(np.median(np.linalg.norm(places - positions, axis=1)[shared]))


def velocity(history: History) -> np.ndarray:
    """(3,) m/s of the body: the median over the joints, 0 where it cannot be told."""
    stamps, seen = history.stamps, history.states > JointState.MISSING
    whole = np.flatnonzero(seen.sum(1) >= LEAST_JOINTS)
    if not whole.size:
        return np.zeros(3)
    last = whole[-1]
    first = whole[np.searchsorted(stamps[whole], stamps[last] - SPEED_SPAN * NANOSECONDS)]
    both = seen[first] & seen[last]
    if first == last or not both.any():
        return np.zeros(3)
    seconds = (stamps[last] - stamps[first]) / NANOSECONDS
    return np.median((history.positions[last] - history.positions[first])[both], axis=0) / seconds
