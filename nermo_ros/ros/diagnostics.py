# SPDX-License-Identifier: Apache-2.0
"""What the node tells about itself on /diagnostics."""

from collections import Counter, deque
from dataclasses import dataclass, field

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue

from nermo_ros.ros.outputs.predicted import header
from nermo_ros.ros.stages import Stages

REMEMBERED = 1000  # latencies


@dataclass
class Statistics:
    """Counted since the node was configured; counts: what was dropped or fell back, by reason;
    latencies: s, of the newest REMEMBERED forecasts; stages: where the time goes."""

    messages: int = 0
    forecasts: int = 0
    counts: Counter = field(default_factory=Counter)
    latencies: deque = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    stages: Stages = field(default_factory=Stages)

    def latency(self, percentile: float) -> float:
        """Seconds; 0 before the first forecast."""
        return float(np.percentile(self.latencies, percentile)) if self.latencies else 0.0


@dataclass(frozen=True)
class Condition:
    """How the node stands at the moment; state: label of its lifecycle state."""

    state: str
    people: int
    backend: str
    model: str


class Reporter:
    """Turns statistics into messages; the level is WARN where counts have grown.

    name: the node's full name; hardware: the input topic.
    """

    def __init__(self, name: str, hardware: str):
        self._name = name
        self._hardware = hardware
        self._counts: Counter[str] = Counter()

    def __call__(
        self, statistics: Statistics, condition: Condition, stamp: int
    ) -> DiagnosticArray:
        """stamp: int ns."""
        new = statistics.counts - self._counts
        self._counts = statistics.counts.copy()
        problem = ', '.join(f'{reason} {count}' for reason, count in sorted(new.items()))
        status = DiagnosticStatus(
            level=DiagnosticStatus.WARN if problem else DiagnosticStatus.OK,
            name=f'{self._name}: forecasts',
            message=f'since the last report: {problem}' if problem else condition.state,
            hardware_id=self._hardware,
            values=[KeyValue(key=k, value=v) for k, v in _values(statistics, condition).items()],
        )
        return DiagnosticArray(header=header(stamp, ''), status=[status])


def _values(statistics: Statistics, condition: Condition) -> dict[str, str]:
    return {
        'state': condition.state,
        'messages in': str(statistics.messages),
        'forecasts out': str(statistics.forecasts),
        'latency p50 [ms]': f'{statistics.latency(50) * 1e3:.2f}',
        'latency p99 [ms]': f'{statistics.latency(99) * 1e3:.2f}',
        **_stages(statistics.stages),
        'people': str(condition.people),
        'backend': condition.backend,
        'model': condition.model,
        **{reason: str(count) for reason, count in sorted(statistics.counts.items())},
    }


def _stages(stages: Stages) -> dict[str, str]:
    return {
        f'stage {stage} p{percent} [ms]': f'{seconds * 1e3:.3f}'
        for stage, took in stages.percentiles(50, 99).items()
        for percent, seconds in zip((50, 99), took, strict=True)
    }
