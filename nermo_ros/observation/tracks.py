# SPDX-License-Identifier: Apache-2.0
"""Everybody who is there, each with a history."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from nermo_ros.observation import rejoin
from nermo_ros.observation.batch import Batch
from nermo_ros.observation.drop import Drop
from nermo_ros.observation.history import JOINTS, NANOSECONDS, History
from nermo_ros.observation.judge import Judge, JudgeSettings
from nermo_ros.observation.observation import JointState, Observation

SHAPES = (JOINTS, 3), (JOINTS,), (JOINTS,)  # of an observation's arrays
INFERRED, OBSERVED = int(JointState.INFERRED), int(JointState.OBSERVED)


@dataclass(frozen=True)
class TrackSettings(JudgeSettings):
    """How long people are remembered, and by which rules their joints are judged (JudgeSettings).

    seconds, capacity: of each history; longer than a batch, so that somebody lost for a while
    still has one; timeout: seconds without a sample until a person is gone; clock_jump: seconds
    that a stamp may lie behind the newest of all before the clock counts as set back;
    rejoin_distance: metres (median over the joints) from where a vanished person should be, within
    which a new id inherits the history, 0.3 say; off at 0. Raises ValueError for others.
    """

    seconds: float = 2.0
    capacity: int = 128
    timeout: float = 1.0
    clock_jump: float = 2.0
    rejoin_distance: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ('seconds', 'capacity', 'timeout', 'clock_jump'):
            if not getattr(self, name) > 0:
                raise ValueError(f'{name} is {getattr(self, name)}: give more than 0')
        if not self.rejoin_distance >= 0:
            raise ValueError(f'rejoin_distance is {self.rejoin_distance}: give 0 (off) or more')


class _Track:
    def __init__(self, settings: TrackSettings, observation: Observation):
        self.frame = observation.frame
        self.newest = observation
        self.history = History(settings.seconds, settings.capacity)
        self.judge = Judge(settings)

    def add(self, observation: Observation) -> Drop | None:
        if observation.frame != self.frame:
            return Drop.WRONG_FRAME
        reason = self.history.refusal(observation.stamp)
        if reason is not None:
            return reason
        judged = self.judge(observation)
        self.history.add(judged.stamp, judged.positions, judged.states)
        if judged.stamp >= self.newest.stamp:
            self.newest = judged
        return None


class Tracks:
    """The people of one source, in the order in which they appeared; not for several threads.

    drops: how often something was left out, by the name of the reason (values of Drop).
    """

    def __init__(self, settings: TrackSettings | None = None):
        self.settings = settings or TrackSettings()
        self.drops: Counter[str] = Counter()
        self._tracks: dict[str, _Track] = {}
        self._newest_stamp: int | None = None

    def __len__(self) -> int:
        return len(self._tracks)

    @property
    def newest(self) -> dict[str, Observation]:
        """Each person's newest observation, as the rules left it."""
        return {person: track.newest for person, track in self._tracks.items()}

    def clear(self) -> None:
        """Forgets everybody, but not the drops."""
        self._tracks.clear()
        self._newest_stamp = None

    def add(self, observation: Observation) -> Drop | None:
        """Takes in one observation, stamps in any order; returns the reason where it is dropped.

        Stamps that jump back clear everything and count as Drop.CLOCK_JUMP; the observation that
        tells of it is taken in.
        """
        reason = self._malformed(observation)
        if reason is None:
            self._watch_clock(observation.stamp)
            reason = self._track(observation).add(observation)
        if reason is not None:
            self.drops[reason.value] += 1
        return reason

    @staticmethod
    def _malformed(observation: Observation) -> Drop | None:
        if not observation.person:
            return Drop.EMPTY_ID
        arrays = observation.positions, observation.states, observation.confidences
        if tuple(map(np.shape, arrays)) != SHAPES:
            return Drop.BAD_JOINTS
        return None if np.isfinite(observation.positions).all() else Drop.BAD_JOINTS

    def _watch_clock(self, stamp: int) -> None:
        newest = stamp if self._newest_stamp is None else self._newest_stamp
        if newest - stamp > self.settings.clock_jump * NANOSECONDS:
            self.clear()
            self.drops[Drop.CLOCK_JUMP.value] += 1
            newest = stamp
        self._newest_stamp = max(newest, stamp)

    def _track(self, observation: Observation) -> _Track:
        if observation.person not in self._tracks:
            track = self._lost(observation) or _Track(self.settings, observation)
            self._tracks[observation.person] = track
        return self._tracks[observation.person]

    def _lost(self, observation: Observation) -> _Track | None:
        """The vanished person whom a new id continues, taken from his old id; None if nobody."""
        best, nearest = None, self.settings.rejoin_distance
        for person, track in self._tracks.items():
            if nearest and track.frame == observation.frame:
                pose = (observation.stamp, observation.positions, observation.states)
                if rejoin.has_vanished(track.history, pose[0], self.settings.timeout):
                    off = rejoin.distance(track.history, *pose)
                    if off <= nearest:
                        best, nearest = person, off
        return None if best is None else self._tracks.pop(best)

    def forget(self, person: str) -> None:
        """Forgets somebody, if he is there."""
        self._tracks.pop(person, None)

    def expire(self, now_ns: int) -> list[str]:
        """Forgets those without a sample for longer than the time-out; returns their ids."""
        oldest = now_ns - round(self.settings.timeout * NANOSECONDS)
        gone = [person for person, track in self._tracks.items() if track.newest.stamp < oldest]
        for person in gone:
            del self._tracks[person]
        return gone

    def batch(self, samples: int, seconds: float, use_inferred: bool = False) -> Batch:
        """Everybody's newest `samples` samples of at most `seconds`, as a predictor wants them.

        Seen are observed joints, with `use_inferred` also inferred ones. A person of whom nothing
        is seen is there with an all-zero mask.
        """
        worst = INFERRED if use_inferred else OBSERVED
        shape = len(self._tracks), samples
        stamps = np.zeros(shape, np.int64)
        positions = np.zeros((*shape, JOINTS, 3), np.float32)
        states = np.zeros((*shape, JOINTS), np.uint8)
        for row, track in enumerate(self._tracks.values()):
            history = track.history
            window = history.window(samples, seconds, worst)
            first = samples - (window.stop - window.start)
            stamps[row, first:] = history.stamps[window]
            stamps[row, :first] = stamps[row, first]
            positions[row, first:] = history.positions[window]
            states[row, first:] = history.states[window]
        seen = states >= worst
        return Batch(
            ids=tuple(self._tracks),
            stamps=stamps[:, -1].copy(),
            times=((stamps - stamps[:, -1:]) / NANOSECONDS).astype(np.float32),
            positions=np.where(seen[..., None], positions, np.float32(0)),
            mask=seen.astype(np.float32),
        )
