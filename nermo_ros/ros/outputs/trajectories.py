# SPDX-License-Identifier: Apache-2.0
"""Forecast -> MultiDOFJointTrajectory: one standard message a person, joints <id>/<joint>.

Points are at the forecast's times with positions and velocities; nothing is known of how joints
turn, so rotations are none and angular velocities 0.
"""

from importlib import import_module
from typing import Any

import numpy as np
from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Quaternion, Transform, Twist, Vector3

from nermo_ros.forecast.forecast import Forecast
from nermo_ros.ros.outputs.output import Cycle, Output
from nermo_ros.ros.outputs.predicted import NANOSECONDS, header
from nermo_ros.skeleton.body17 import JOINTS


class Trajectories(Output):
    """All people on one topic, while somebody listens."""

    topic = 'trajectories'
    message = 'trajectory_msgs/msg/MultiDOFJointTrajectory'
    switch = 'trajectories.enabled'

    def publish(self, cycle: Cycle) -> None:
        if self.heard:
            for made in messages(cycle.forecast, cycle.frame):
                self._publisher.publish(made)


def messages(forecast: Forecast, frame: str) -> list[Any]:
    """One for everybody, in the forecast's order."""
    types = import_module('trajectory_msgs.msg')
    upright, still = Quaternion(w=1.0), Vector3()
    made = []
    for person, path, speeds in zip(
        forecast.ids, forecast.positions, velocities(forecast), strict=True
    ):
        points = [
            types.MultiDOFJointTrajectoryPoint(
                transforms=[Transform(translation=_vector(at), rotation=upright) for at in pose],
                velocities=[Twist(linear=_vector(v), angular=still) for v in speed],
                time_from_start=_duration(time),
            )
            for time, pose, speed in zip(
                forecast.times.tolist(), path.tolist(), speeds.tolist(), strict=True
            )
        ]
        made.append(
            types.MultiDOFJointTrajectory(
                header=header(forecast.reference, frame),
                joint_names=[f'{person}/{joint}' for joint in JOINTS],
                points=points,
            )
        )
    return made


def velocities(forecast: Forecast) -> np.ndarray:
    """(P, K, 17, 3) m/s: differences of the path that starts in the repaired pose."""
    if not len(forecast.times) or forecast.times[0] <= 0:
        poses, times = forecast.positions, forecast.times
        if len(times) < 2:
            return np.zeros_like(poses)
        return np.gradient(poses, times, axis=1)
    poses = np.concatenate([forecast.repaired[:, None], forecast.positions], 1)
    return np.gradient(poses, np.concatenate([[0.0], forecast.times]), axis=1)[:, 1:]


def _vector(xyz: list[float]) -> Vector3:
    x, y, z = xyz
    return Vector3(x=x, y=y, z=z)


def _duration(seconds: float) -> Duration:
    whole, rest = divmod(round(seconds * NANOSECONDS), NANOSECONDS)
    return Duration(sec=whole, nanosec=rest)
