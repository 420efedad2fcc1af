# SPDX-License-Identifier: Apache-2.0
"""What a demo heard, and what it came to."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from nermo_ros.cli.figure import Moment
from nermo_ros.cli.recorder import Heard, Recorder
from nermo_ros.cli.report import summary
from nermo_ros.evaluation.comparison import Comparison
from nermo_ros.inference.card import ModelCard
from nermo_ros.recordings.recording import Recording
from nermo_ros.skeleton.body17 import JOINTS

NANOSECONDS = 1_000_000_000


class Run:
    """A recording as it was played, and the forecasts of it.

    played: recording time [s] by the stamp of each message [ns]; recorder: of skeletons,
    predicted_skeletons, repaired_skeletons and /diagnostics.
    """

    def __init__(
        self, recording: Recording, card: ModelCard, played: dict[int, float], recorder: Recorder
    ):
        self._recording, self._card, self._played = recording, card, played
        self._recorder = recorder
        self._skeletons = self._by_stamp('skeletons')
        self._repaired = self._by_stamp('repaired_skeletons')
        # The first of each stamp: later ones repeat it while nothing new comes in.
        self._forecasts = self._by_stamp('predicted_skeletons')

    def _by_stamp(self, topic: str) -> dict[int, tuple[Heard, Any]]:
        found: dict[int, tuple[Heard, Any]] = {}
        for heard, message in self._recorder.messages(topic):
            stamp = stamp_of(message.header)
            if stamp in self._played:
                found.setdefault(stamp, (heard, message))
        return found

    def summary(self) -> dict[str, Any]:
        """See cli.report; latency_ms: from a message's arrival at the node to the forecast's
        publication; end_to_end_ms: from its publication to the forecast's arrival here."""
        forecasts = [message for _, message in self._forecasts.values()]
        end_to_end = [
            (heard.received - self._skeletons[stamp][0].sent) / NANOSECONDS
            for stamp, (heard, _) in self._forecasts.items()
            if stamp in self._skeletons
        ]
        condition = next(reversed(list(conditions(self._recorder))), {})
        return summary(
            self._comparison(),
            latency_ms=percentiles([message.latency for message in forecasts]),
            end_to_end_ms=percentiles(end_to_end),
            backend=condition.get('backend', 'unknown'),
            model=forecasts[-1].model if forecasts else self._card.name,
            recording=self._recording.name,
        )

    def _comparison(self) -> Comparison:
        from nermo_ros.ros.sources.skeleton_array import read
        from nermo_ros.ros.sources.source import SourceSettings

        comparison = Comparison(self._recording.people, self._recording.at, self._card)
        for stamp, (_, message) in self._skeletons.items():
            comparison.see(stamp, read(message, SourceSettings(), stamp).observations)
            if stamp in self._forecasts:
                _, forecast = self._forecasts[stamp]
                people = positions_of(forecast)
                times = np.array(forecast.times_from_start)
                paths = list(people.values())
                comparison.add(stamp, self._played[stamp], list(people), times, paths)
        return comparison

    def moments(self) -> list[Moment]:
        """Each message with its answer, in order, where the whole future is in the recording."""
        found = []
        for stamp in sorted(self._forecasts):
            if stamp not in self._skeletons or stamp not in self._repaired:
                continue
            forecast = self._forecasts[stamp][1]
            steps = np.array(forecast.times_from_start, np.float64)
            time = self._played[stamp]
            if time + steps[-1] <= self._recording.duration:
                found.append(
                    Moment(
                        time=time,
                        seen=self._stack(self._skeletons[stamp][1])[:, 0],
                        repaired=self._stack(self._repaired[stamp][1])[:, 0],
                        steps=steps,
                        forecast=self._stack(forecast),
                        truth=self._recording.at(time + steps),
                    )
                )
        return found

    def _stack(self, message: Any) -> np.ndarray:
        """(people, K, 17, 3) of a message in the recording's order, NaN for who is not in it."""
        people = positions_of(message)
        shape = next(iter(people.values())).shape if people else (1, len(JOINTS), 3)
        absent = np.full(shape, np.nan, np.float32)
        return np.stack([people.get(person, absent) for person in self._recording.people])


def positions_of(message: Any) -> dict[str, np.ndarray]:
    """Positions (K, 17, 3) [m] by id of a SkeletonArray (K = 1) or a PredictedSkeletonArray."""
    return {
        person.id: np.array(person.positions, np.float32).reshape(-1, len(message.joint_names), 3)
        for person in message.people
    }


def stamp_of(header: Any) -> int:
    """A header's stamp in ns."""
    return header.stamp.sec * NANOSECONDS + header.stamp.nanosec


def conditions(recorder: Recorder) -> Iterator[dict[str, str]]:
    """What the node told about itself, in order."""
    for _, message in recorder.messages('/diagnostics'):
        for status in message.status:
            yield {pair.key: pair.value for pair in status.values}


def percentiles(seconds: list[float]) -> dict[str, float | None]:
    """p50 and p99 in ms; None where there is nothing."""
    if not seconds:
        return {'p50': None, 'p99': None}
    p50, p99 = np.percentile(np.array(seconds) * 1e3, [50, 99])
    return {'p50': round(float(p50), 3), 'p99': round(float(p99), 3)}
