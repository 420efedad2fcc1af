# SPDX-License-Identifier: Apache-2.0
"""Forecast -> people_msgs/People: where everybody is and goes, for Nav2's social layers."""

from importlib import import_module
from typing import Any

import numpy as np
from geometry_msgs.msg import Point

from nermo_ros.forecast.forecast import Forecast, Status
from nermo_ros.forecast.path import path
from nermo_ros.ros.outputs.output import Cycle, Nobody, Output
from nermo_ros.ros.outputs.predicted import header
from nermo_ros.skeleton.body17 import INDEX

SPAN = 0.5  # s, over which the velocity is taken
PELVIS = INDEX['pelvis']


class People(Output):
    """The pelvis now and its mean velocity over the next half second."""

    topic = 'people'
    message = 'people_msgs/msg/People'
    switch = 'people.enabled'

    def publish(self, cycle: Cycle) -> None:
        if self.heard:
            self._publisher.publish(message(cycle.forecast, cycle.frame, cycle.ahead))

    def nobody(self, empty: Nobody) -> None:
        self._publisher.publish(self.message_type()(header=header(empty.now, empty.frame)))


def message(forecast: Forecast, frame: str, ahead: float, types: Any = None) -> Any:
    """Everybody `ahead` s after the reference; types: with People and Person (default: those of
    people_msgs).

    reliability: share of the person's joint samples that were seen, 0 to 1, no probability; the
    status is told as a tag.
    """
    types = types or import_module('people_msgs.msg')
    places = path(forecast, ahead + np.array([0, SPAN]))[0][:, :, PELVIS].astype(np.float64)
    seen = forecast.observed_fraction.mean(1)
    people = types.People()
    people.header = header(forecast.reference + round(ahead * 1e9), frame)
    for row, name in enumerate(forecast.ids):
        person = types.Person()
        person.name = name
        person.position = _point(places[row, 0])
        person.velocity = _point((places[row, 1] - places[row, 0]) / SPAN)
        person.reliability = float(seen[row])
        person.tagnames, person.tags = ['status'], [Status(int(forecast.status[row])).name]
        people.people.append(person)
    return people


def _point(xyz: np.ndarray) -> Point:
    x, y, z = xyz.tolist()
    return Point(x=x, y=y, z=z)
