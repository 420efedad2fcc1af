# SPDX-License-Identifier: Apache-2.0
"""Our own message, nermo_ros/SkeletonArray: joint names and ids travel in it."""

from array import array
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from nermo_ros.observation.observation import Observation
from nermo_ros.ros.sources.person import observe, scatter
from nermo_ros.ros.sources.source import (
    BadMessage,
    Reading,
    SourceSettings,
    frame_of,
    set_header,
    stamp_of,
)
from nermo_ros.skeleton.joint_set import JointSet
from nermo_ros.skeleton.mapping import find_joint_set


def read(message: Any, settings: SourceSettings, receipt_ns: int) -> Reading:
    """The people of a SkeletonArray; the joint set is the one whose joint names it carries.

    Raises BadMessage 'no_frame' or 'unknown_joints'. A person is dropped for 'empty_id',
    'duplicate_id' (the first of the same id stays), 'wrong_length', and the reasons of observe().
    """
    if not message.people:
        return Reading()
    frame = frame_of(message.header.frame_id, settings)
    stamp, unstamped = stamp_of(message.header, receipt_ns)
    joint_set = _joint_set(tuple(message.joint_names))
    people: dict[str, Observation] = {}
    drops = []
    for skeleton in message.people:
        try:
            _check_id(skeleton.id, people)
            people[skeleton.id] = observe(
                joint_set,
                _values(skeleton, 'positions', np.float32, 3 * len(joint_set.joints)).reshape(
                    -1, 3
                ),
                settings,
                stamp=stamp,
                frame=frame,
                person=skeleton.id,
                confidences=_optional(skeleton, 'confidences', np.float32, joint_set),
                states=_optional(skeleton, 'states', np.uint8, joint_set),
            )
        except BadMessage as drop:
            drops.append(drop)
    return Reading(list(people.values()), drops, unstamped)


@lru_cache(maxsize=8)
def _joint_set(names: tuple[str, ...]) -> JointSet:
    try:
        return find_joint_set(names)
    except ValueError as error:
        raise BadMessage('unknown_joints', str(error)) from error


def _check_id(person: str, people: Mapping[str, Any]) -> None:
    if not person:
        raise BadMessage('empty_id', 'a person has no id: fill in Skeleton.id')
    if person in people:
        raise BadMessage('duplicate_id', f'two people have the id {person!r}: ids must differ')


def _values(skeleton: Any, name: str, dtype: type, length: int) -> np.ndarray:
    values: np.ndarray = np.array(getattr(skeleton, name), dtype)
    if values.shape != (length,):
        raise BadMessage(
            'wrong_length',
            f'person {skeleton.id!r} has {values.size} {name}: joint_names asks for {length}',
        )
    return values


def _optional(skeleton: Any, name: str, dtype: type, joint_set: JointSet) -> np.ndarray | None:
    empty = len(getattr(skeleton, name)) == 0
    return None if empty else _values(skeleton, name, dtype, len(joint_set.joints))


def write(people: Mapping[str, np.ndarray], joint_set: JointSet, stamp_ns: int, frame: str) -> Any:
    """A SkeletonArray of people's body17 positions (17, 3) metres, NaN where missing."""
    from nermo_ros.msg import Skeleton, SkeletonArray

    message = SkeletonArray(joint_names=list(joint_set.joints))
    set_header(message.header, stamp_ns, frame)
    message.people = [
        Skeleton(id=person, positions=array('f', positions.tobytes()))
        for person, positions in scatter(people, joint_set).items()
    ]
    return message
