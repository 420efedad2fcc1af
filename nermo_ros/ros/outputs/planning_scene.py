# SPDX-License-Identifier: Apache-2.0
"""Forecast -> PlanningScene: people as collision objects for MoveIt.

One diff with one object a person, human_<id>: a cylinder and two balls for each capsule. What is
added, moved and removed when is decided by forecast.scene. Objects are added anew for every new
subscriber and every few seconds, as a MOVE of an object that a scene does not have fails.
"""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
from geometry_msgs.msg import Point, Pose, Quaternion

from nermo_ros.forecast.capsules import Capsules, capsules, swept
from nermo_ros.forecast.forecast import Forecast
from nermo_ros.forecast.path import path
from nermo_ros.forecast.scene import Change, Operation, Scene
from nermo_ros.ros.outputs.output import Cycle, Nobody, Output
from nermo_ros.ros.outputs.predicted import header

PREFIX = 'human_'
AFRESH = 5.0  # s, between two times that everybody is added anew
WITHIN = 0.06  # s, between the instants that a swept shape is made of


class PlanningScene(Output):
    """Diffs at their own rate; removals at once."""

    topic = 'planning_scene'
    message = 'moveit_msgs/msg/PlanningScene'
    switch = 'planning_scene.mode'

    def __init__(self, node: Any):
        super().__init__(node)
        self._scene = Scene()
        self._mode = ''
        self._sent = self._added = -np.inf
        self._subscribers = 0

    def publish(self, cycle: Cycle) -> None:
        values, now = cycle.values, cycle.now / 1e9
        if self._mode != values['planning_scene.mode']:
            self._mode = values['planning_scene.mode']
            self._scene = Scene(balls=self._mode == 'snapshot')
        rate = values['planning_scene.rate']
        left = self._scene.people - set(cycle.forecast.ids)
        # A tenth of a period early rather than a whole forecast late.
        if rate and not left and 0 <= now - self._sent < 0.9 / rate:
            return
        subscribers = self._publisher.get_subscription_count()
        afresh = subscribers > self._subscribers or not 0 <= now - self._added < AFRESH
        self._subscribers, self._sent = subscribers, now
        self._added = now if afresh else self._added
        shapes = shapes_of(cycle.forecast, cycle.ahead, values)
        changes = self._scene.update(cycle.forecast.ids, shapes, afresh=afresh)
        if changes:
            self._publisher.publish(message(changes, cycle.forecast.reference, cycle.frame))

    def nobody(self, empty: Nobody) -> None:
        changes = self._scene.clear()
        if changes:
            self._publisher.publish(message(changes, empty.now, empty.frame))
        self._sent = self._added = -np.inf


def shapes_of(forecast: Forecast, ahead: float, values: Any) -> Capsules:
    """What the parameters planning_scene.* make of everybody; ahead: s, see Cycle."""
    horizon, steps = values['planning_scene.horizon'], values['planning_scene.steps']
    snapshot = values['planning_scene.mode'] == 'snapshot'
    count = steps * max(1, int(np.ceil(horizon / steps / WITHIN)))
    times = [horizon] if snapshot else np.linspace(0, horizon, count + 1)
    joints, radii = path(forecast, ahead + np.array(times))
    growth = values['planning_scene.growth']
    shapes = capsules(joints, None if radii is None else np.minimum(radii, growth))
    shapes = shapes if snapshot else swept(shapes, steps)
    return Capsules(shapes.names, shapes.ends, shapes.radii + values['planning_scene.padding'])


def message(changes: list[Change], stamp: int, frame: str, types: Any = None) -> Any:
    """A diff; types: with CollisionObject, PlanningScene and SolidPrimitive (default: those of
    moveit_msgs and shape_msgs); stamp: int ns."""
    types = types or real_types()
    scene = types.PlanningScene()
    scene.is_diff = scene.robot_state.is_diff = True
    scene.world.collision_objects = [
        _object(change, header(stamp, frame), types) for change in changes
    ]
    return scene


def real_types() -> SimpleNamespace:
    """Of moveit_msgs and shape_msgs."""
    moveit, shape = import_module('moveit_msgs.msg'), import_module('shape_msgs.msg')
    return SimpleNamespace(
        PlanningScene=moveit.PlanningScene,
        CollisionObject=moveit.CollisionObject,
        SolidPrimitive=shape.SolidPrimitive,
    )


def _object(change: Change, head: Any, types: Any) -> Any:
    made = types.CollisionObject()
    made.header = head
    made.id = PREFIX + change.person
    # bytes in the wheels' Python, where the field is of type byte
    made.operation = getattr(types.CollisionObject, change.operation.name)
    made.pose.orientation.w = 1.0
    if change.operation is Operation.ADD:
        made.primitives = [
            _primitive(height, radius, types)
            for height, radius in zip(change.heights.tolist(), change.radii.tolist(), strict=True)
        ]
    made.primitive_poses = [
        Pose(
            position=Point(x=x, y=y, z=z),
            orientation=Quaternion(x=qx, y=qy, z=qz, w=qw),
        )
        for (x, y, z), (qx, qy, qz, qw) in zip(
            change.positions.tolist(), change.quaternions.tolist(), strict=True
        )
    ]
    return made


def _primitive(height: float, radius: float, types: Any) -> Any:
    kind = types.SolidPrimitive
    made = kind()
    made.type = kind.CYLINDER if height else kind.SPHERE
    made.dimensions = [height, radius] if height else [radius]
    return made
