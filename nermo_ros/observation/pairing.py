# SPDX-License-Identifier: Apache-2.0
"""Which messages of several cameras belong together: those stamped within a slop."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

NANOSECONDS = 1_000_000_000
MOST = 10  # messages of a camera that wait
Item = TypeVar('Item')


class Matcher(Protocol):
    """Finds groups by approximate time."""

    def add(self, camera: int, stamp: int) -> tuple[int, ...] | None:
        """Takes in a stamp, int ns; the stamps of a complete group, one a camera, or None."""


class StampMatcher:
    """A group is complete with the first message that finds one of every other camera, all within
    less than `slop` s: the nearest ones, as ApproximateTimeSynchronizer of message_filters does.
    """

    def __init__(self, cameras: int, slop: float):
        self._slop = round(slop * NANOSECONDS)
        self._waiting: list[set[int]] = [set() for _ in range(cameras)]

    def add(self, camera: int, stamp: int) -> tuple[int, ...] | None:
        """See Matcher."""
        own = self._waiting[camera]
        own.add(stamp)
        while len(own) > MOST:
            own.discard(min(own))
        near = [
            sorted(
                (other for other in waiting if abs(other - stamp) <= self._slop),
                key=lambda other: abs(other - stamp),
            )
            for waiting in self._waiting[:camera] + self._waiting[camera + 1 :]
        ]
        for rest in itertools.product(*near):
            group = (*rest[:camera], stamp, *rest[camera:])
            if max(group) - min(group) < self._slop:
                for waiting, taken in zip(self._waiting, group, strict=True):
                    waiting.discard(taken)
                return group
        return None


@dataclass
class _Waiting(Generic[Item]):
    item: Item
    receipt: int


class Pairing(Generic[Item]):
    """Groups of messages, and after `wait` s those that found none, each by itself.

    cameras: those that are heard at present; one alone waits for nobody.
    """

    def __init__(self, cameras: Sequence[int], matcher: Matcher, wait: float):
        self.cameras = tuple(cameras)
        self._matcher = matcher
        self._wait = round(wait * NANOSECONDS)
        self._waiting: dict[tuple[int, int], _Waiting[Item]] = {}

    def add(self, camera: int, stamp: int, receipt: int, item: Item) -> list[dict[int, Item]]:
        """What is complete now, in the order of the stamps; stamp, receipt: int ns."""
        if len(self.cameras) < 2:
            return [{camera: item}]
        self._waiting[camera, stamp] = _Waiting(item, receipt)
        group = self._matcher.add(self.cameras.index(camera), stamp)
        if group is None:
            return []
        keys = list(zip(self.cameras, group, strict=True))
        # What is older of the same cameras will find nobody any more.
        newest = dict(keys)
        passed = sorted((at, other) for other, at in self._waiting if at < newest[other])
        alone = [{other: self._waiting.pop((other, at)).item} for at, other in passed]
        # Matchers cannot be told what has gone alone because it was overdue.
        together = {key[0]: self._waiting.pop(key).item for key in keys if key in self._waiting}
        return [*alone, together]

    def overdue(self, receipt: int) -> list[dict[int, Item]]:
        """What has waited long enough, in the order of the stamps."""
        due = sorted(
            (stamp, camera)
            for (camera, stamp), waiting in self._waiting.items()
            if receipt - waiting.receipt >= self._wait
        )
        return [{camera: self._waiting.pop((camera, stamp)).item} for stamp, camera in due]

    def rest(self) -> list[dict[int, Item]]:
        """Everything that waits, in the order of the stamps."""
        left = sorted((stamp, camera) for camera, stamp in self._waiting)
        return [{camera: self._waiting.pop((camera, stamp)).item} for stamp, camera in left]
