# SPDX-License-Identifier: Apache-2.0
"""The same people seen by several cameras, as one.

Cameras have their own ids and see at their own times. Histories are continuous in time, so that
nothing waits for anything: each observation goes on at its own stamp, under the id of the person
it is found to be, with those of its joints missing that another camera has at the moment. One
camera has a joint until it loses it, is silent, or another sees it clearly better: cameras differ
by centimetres, and a joint taken from both in turn would seem to shake.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nermo_ros.observation.fused_person import FusedPerson
from nermo_ros.observation.history import NANOSECONDS
from nermo_ros.observation.judge import Judge, JudgeSettings
from nermo_ros.observation.observation import JointState, Observation

# Times in a row that somebody must be elsewhere than the other cameras say, or where someone else
# is, before he is taken for another: trackers swap ids, joints are missed for a frame or two.
PATIENCE = 5
# Times the distance for recognition beyond which two views are not of one person.
APART = 2.0


@dataclass(frozen=True)
class FusionSettings:
    """distance: metres (median over the shared joints) within which two cameras see one person;
    stale: seconds after which a joint of a silent camera is taken over; margin: of confidence by
    which another camera must see a joint better to take it over; timeout: seconds without a view
    until a person is gone. Raises ValueError where one is not above 0.
    """

    distance: float = 0.3
    stale: float = 0.1
    margin: float = 0.2
    timeout: float = 1.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0:
                raise ValueError(f'{name} is {value}: give more than 0')


class Fusion:
    """Observations of several cameras, in one frame, as observations of people.

    rules: by which each camera's view of a person is judged before; dissolved: ids of people who
    turned out to be someone else since they were last taken out of it: to be forgotten.
    """

    def __init__(self, settings: FusionSettings | None = None, rules: JudgeSettings | None = None):
        self.settings = settings or FusionSettings()
        self._rules = rules or JudgeSettings()
        self._judges: dict[tuple[int, str], Judge] = {}
        self.dissolved: list[str] = []
        self._people: list[FusedPerson] = []
        self._born = 0

    def clear(self) -> None:
        """Forgets everybody."""
        self._people.clear()
        self._judges.clear()

    def take(self, camera: int, observations: Sequence[Observation]) -> list[Observation]:
        """What one camera saw at one time -> the same with the people's ids, joints that another
        camera has missing; who brings nothing new is left out. camera: from 0."""
        if observations:
            self._expire(max(seen.stamp for seen in observations))
        observations = [self._judged(camera, seen) for seen in observations]
        fused = [
            person.take(camera, seen, self.settings.stale, self.settings.margin)
            for seen, person in self._match(camera, observations)
        ]
        return [seen for seen in fused if seen.states.any()]

    def take_together(self, group: dict[int, Sequence[Observation]]) -> list[Observation]:
        """What several cameras saw at about one time, by camera -> one observation a person, at
        the newest stamp of the group."""
        people: dict[str, Observation] = {}
        newest = max((seen.stamp for one in group.values() for seen in one), default=0)
        for camera, observations in group.items():
            together = [replace(seen, stamp=newest) for seen in observations]
            for seen in self.take(camera, together):
                people[seen.person] = _overlay(people.get(seen.person), seen)
        return list(people.values())

    def _judged(self, camera: int, seen: Observation) -> Observation:
        judge = self._judges.setdefault((camera, seen.person), Judge(self._rules))
        return judge(seen)

    def _expire(self, stamp: int) -> None:
        oldest = stamp - round(self.settings.timeout * NANOSECONDS)
        for person in self._people:
            person.views = {
                camera: view
                for camera, view in person.views.items()
                if view.newest.stamp >= oldest
            }
        self._people = [person for person in self._people if person.views]
        views = {(c, view.person) for person in self._people for c, view in person.views.items()}
        self._judges = {key: judge for key, judge in self._judges.items() if key in views}

    def _match(
        self, camera: int, observations: Sequence[Observation]
    ) -> list[tuple[Observation, FusedPerson]]:
        here = {seen.person for seen in observations}
        known = {
            person.views[camera].person: person
            for person in self._people
            if camera in person.views
        }
        matched, strangers = [], []
        for seen in observations:
            person = known.get(seen.person)
            person = None if person is None else self._doubted(camera, seen, person, here)
            if person is None:
                strangers.append(seen)
            else:
                matched.append((seen, person))
        free = [p for p in self._people if not self._seen_by(p, camera, here)]
        pairs = sorted(
            (
                (person.distance(seen), row, person.number)
                for row, seen in enumerate(strangers)
                for person in free
            ),
        )
        rows, taken = dict[int, FusedPerson](), set()
        by_number = {person.number: person for person in free}
        for off, row, number in pairs:
            if off <= self.settings.distance and row not in rows and number not in taken:
                rows[row] = by_number[number]
                taken.add(number)
        for row, seen in enumerate(strangers):
            matched.append((seen, rows.get(row) or self._new(camera, seen)))
        return matched

    @staticmethod
    def _seen_by(person: FusedPerson, camera: int, here: set[str]) -> bool:
        return camera in person.views and person.views[camera].person in here

    def _doubted(
        self, camera: int, seen: Observation, person: FusedPerson, here: set[str]
    ) -> FusedPerson | None:
        """The person again, the one he turned out to be, or None where he must be looked for."""
        view = person.views[camera]
        if len(person.views) > 1:
            view.odd = view.odd + 1 if self._is_apart(camera, seen, person) else 0
            if view.odd >= PATIENCE:
                del person.views[camera]
                return None
            return person
        older = [p for p in self._people if p.number < person.number]
        older = [p for p in older if not self._seen_by(p, camera, here)]
        twins = [p for p in older if p.distance(seen) <= self.settings.distance]
        view.odd = view.odd + 1 if twins else 0
        if view.odd < PATIENCE:
            return person
        self._people.remove(person)
        self.dissolved.append(person.id)
        return min(twins, key=lambda p: p.distance(seen))

    def _is_apart(self, camera: int, seen: Observation, person: FusedPerson) -> bool:
        return person.apart(camera, seen) > APART * self.settings.distance

    def _new(self, camera: int, seen: Observation) -> FusedPerson:
        """Somebody new under the camera's id for him, told apart where another has it."""
        taken = {person.id for person in self._people}
        name = seen.person
        if name in taken:
            name = f'{seen.person}@{camera + 1}'
        while name in taken:
            name += "'"
        person = FusedPerson(name, self._born)
        self._born += 1
        self._people.append(person)
        return person


def _overlay(under: Observation | None, over: Observation) -> Observation:
    """Both as one, the joints of the second on top."""
    if under is None:
        return over
    top = over.states > JointState.MISSING
    return replace(
        over,
        positions=np.where(top[:, None], over.positions, under.positions),
        states=np.where(top, over.states, under.states),
        confidences=np.where(top, over.confidences, under.confidences),
    )
