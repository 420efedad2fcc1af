# SPDX-License-Identifier: Apache-2.0
"""A camera that looks at a recording: what it would have seen, and when."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nermo_ros.recordings.occlusion import Occlusion
from nermo_ros.recordings.recording import Recording
from nermo_ros.recordings.view import View
from nermo_ros.skeleton import body17

# Nobody is seen for that long before a recording starts anew: longer than the node keeps a person
# (1 s), so that nobody is taken to jump back to the start.
PAUSE = 1.5


@dataclass(frozen=True)
class Frame:
    """What the camera saw at one time.

    time: seconds since it was switched on; recording_time: the time in the recording, where the
    truth is Recording.at(recording_time); people: positions (17, 3) float32 metres by id, NaN
    where missing; someone of whom nothing is seen is not in it.
    """

    time: float
    recording_time: float
    people: dict[str, np.ndarray]


@dataclass(frozen=True)
class Camera:
    """How well a camera sees. The same seed sees the same.

    rate: frames a second [Hz]; jitter: each frame is late by up to this part of a period (0..1);
    noise: standard deviation of each coordinate [m]; drop: part of the joint samples missing at
    random (0..1); occlusions: joints hidden for a while; phase: part of a period by which all
    frames are late (0..1); bias: by which it places everything wrong [m]; view: from where it
    looks, None: nothing stands in its way. Raises ValueError out of these ranges.
    """

    rate: float = 30.0
    jitter: float = 0.0
    noise: float = 0.0
    drop: float = 0.0
    occlusions: tuple[Occlusion, ...] = ()
    seed: int = 0
    phase: float = 0.0
    bias: tuple[float, float, float] = (0.0, 0.0, 0.0)
    view: View | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.rate) and self.rate > 0):
            raise ValueError(f'camera rate is {self.rate}: must be above 0 Hz')
        if not (np.isfinite(self.noise) and self.noise >= 0):
            raise ValueError(f'camera noise is {self.noise}: must be metres from 0')
        for name in ('jitter', 'drop', 'phase'):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f'camera {name} is {getattr(self, name)}: must be from 0 to 1')

    def frames(self, recording: Recording, seconds: float) -> Iterator[Frame]:
        """Frames up to `seconds`, their times increasing.

        A recording that is shorter starts anew after PAUSE seconds without frames. Raises
        ValueError where an occlusion names someone who is not in the recording.
        """
        strangers = {occlusion.person for occlusion in self.occlusions} - set(recording.people)
        if strangers:
            raise ValueError(
                f'occlusion of {", ".join(sorted(strangers))}: '
                f'in {recording.name} are {", ".join(recording.people)}'
            )
        return self._frames(recording, seconds)

    def _frames(self, recording: Recording, seconds: float) -> Iterator[Frame]:
        random = np.random.default_rng(self.seed)
        number = 0
        while (time := self._due(number, random)) < seconds:
            number += 1
            recording_time = time % (recording.duration + PAUSE)
            if recording_time <= recording.duration:
                seen = self._seen(recording, recording_time, random)
                yield Frame(time, recording_time, seen)

    def _due(self, number: int, random: np.random.Generator) -> float:
        return (number + self.phase + self.jitter * random.random()) / self.rate

    def _seen(
        self, recording: Recording, time: float, random: np.random.Generator
    ) -> dict[str, np.ndarray]:
        positions = recording.at(time)
        hidden = np.zeros(positions.shape[:-1], bool)
        if self.view is not None:
            hidden = self.view.hidden(positions)
        positions += np.array(self.bias, np.float32)
        positions += random.normal(0, self.noise, positions.shape).astype(np.float32)
        positions[random.random(positions.shape[:-1]) < self.drop] = np.nan
        positions[hidden] = np.nan
        for occlusion in self.occlusions:
            if occlusion.start <= time < occlusion.end:
                hidden = [body17.INDEX[joint] for joint in occlusion.joints]
                positions[recording.people.index(occlusion.person), hidden] = np.nan
        people = zip(recording.people, positions, strict=True)
        return {person: joints for person, joints in people if not np.isnan(joints).all()}
