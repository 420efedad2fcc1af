# SPDX-License-Identifier: Apache-2.0
"""What was seen of one person lately."""

import numpy as np

from nermo_ros.observation.drop import Drop
from nermo_ros.observation.observation import JointState
from nermo_ros.skeleton import body17

NANOSECONDS = 1_000_000_000
JOINTS = len(body17.JOINTS)
MISSING = int(JointState.MISSING)  # a member's name takes longer to find than a number


class History:
    """Samples of one person, sorted by stamp, at most `capacity` and at most `seconds` back from
    the newest; stamps as irregular as they come.

    The samples are a stretch of arrays twice as long that wanders to their end and is then copied
    to their start, so that it always is one slice.
    """

    def __init__(self, seconds: float, capacity: int):
        self._span = round(seconds * NANOSECONDS)
        self._capacity = capacity
        self._stamps = np.zeros(2 * capacity, np.int64)
        self._positions = np.zeros((2 * capacity, JOINTS, 3), np.float32)
        self._states = np.zeros((2 * capacity, JOINTS), np.uint8)
        self._best = np.zeros(2 * capacity, np.uint8)
        self._start = self._end = 0

    def __len__(self) -> int:
        return self._end - self._start

    @property
    def stamps(self) -> np.ndarray:
        """(n,) int64 nanoseconds, increasing; like the other arrays a view until the next add."""
        return self._stamps[self._start : self._end]

    @property
    def positions(self) -> np.ndarray:
        """(n, 17, 3) float32 metres, 0 where missing."""
        return self._positions[self._start : self._end]

    @property
    def states(self) -> np.ndarray:
        """(n, 17) uint8 of JointState."""
        return self._states[self._start : self._end]

    @property
    def period(self) -> float:
        """Seconds from one sample to the next, their median; 0 with fewer than two samples."""
        return float(np.median(np.diff(self.stamps))) / NANOSECONDS if len(self) > 1 else 0.0

    def refusal(self, stamp: int) -> Drop | None:
        """Why a sample of this stamp would be refused: it is too old, or there is one already."""
        stamps = self.stamps
        if not stamps.size or stamp > stamps[-1]:
            return None
        if stamp < stamps[-1] - self._span:
            return Drop.TOO_OLD
        if stamp < stamps[0] and len(self) == self._capacity:
            return Drop.TOO_OLD
        if stamps[np.searchsorted(stamps, stamp)] == stamp:
            return Drop.DUPLICATE_STAMP
        return None

    def add(self, stamp: int, positions: np.ndarray, states: np.ndarray) -> Drop | None:
        """Puts a sample in its place; returns the reason where it is refused.

        stamp: int nanoseconds; positions (17, 3) metres, finite where not missing; states (17,).
        """
        reason = self.refusal(stamp)
        if reason is not None:
            return reason
        arrays = (self._stamps, self._positions, self._states, self._best)
        if self._end == 2 * self._capacity:
            for array in arrays:
                array[: len(self)] = array[self._start : self._end]
            self._start, self._end = 0, len(self)
        place = self._end
        if len(self) and stamp < self._stamps[place - 1]:
            place = self._start + int(np.searchsorted(self.stamps, stamp))
            for array in arrays:
                array[place + 1 : self._end + 1] = array[place : self._end]
        seen = (states > MISSING)[:, None]
        self._stamps[place] = stamp
        self._positions[place] = np.where(seen, positions, 0)
        self._states[place] = states
        self._best[place] = states.max()
        self._end += 1
        oldest = self._stamps[self._end - 1] - self._span
        if self._stamps[self._start] < oldest:
            self._start += int(np.searchsorted(self.stamps, oldest))
        self._start = max(self._start, self._end - self._capacity)
        return None

    def window(self, samples: int, seconds: float, worst: int) -> slice:
        """Which samples to predict from: at most `samples`, no more than `seconds` back from the
        newest that has a joint in state `worst` or better (from the newest at all if none has).
        """
        end = len(self)
        if self._best[self._end - 1] < worst:
            usable = np.flatnonzero(self._best[self._start : self._end] >= worst)
            end = int(usable[-1]) + 1 if usable.size else end
        stamps = self.stamps[:end]
        oldest = stamps[-1] - round(seconds * NANOSECONDS)
        return slice(max(int(np.searchsorted(stamps, oldest)), end - samples), end)
