# SPDX-License-Identifier: Apache-2.0
"""A person as several cameras see him: whose joints are whose."""

from dataclasses import dataclass, field, replace

import numpy as np

from nermo_ros.observation import rejoin
from nermo_ros.observation.history import JOINTS, NANOSECONDS, History
from nermo_ros.observation.observation import JointState, Observation

NOBODY = -1
# What a person is recognised by: the newest SPAN seconds, at most SAMPLES.
SPAN, SAMPLES = 0.5, 64


@dataclass
class View:
    """How one camera sees a person; person: its own id; odd: times in a row that it was apart."""

    person: str
    newest: Observation
    odd: int = 0


@dataclass
class FusedPerson:
    """Joints by the camera that has them; number: order of appearance."""

    id: str
    number: int
    views: dict[int, View] = field(default_factory=dict)
    history: History = field(default_factory=lambda: History(SPAN, SAMPLES))
    cameras: np.ndarray = field(default_factory=lambda: np.full(JOINTS, NOBODY))
    stamps: np.ndarray = field(default_factory=lambda: np.zeros(JOINTS, np.int64))
    states: np.ndarray = field(default_factory=lambda: np.zeros(JOINTS, np.uint8))
    confidences: np.ndarray = field(default_factory=lambda: np.zeros(JOINTS, np.float32))

    def distance(self, seen: Observation) -> float:
        """Metres, see rejoin.distance; infinite where nothing has been taken in yet."""
        if not len(self.history):
            return float('inf')
        return rejoin.distance(self.history, seen.stamp, seen.positions, seen.states)

    def apart(self, camera: int, seen: Observation) -> float:
        """Metres between this view and the newest of the other cameras, median over the joints."""
        speed = rejoin.velocity(self.history)
        offsets = []
        for other, view in self.views.items():
            gap = (seen.stamp - view.newest.stamp) / NANOSECONDS
            if other != camera and abs(gap) < SPAN:
                both = (seen.states > JointState.MISSING) & (
                    view.newest.states > JointState.MISSING
                )
                offset = seen.positions - view.newest.positions - gap * speed
                offsets.extend(np.linalg.norm(offset[both], axis=1))
        return float(np.median(offsets)) if len(offsets) >= rejoin.LEAST_JOINTS else 0.0

    def take(self, camera: int, seen: Observation, stale: float, margin: float) -> Observation:
        """The observation under this id, those of its joints missing that another camera has.

        stale, margin: see FusionSettings.
        """
        odd = self.views[camera].odd if camera in self.views else 0
        self.views[camera] = View(seen.person, seen, odd)
        looks = np.array([self._newest_look(other) for other in self.cameras], np.int64)
        ages = (seen.stamp - self.stamps) / NANOSECONDS
        better = (seen.states > self.states) | (
            (seen.states == self.states) & (seen.confidences > self.confidences + margin)
        )
        free = (
            (self.cameras == camera)
            | (self.cameras == NOBODY)
            | (self.stamps < looks)  # the camera that had it has looked since and not seen it
            | (ages > stale)
        )
        taken = (seen.states > JointState.MISSING) & (free | better)
        self.cameras[taken] = camera
        self.stamps[taken] = seen.stamp
        self.states[taken] = seen.states[taken]
        self.confidences[taken] = seen.confidences[taken]
        fused = replace(
            seen,
            person=self.id,
            positions=np.where(taken[:, None], seen.positions, 0).astype(np.float32),
            states=np.where(taken, seen.states, JointState.MISSING).astype(np.uint8),
            confidences=np.where(taken, seen.confidences, 0).astype(np.float32),
        )
        self.history.add(fused.stamp, fused.positions, fused.states)
        return fused

    def _newest_look(self, camera: int) -> int:
        """Stamp of the camera's newest look at the person; the largest where there is none."""
        view = self.views.get(camera)
        return np.iinfo(np.int64).max if view is None else view.newest.stamp
