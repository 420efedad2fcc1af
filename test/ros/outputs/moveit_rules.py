# SPDX-License-Identifier: Apache-2.0
"""The rules by which MoveIt's planning scene takes collision objects, and plain messages to try.

Restated from planning_scene.cpp and the comments of CollisionObject.msg: ADD takes shapes with as
many poses and replaces what has its id; REMOVE of what is not there fails; MOVE needs a known id,
no shapes, and as many poses as the object has shapes.
"""

from types import SimpleNamespace

import numpy as np


class BrokenRuleError(AssertionError):
    """What MoveIt would warn about and leave out."""


class MoveItScene:
    """objects: by id, (shapes, poses) as plain tuples."""

    def __init__(self):
        self.objects = {}

    def take(self, scene):
        """A PlanningScene message."""
        if not (scene.is_diff and scene.robot_state.is_diff):
            raise BrokenRuleError('not a diff: it would replace the scene and the robot state')
        for item in scene.world.collision_objects:
            if not item.header.frame_id or not item.id:
                raise BrokenRuleError('an object without a frame or an id')
            if abs(item.pose.orientation.w - 1) > 1e-9:
                raise BrokenRuleError('the pose of the object is not one')
            self._OPERATIONS[number(item.operation)](self, item)

    def _add(self, item):
        if not item.primitives or len(item.primitives) != len(item.primitive_poses):
            raise BrokenRuleError('shapes and poses do not match')
        shapes = [(p.type, tuple(p.dimensions)) for p in item.primitives]
        for kind, sizes in shapes:
            if len(sizes) != {2: 1, 3: 2}[kind] or min(sizes) <= 0:
                raise BrokenRuleError(f'{sizes} of a shape of type {kind}')
        self.objects[item.id] = shapes, poses(item)

    def _remove(self, item):
        if self.objects.pop(item.id, None) is None:
            raise BrokenRuleError(f'{item.id} is not there to be removed')

    def _move(self, item):
        if item.id not in self.objects:
            raise BrokenRuleError(f'{item.id} is not there to be moved')
        if len(item.primitives):
            raise BrokenRuleError('a MOVE with shapes')
        shapes, _ = self.objects[item.id]
        if len(shapes) != len(item.primitive_poses):
            raise BrokenRuleError('a MOVE with another number of shapes')
        self.objects[item.id] = shapes, poses(item)

    _OPERATIONS = {0: _add, 1: _remove, 3: _move}


def number(operation):
    """Fields of type byte are bytes in Python."""
    return operation[0] if isinstance(operation, bytes) else operation


def poses(item):
    found = [
        [p.position.x, p.position.y, p.position.z]
        + [p.orientation.x, p.orientation.y, p.orientation.z, p.orientation.w]
        for p in item.primitive_poses
    ]
    for pose in found:
        if abs(np.linalg.norm(pose[3:]) - 1) > 1e-6 or not np.isfinite(pose).all():
            raise BrokenRuleError(f'{pose} is no pose')
    return found


class SolidPrimitive(SimpleNamespace):
    SPHERE, CYLINDER = 2, 3


class CollisionObject(SimpleNamespace):
    ADD, REMOVE, APPEND, MOVE = 0, 1, 2, 3

    def __init__(self):
        pose = SimpleNamespace(orientation=SimpleNamespace(w=0.0))
        super().__init__(pose=pose, primitives=[], primitive_poses=[])


class PlanningScene(SimpleNamespace):
    def __init__(self):
        world = SimpleNamespace(collision_objects=[])
        super().__init__(is_diff=False, robot_state=SimpleNamespace(is_diff=False), world=world)


PLAIN = SimpleNamespace(
    SolidPrimitive=SolidPrimitive, CollisionObject=CollisionObject, PlanningScene=PlanningScene
)
