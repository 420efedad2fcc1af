# SPDX-License-Identifier: Apache-2.0
"""The rules by which a joint counts as observed, inferred or missing.

`seen_states` judges one message by itself, in the joints of its source and in the sensor's frame.
The others remember one person, on the canonical body: each is called with the stamp (int
nanoseconds), positions (17, 3) metres and states (17,) of a sample, in the order of arrival, and
returns the states it leaves, never better ones, in an array of its own.
"""

import numpy as np

from nermo_ros.observation.observation import JointState
from nermo_ros.skeleton import body17

MISSING, INFERRED, OBSERVED = map(int, JointState)  # numpy takes longer to read a member
JOINTS = len(body17.JOINTS)
INNER, OUTER = np.array(body17.BONES).T


def seen_states(
    positions: np.ndarray,
    confidences: np.ndarray | None = None,
    states: np.ndarray | None = None,
    *,
    confidence_threshold: float,
) -> tuple[np.ndarray, np.ndarray]:
    """What one message tells of one person.

    positions (..., J, 3) metres, so of several people too; confidences (..., J) in 0..1 or None
    where the source has none; states (..., J) of JointState or None where the source has none,
    which is all observed -> positions (..., J, 3) float32, 0 where missing, and states (..., J)
    uint8. Missing is a joint at a position that is not
    finite, at the exact origin (a hole in the depth image, or padding), or with a confidence that
    is below the threshold or not a number. Raises ValueError for wrong shapes or unknown states.
    """
    positions = np.asarray(positions, np.float32)
    if positions.ndim < 2 or positions.shape[-1] != 3:
        raise ValueError(f'positions have the shape {positions.shape}: give (joints, 3)')
    extent = np.abs(positions).max(-1)  # not finite where one coordinate is not
    seen = np.isfinite(extent) & (extent > 0)
    if confidences is not None:
        _check_rows('confidences', confidences, positions)
        seen &= np.asarray(confidences) >= confidence_threshold
    if states is None:
        states = np.full(seen.shape, OBSERVED, np.uint8)
    else:
        _check_rows('states', states, positions)
        if np.any((np.asarray(states) < MISSING) | (np.asarray(states) > OBSERVED)):
            raise ValueError('states: give 0 for missing, 1 for inferred, 2 for observed')
    states = np.where(seen, states, MISSING).astype(np.uint8)
    return np.where(states[..., None] > MISSING, positions, np.float32(0)), states


def _check_rows(name: str, values: np.ndarray, positions: np.ndarray) -> None:
    if np.shape(values) != positions.shape[:-1]:
        raise ValueError(f'{name} have the shape {np.shape(values)}: give {positions.shape[:-1]}')


class FrozenJoints:
    """A joint whose position stays the same bit for bit in `samples` consecutive samples of
    different stamps is inferred from the last of them on: no camera measures so exactly, but
    trackers repeat the last position of what they have lost. Judge before a moving frame blurs it.
    """

    def __init__(self, samples: int):
        self.samples = samples
        self._stamp: int | None = None
        self._positions = np.full((JOINTS, 3), np.nan, np.float32)
        self._repeats = np.zeros(JOINTS, np.int64)

    def __call__(self, stamp: int, positions: np.ndarray, states: np.ndarray) -> np.ndarray:
        if stamp != self._stamp:
            same = (positions == self._positions).all(1)
            self._repeats = np.where(same, self._repeats, 0) + (states > MISSING)
            self._positions = np.where(states[:, None] > MISSING, positions, np.nan)
            self._stamp = stamp
        frozen = self._repeats >= self.samples
        return np.where(frozen, np.minimum(states, INFERRED), states).astype(np.uint8)


class BoneLengths:
    """A joint is missing when the bone that leads to it from the pelvis is shorter or longer than
    the person's running median by more than `tolerance`, a share of the median (at least 5 cm).

    Medians run over the newest `window` lengths of each bone between observed joints, the refused
    ones too, so that a wrong start heals once most of the window is right; a bone with fewer than
    `least` lengths is not judged, nor one whose inner joint is not seen or was refused itself.
    """

    FLOOR = 0.05

    def __init__(self, tolerance: float, least: int = 15, window: int = 61):
        self.tolerance, self.least, self.window = tolerance, least, window
        self._lengths = np.full((len(body17.BONES), window), np.inf)
        self._counts = np.zeros(len(body17.BONES), np.int64)

    def __call__(self, stamp: int, positions: np.ndarray, states: np.ndarray) -> np.ndarray:
        lengths = np.linalg.norm(positions[OUTER] - positions[INNER], axis=1)
        self._learn(lengths, np.minimum(states[INNER], states[OUTER]) == OBSERVED)
        states = states.copy()
        # Bones are ordered outwards, so that a refused joint spares the joint beyond it.
        for bone in np.flatnonzero(self._outliers(lengths)):
            if states[INNER[bone]] > MISSING:
                states[OUTER[bone]] = MISSING
        return states

    def _learn(self, lengths: np.ndarray, observed: np.ndarray) -> None:
        bones = np.flatnonzero(observed)
        self._lengths[bones, self._counts[bones] % self.window] = lengths[bones]
        self._counts[bones] += 1

    def _outliers(self, lengths: np.ndarray) -> np.ndarray:
        middle = np.maximum(np.minimum(self._counts, self.window) - 1, 0) // 2
        medians = np.sort(self._lengths, axis=1)[np.arange(len(lengths)), middle]
        judged = self._counts >= self.least
        medians = np.where(judged, medians, lengths)
        return np.abs(lengths - medians) > np.maximum(self.tolerance * medians, self.FLOOR)


class JointSpeed:
    """A joint is missing when it comes faster than `limit` metres a second from where it was last
    accepted. It is accepted again once that speed would have done, so that a wrong start heals.
    """

    SLACK = 0.05  # metres that noise may add, however short the step

    def __init__(self, limit: float):
        self.limit = limit
        self._stamps = np.zeros(JOINTS, np.int64)
        self._positions = np.zeros((JOINTS, 3), np.float32)
        self._known = np.zeros(JOINTS, bool)

    def __call__(self, stamp: int, positions: np.ndarray, states: np.ndarray) -> np.ndarray:
        reach = self.limit * np.abs(stamp - self._stamps) * 1e-9 + self.SLACK
        distance = np.linalg.norm(positions - self._positions, axis=1)
        states = np.where(self._known & (distance > reach), MISSING, states).astype(np.uint8)
        newer = (states > MISSING) & (~self._known | (stamp > self._stamps))
        self._stamps[newer] = stamp
        self._positions[newer] = positions[newer]
        self._known |= newer
        return states
