# SPDX-License-Identifier: Apache-2.0
"""Our own message, nermo_ros/SkeletonArray: joint names and ids travel in it."""

from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from nermo_ros.observation.observation import Observation
from nermo_ros.ros.sources.person import observe, observe_all, scatter
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

# Field: type, numbers a joint.
FIELDS: dict[str, tuple[type, int]] = {
    'positions': (np.float32, 3),
    'confidences': (np.float32, 1),
    'states': (np.uint8, 1),
}


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
    where = {'joint_set': joint_set, 'settings': settings, 'stamp': stamp, 'frame': frame}
    ids = [skeleton.id for skeleton in message.people]
    together = _together(message.people, ids, len(joint_set.joints))
    if together is None:
        return _one_by_one(message.people, unstamped, where)
    answers = observe_all(people=ids, **together, **where)
    observations = [each for each in answers if isinstance(each, Observation)]
    drops = [each for each in answers if isinstance(each, BadMessage)]
    return Reading(observations, drops, unstamped)


def _together(people: Sequence[Any], ids: list[str], joints: int) -> dict[str, np.ndarray] | None:
    """positions (P, J, 3) and, where they are given, confidences and states (P, J); None where
    ids, lengths or what is given are not in order: then each person must be looked at alone."""
    if not all(ids) or len(set(ids)) < len(ids):
        return None
    found = {}
    for name, (dtype, each) in FIELDS.items():
        values = [getattr(skeleton, name) for skeleton in people]
        lengths = set(map(len, values))
        if lengths == {0} and name != 'positions':
            continue
        if lengths != {each * joints}:
            return None
        found[name] = np.stack([np.asarray(value, dtype) for value in values])
    found['positions'] = found['positions'].reshape(len(ids), joints, 3)
    return found


def _one_by_one(people: Sequence[Any], unstamped: bool, where: dict[str, Any]) -> Reading:
    """What is wrong with one person costs that person alone."""
    found: dict[str, Observation] = {}
    drops, joint_set = [], where['joint_set']
    for skeleton in people:
        try:
            _check_id(skeleton.id, found)
            values = {name: _values(skeleton, name, joint_set) for name in FIELDS}
            found[skeleton.id] = observe(person=skeleton.id, **values, **where)
        except BadMessage as drop:
            drops.append(drop)
    return Reading(list(found.values()), drops, unstamped)


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


def _values(skeleton: Any, name: str, joint_set: JointSet) -> np.ndarray | None:
    """Positions (J, 3), others (J,); None where an optional field is empty."""
    dtype, each = FIELDS[name]
    values: np.ndarray = np.array(getattr(skeleton, name), dtype)
    if not values.size and name != 'positions':
        return None
    length = each * len(joint_set.joints)
    if values.shape != (length,):
        raise BadMessage(
            'wrong_length',
            f'person {skeleton.id!r} has {values.size} {name}: joint_names asks for {length}',
        )
    return values.reshape(-1, 3) if name == 'positions' else values


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
