# SPDX-License-Identifier: Apache-2.0
"""Forecast -> SkeletonArray: everybody as they stand now, what is missing filled in."""

from array import array

from nermo_ros.msg import Skeleton, SkeletonArray

from nermo_ros.forecast.forecast import Forecast
from nermo_ros.ros.outputs.output import Cycle, Nobody, Output
from nermo_ros.ros.outputs.predicted import floats, header
from nermo_ros.skeleton.body17 import JOINTS


class Repaired(Output):
    """Everybody now, for whom it may concern."""

    topic = 'repaired_skeletons'
    message = 'nermo_ros/msg/SkeletonArray'

    def publish(self, cycle: Cycle) -> None:
        if self.heard:
            self._publisher.publish(message(cycle.forecast, cycle.frame))

    def nobody(self, empty: Nobody) -> None:
        if self.heard:
            self._publisher.publish(nobody(empty.now, empty.frame))


def message(forecast: Forecast, frame: str) -> SkeletonArray:
    """Each joint OBSERVED (seen at the stamp) or INFERRED (filled in); confidences empty."""
    return SkeletonArray(
        header=header(forecast.reference, frame),
        joint_names=JOINTS,
        people=[
            Skeleton(
                id=person,
                positions=floats(forecast.repaired[row]),
                states=array('B', forecast.states[row].tobytes()),
            )
            for row, person in enumerate(forecast.ids)
        ],
    )


def nobody(stamp: int, frame: str) -> SkeletonArray:
    """Nobody is tracked; stamp: int ns."""
    return SkeletonArray(header=header(stamp, frame), joint_names=JOINTS)
