# SPDX-License-Identifier: Apache-2.0
"""The node's outputs: a module a topic, one row each in OUTPUTS."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nermo_ros.ros.outputs.markers import Markers
from nermo_ros.ros.outputs.output import FLUSH, Cycle, Output
from nermo_ros.ros.outputs.people import People
from nermo_ros.ros.outputs.planning_scene import PlanningScene
from nermo_ros.ros.outputs.points import Points
from nermo_ros.ros.outputs.predicted import Predicted
from nermo_ros.ros.outputs.repaired import Repaired
from nermo_ros.ros.outputs.trajectories import Trajectories
from nermo_ros.ros.stages import Stages

# The forecast first: what the others take adds nothing to its latency.
OUTPUTS: tuple[type[Output], ...] = (
    Predicted,
    PlanningScene,
    Points,
    Repaired,
    Trajectories,
    People,
    Markers,
)


def make_outputs(node: Any, values: Mapping[str, Any]) -> list[Output]:
    """Those that the parameters want. Raises ValueError, having made none, where a message's
    package is missing."""
    wanted = [kind for kind in OUTPUTS if kind.wanted(values)]
    for kind in wanted:
        kind.message_type()
    return [kind(node) for kind in wanted]


def publish(
    outputs: Sequence[Output],
    cycle: Cycle,
    stages: Stages,
    began: int,
    failed: Callable[[str, str], None],
) -> int:
    """A forecast, on each; began: when its making did, on time.perf_counter_ns, as is returned
    when the first, the forecast itself, is out; failed: told a reason and a text for each of the
    others that cannot be made, which stops none but itself."""
    first, *others = outputs
    first.publish(cycle)
    out = stages.lap('publish', began)
    for output in others:
        try:
            output.publish(cycle)
        except Exception as error:  # whatever it is: the forecast goes on
            failed('output_failed', f'{output.topic}: {error!r}')
    stages.lap('outputs', out)
    return out


def close(outputs: Sequence[Output]) -> None:
    """Takes all topics back; a subscriber that does not answer is waited for once, not once by
    each."""
    until = time.monotonic() + FLUSH
    for output in outputs:
        output.close(max(0.0, until - time.monotonic()))
