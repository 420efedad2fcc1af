# SPDX-License-Identifier: Apache-2.0
"""Forecast -> PoseArray: points of everybody's body, for speed-and-separation nodes.

Joints, points between them no farther apart than SPACING, and the fingertips, on the bones' axes:
the thickness of the body is for the separation distance. Given in the robot's base frame where
points.frame and points.transform say so, as such nodes wait for frames or do not transform at all.
"""

import numpy as np
from geometry_msgs.msg import Point, Pose, PoseArray, Quaternion

from nermo_ros.forecast.forecast import Forecast
from nermo_ros.forecast.path import path
from nermo_ros.ros.outputs.output import Cycle, Nobody, Output
from nermo_ros.ros.outputs.predicted import header
from nermo_ros.ros.parameters import pose_of
from nermo_ros.ros.rotations import rigid
from nermo_ros.skeleton.body17 import BONES, INDEX
from nermo_ros.skeleton.capsule_sizes import HAND_LENGTH

SPACING = 0.1  # m
NANOSECONDS = 1_000_000_000
_ELBOWS = [INDEX['l_elbow'], INDEX['r_elbow']]
_WRISTS = [INDEX['l_wrist'], INDEX['r_wrist']]


class Points(Output):
    """An empty array says that nobody is there."""

    topic = 'points'
    message = 'geometry_msgs/msg/PoseArray'
    switch = 'points.enabled'

    def __init__(self, node):
        super().__init__(node)
        self._frame = ''

    def publish(self, cycle: Cycle) -> None:
        values = cycle.values
        self._frame = values['points.frame'] or cycle.frame
        if not self.heard:
            return
        ahead = cycle.ahead + values['points.horizon']
        points = body_points(cycle.forecast, ahead)
        pose = pose_of(values['points.transform'])
        if pose:
            rotation, translation = rigid(pose)
            points = points @ rotation.T + translation
        stamp = cycle.forecast.reference + round(ahead * NANOSECONDS)
        self._publisher.publish(message(points, stamp, self._frame))

    def nobody(self, empty: Nobody) -> None:
        frame = self._frame or empty.frame
        self._publisher.publish(message(np.empty((0, 3)), empty.now, frame))


def body_points(forecast: Forecast, ahead: float) -> np.ndarray:
    """(N, 3) m, everybody's `ahead` s after the reference."""
    joints = path(forecast, np.array([ahead]))[0][:, 0].astype(np.float64)
    return np.concatenate([_of(body) for body in joints] or [np.empty((0, 3))])


def _of(body: np.ndarray) -> np.ndarray:
    """Of one person's joints (17, 3)."""
    forearms = body[_WRISTS] - body[_ELBOWS]
    lengths = np.maximum(np.linalg.norm(forearms, axis=1, keepdims=True), 1e-3)
    tips = body[_WRISTS] + HAND_LENGTH * forearms / lengths
    bones = np.concatenate([body[np.array(BONES)], np.stack([body[_WRISTS], tips], 1)])
    return np.concatenate([body, tips, *[_between(start, end) for start, end in bones]])


def _between(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """What stands between two ends, without them."""
    count = int(np.ceil(np.linalg.norm(end - start) / SPACING))
    share = np.arange(1, count)[:, None] / max(count, 1)
    return start + share * (end - start)


def message(points: np.ndarray, stamp: int, frame: str) -> PoseArray:
    """points (N, 3) m without a turn; stamp: int ns, when people are there."""
    upright = Quaternion(w=1.0)
    poses = [
        Pose(position=Point(x=x, y=y, z=z), orientation=upright) for x, y, z in points.tolist()
    ]
    return PoseArray(header=header(stamp, frame), poses=poses)
