# SPDX-License-Identifier: Apache-2.0
"""From the messages of one topic or several to observations of people in one frame."""

from collections.abc import Callable, Mapping
from typing import Any

from nermo_ros.observation.fusion import Fusion, FusionSettings
from nermo_ros.observation.judge import JudgeSettings
from nermo_ros.observation.observation import Observation
from nermo_ros.observation.pairing import Pairing
from nermo_ros.ros.inputs import Input, make_inputs
from nermo_ros.ros.matcher import make_matcher
from nermo_ros.ros.sources.source import NANOSECONDS, BadMessage
from nermo_ros.ros.tf import Transforms
from nermo_ros.ros.transform import TooEarly

TRANSFORM_WAIT = 0.1  # s that an observation waits for the transform at its stamp
PAIR_WAIT = 0.1  # s that a message waits for those of the other cameras
SILENT = 1.0  # s without a message after which a camera has stopped
CLOCK = 1.0  # s between the newest stamps of two cameras that are heard, of one clock


class Intake:
    """Reads, moves into the target frame and, where there are several inputs, fuses.

    drop, warn: told of what is left out, and of a reason and a text. Times are int ns by the
    node's clock. Raises ValueError where the values contradict each other.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        transforms: Transforms | None,
        drop: Callable[[BadMessage], None],
        warn: Callable[[str, str], None],
    ):
        self.inputs = make_inputs(values, transforms)
        self.fusion: Fusion | None = None
        self._slop = values['fusion_slop']
        if len(self.inputs) > 1:
            settings = FusionSettings(values['fusion_distance'], timeout=values['timeout'])
            self.fusion = Fusion(settings, rules_of(values, self.inputs))
        self._drop, self._warn = drop, warn
        self._early: list[tuple[int, int, Observation]] = []
        self._first: int | None = None
        self._heard: dict[int, int] = {}
        self._stamps: dict[int, int] = {}
        self._lists: dict[int, Any] = {}
        self._read: dict[tuple[int, str], int] = {}
        self._pairing: Pairing[list[Observation]] | None = None

    def take(self, message: Any, receipt: int, index: int = 0) -> list[Observation]:
        """What a message of inputs[index] and everything that waited make known."""
        self._heard[index] = receipt
        self._first = receipt if self._first is None else self._first
        if self.inputs[index].source.reads_tf:
            self._lists[index] = message
        ready = self.again(receipt)
        return ready + self._fused(index, receipt, self._seen(index, message, receipt))

    def again(self, now: int) -> list[Observation]:
        """What has waited for transforms, for messages of other cameras, or stands in tf2."""
        waiting, self._early = self._early, []
        ready = []
        for since, index, observation in waiting:
            moved = self._moved(index, observation, since, now)
            if moved is not None:
                ready += self._fused(index, now, [moved])
        groups = [] if self._pairing is None else self._pairing.overdue(now)
        return ready + [each for group in groups for each in self.fusion.take_together(group)]

    def poll(self, now: int) -> list[Observation]:
        """People of the newest lists of sources that have them in tf2."""
        found = self.again(now)
        for index, message in self._lists.items():
            found += self._fused(index, now, self._seen(index, message, now))
        return found

    @property
    def waits(self) -> bool:
        """Whether there is something to poll for."""
        return any(one.settings.transforms for one in self.inputs) or self._slop > 0

    def tell_silent(self, now: int) -> None:
        """Drops 'silent_input' for each of several topics that has not been heard for SILENT s."""
        if len(self.inputs) < 2 or self._first is None:
            return
        for index, one in enumerate(self.inputs):
            since = (now - self._heard.get(index, self._first)) / NANOSECONDS
            if since > SILENT:
                text = f'nothing came on {one.topic} for {since:.0f} s: is that camera running?'
                self._drop(BadMessage('silent_input', text))

    def clear(self) -> None:
        """Forget what waits and who was seen: the clock has jumped."""
        for memory in (self._early, self._heard, self._stamps, self._lists, self._read):
            memory.clear()
        self._first = self._pairing = None
        if self.fusion is not None:
            self.fusion.clear()

    def _seen(self, index: int, message: Any, receipt: int) -> list[Observation]:
        """The people of a message in the target frame."""
        one = self.inputs[index]
        try:
            reading = one.source.read(message, one.settings, receipt)
        except BadMessage as bad:
            self._drop(bad)
            return []
        for bad in reading.drops:
            self._drop(bad)
        if reading.unstamped and reading.observations:
            self._warn('unstamped', 'stamps are 0, the time of receipt stands instead: stamp them')
        seen = reading.observations
        if one.source.reads_tf:
            seen = [each for each in seen if self._is_new(index, each)]
        moved = [self._moved(index, each, receipt, receipt) for each in seen]
        return [each for each in moved if each is not None]

    def _is_new(self, index: int, seen: Observation) -> bool:
        """Whether tf2 has told more of the person since the last look."""
        known = self._read.get((index, seen.person))
        self._read[index, seen.person] = seen.stamp
        return known != seen.stamp

    def _moved(
        self, index: int, observation: Observation, since: int, now: int
    ) -> Observation | None:
        try:
            return self.inputs[index].gate(observation)
        except TooEarly as early:
            if now - since < TRANSFORM_WAIT * NANOSECONDS:
                self._early.append((since, index, observation))
            else:
                self._drop(early)
        except BadMessage as bad:
            self._drop(bad)
        return None

    def _fused(self, index: int, now: int, seen: list[Observation]) -> list[Observation]:
        if self.fusion is None or not seen:
            return seen
        stamp = max(each.stamp for each in seen)
        self._stamps[index] = stamp
        if not self._one_clock(index, stamp, now):
            return []
        if not self._slop:
            return self.fusion.take(index, seen)
        ready = []
        live = tuple(row for row in range(len(self.inputs)) if self._is_live(row, now))
        if self._pairing is None or self._pairing.cameras != live:
            ready = self._pairing.rest() if self._pairing else []
            self._pairing = Pairing(live, make_matcher(len(live), self._slop), PAIR_WAIT)
        ready += self._pairing.add(index, stamp, now, seen)
        return [each for group in ready for each in self.fusion.take_together(group)]

    def _is_live(self, index: int, now: int) -> bool:
        return now - self._heard.get(index, -(2**62)) <= SILENT * NANOSECONDS

    def _one_clock(self, index: int, stamp: int, now: int) -> bool:
        for other, newest in self._stamps.items():
            off = (stamp - newest) / NANOSECONDS
            if other != index and self._is_live(other, now) and abs(off) > CLOCK:
                topics = self.inputs[index].topic, self.inputs[other].topic
                text = (
                    f'stamps of {topics[0]} are {off:.1f} s from those of {topics[1]}: '
                    'synchronise the clocks of the cameras (chrony, PTP)'
                )
                self._drop(BadMessage('clocks_differ', text))
                return False
        return True


def rules_of(values: Mapping[str, Any], inputs: tuple[Input, ...]) -> JudgeSettings:
    """The rules that watch a person, where a source needs them."""
    if not any(one.source.geometry_rules for one in inputs):
        return JudgeSettings()
    names = ('frozen_samples', 'bone_tolerance', 'speed_limit')
    return JudgeSettings(**{name: values[name] for name in names})
