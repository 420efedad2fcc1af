# SPDX-License-Identifier: Apache-2.0
"""Forecast -> PredictedSkeletonArray."""

from array import array

import numpy as np
from nermo_ros.msg import PredictedSkeleton, PredictedSkeletonArray
from std_msgs.msg import Header

from nermo_ros.forecast.forecast import Forecast
from nermo_ros.ros.outputs.output import Cycle, Nobody, Output
from nermo_ros.skeleton.body17 import JOINTS

NANOSECONDS = 1_000_000_000


class Predicted(Output):
    """The forecast itself, whether or not somebody listens."""

    topic = 'predicted_skeletons'
    message = 'nermo_ros/msg/PredictedSkeletonArray'

    def publish(self, cycle: Cycle) -> None:
        times = {'age': cycle.age, 'latency': cycle.latency}
        self._publisher.publish(message(cycle.forecast, cycle.frame, **times))

    def nobody(self, empty: Nobody) -> None:
        self._publisher.publish(nobody(empty.now, empty.frame, empty.model, empty.times))


def message(
    forecast: Forecast,
    frame: str,
    *,
    age: float = 0.0,
    latency: float = 0.0,
    only: list[str] | None = None,
) -> PredictedSkeletonArray:
    """Everybody, or the people of `only` in its order; age, latency: seconds, as the message says.

    Raises ValueError for an id that is not in the forecast.
    """
    ids = list(forecast.ids)
    rows = range(len(ids)) if only is None else [ids.index(person) for person in only]
    return PredictedSkeletonArray(
        header=header(forecast.reference, frame),
        age=age,
        latency=latency,
        model=forecast.model,
        joint_names=JOINTS,
        times_from_start=floats(forecast.times),
        people=[
            PredictedSkeleton(
                id=forecast.ids[row],
                status=int(forecast.status[row]),
                observation_age=float(forecast.ages[row]),
                observed_fraction=floats(forecast.observed_fraction[row]),
                positions=floats(forecast.positions[row]),
                radii=array('f') if forecast.radii is None else floats(forecast.radii[row]),
            )
            for row in rows
        ],
    )


def nobody(
    stamp: int, frame: str, model: str = '', times: np.ndarray | None = None
) -> PredictedSkeletonArray:
    """Nobody is tracked; stamp: int ns."""
    return PredictedSkeletonArray(
        header=header(stamp, frame),
        model=model,
        joint_names=JOINTS,
        times_from_start=array('f') if times is None else floats(times),
    )


def header(stamp: int, frame: str) -> Header:
    """stamp: int ns, kept exactly."""
    filled = Header(frame_id=frame)
    filled.stamp.sec, filled.stamp.nanosec = divmod(stamp, NANOSECONDS)
    return filled


def floats(values: np.ndarray) -> array:
    """Flat float32, in the one form that a message field takes without looking at each number."""
    return array('f', np.ascontiguousarray(values, np.float32).tobytes())
