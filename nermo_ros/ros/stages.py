# SPDX-License-Identifier: Apache-2.0
"""Where the time between a message and its forecast goes."""

import time

import numpy as np

REMEMBERED = 1000  # durations of each stage
# In the order of a cycle. waiting: the middleware received the message, the node has it in hand;
# source: message to observations in the target frame, fused; observation: into the histories;
# batch: histories to padded arrays; predictor: adaptation and decoding; forecast: what is made
# of that, as status and fallback; publish: the forecast's message; outputs: all the other topics.
STAGES = (
    'waiting',
    'source',
    'observation',
    'batch',
    'predictor',
    'forecast',
    'publish',
    'outputs',
)


class Stages:
    """The newest REMEMBERED durations of each stage; counting one costs below a microsecond."""

    def __init__(self) -> None:
        self._took = {stage: np.zeros(REMEMBERED, np.int64) for stage in STAGES}
        self._counts = dict.fromkeys(STAGES, 0)

    def lap(self, stage: str, began: int) -> int:
        """Count what passed since `began`, of time.perf_counter_ns; returns the time now."""
        now = time.perf_counter_ns()
        self.add(stage, now - began)
        return now

    def add(self, stage: str, nanoseconds: int) -> None:
        """Count a duration that was measured elsewhere."""
        count = self._counts[stage]
        self._took[stage][count % REMEMBERED] = nanoseconds
        self._counts[stage] = count + 1

    def percentiles(self, *percents: float) -> dict[str, list[float]]:
        """Seconds by stage, of those that ever ran."""
        return {
            stage: (np.percentile(self._took[stage][:count], percents) / 1e9).tolist()
            for stage, count in self._counts.items()
            if count
        }
