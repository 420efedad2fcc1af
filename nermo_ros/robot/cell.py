# SPDX-License-Identifier: Apache-2.0
"""The arm on its path beside recorded people, at the speed that a rule allows by what it is told
of them, and how near it came to where they truly were."""

from dataclasses import dataclass, replace

import numpy as np

from nermo_ros.forecast.capsules import capsules
from nermo_ros.recordings.recording import Recording
from nermo_ros.robot.path import Path
from nermo_ros.robot.sight import Sight, separations
from nermo_ros.robot.speed import Rule

STEP = 1 / 120  # s, of the simulation: the recording's own
THERE = 1e-4  # m from a corner at which the tool has come to it
NEITHER = 'neither'  # the policy that looks at nobody


@dataclass(frozen=True, eq=False)
class Drive:
    """One run, T steps of STEP: times: (T,) s of the recording; way: (T,) m; speed: (T,) m/s;
    separation: (T,) m between the arm and the people as they truly were, negative where one is in
    the other; finished: whether the tool was back before the time was over."""

    times: np.ndarray
    way: np.ndarray
    speed: np.ndarray
    separation: np.ndarray
    finished: bool


@dataclass(frozen=True, eq=False)
class Cell:
    """path: of the tool; recording: the people; sights: what is told of them, in order of time;
    ahead: (K,) s of the sights' shapes; latency: s from a camera frame until the speed is set by
    it. The rule's reaction must be more by the longest time between two frames."""

    path: Path
    recording: Recording
    sights: list[Sight]
    ahead: np.ndarray
    latency: float

    def drive(self, rule: Rule, policy: str, start: float) -> Drive:
        """From `start` [s of the recording] until the tool is back or the recording ends; policy:
        of the sights' shapes, or NEITHER."""
        count = int((self.recording.duration - start) / STEP + 1e-6) + 1
        times = start + np.arange(count) * STEP
        way, speed = np.zeros(count), np.zeros(count)
        waiting = list(self.sights)
        limit, step = (rule.speed if policy == NEITHER else 0.0), 0
        while step + 1 < count and way[step] < self.path.length:
            heard = None
            while waiting and waiting[0].time + self.latency <= times[step] + 1e-9:
                heard = waiting.pop(0)
            if heard is not None and policy != NEITHER:
                # Its place when the people were seen; how far it has come since, the rule reckons.
                then = np.interp(heard.time, times[: step + 1], way[: step + 1])
                limit = self._allowed(rule, heard, policy, float(then))
            corner = self.path.half if way[step] < self.path.half else self.path.length
            speed[step + 1] = next_speed(rule, speed[step], limit, corner - way[step])
            left = corner - way[step] - speed[step + 1] * STEP
            way[step + 1] = corner - left
            if left < THERE:
                way[step + 1], speed[step + 1] = corner, 0.0
            step += 1
        kept = slice(step + 1)
        apart = self.separation(way[kept], times[kept])
        finished = bool(way[step] == self.path.length)
        return Drive(times[kept], way[kept], speed[kept], apart, finished)

    def _allowed(self, rule: Rule, heard: Sight, policy: str, way: float) -> float:
        apart = separations(*self.path.balls(way), heard.shapes[policy])
        return rule.allowed(self.ahead, np.broadcast_to(apart, self.ahead.shape))

    def separation(self, way: np.ndarray, times: np.ndarray) -> np.ndarray:
        """(T,) m from the arm at ways (T,) m to where the people truly were at times (T,) s."""
        centres, radii = self.path.balls(way)
        gaps = capsules(self.recording.at(times)).gaps(centres[:, None])
        return (gaps - radii).min((0, 2), initial=np.inf)


def next_speed(rule: Rule, speed: float, limit: float, left: float) -> float:
    """m/s in the next step, towards a limit [m/s], braking in time for a corner `left` m ahead."""
    most = rule.braking * STEP
    # After the step, way speed * STEP, the way to brake is still there.
    wanted = min(limit, float(np.sqrt(most**2 + 2 * rule.braking * left)) - most)
    return max(0.0, speed + min(max(wanted - speed, -most), most))


def staying(recording: Recording, seconds: float) -> Recording:
    """The same, and everybody stays for that long as in the last frame."""
    count = round(seconds * recording.rate)
    last = np.repeat(recording.positions[:, -1:], count, axis=1)
    return replace(recording, positions=np.concatenate([recording.positions, last], 1))
