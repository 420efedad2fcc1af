# SPDX-License-Identifier: Apache-2.0
"""hiros_skeleton_msgs/SkeletonGroup of Hi-ROS (University of Padova).

Marker names and confidences travel in the message; a marker that is not seen is absent or NaN. The
header holds the time of publication and the frame that the positions are in; when the people were
seen stands in each skeleton's src_time. Its src_frame is where the sensor's data came from, not
where they are now.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from nermo_ros.observation.observation import Observation
from nermo_ros.ros.sources.person import joint_set_of, observe, scatter
from nermo_ros.ros.sources.source import (
    NANOSECONDS,
    BadMessage,
    Reading,
    SourceSettings,
    frame_of,
    set_header,
    stamp_of,
)
from nermo_ros.skeleton.joint_set import JointSet
from nermo_ros.skeleton.names import joint_name
from nermo_ros.skeleton.sets import JOINT_SETS


def read(message: Any, settings: SourceSettings, receipt_ns: int) -> Reading:
    """The people of a SkeletonGroup, ids as text.

    The joint set is that of the settings, else the one of max_markers joints that has all the
    names. Raises BadMessage('no_frame'). A person is dropped for 'unknown_joints', 'duplicate_id'
    and the reasons of observe().
    """
    if not message.skeletons:
        return Reading()
    people: dict[str, Observation] = {}
    drops = []
    unstamped = False
    for skeleton in message.skeletons:
        person = str(skeleton.id)
        frame = frame_of(message.header.frame_id or skeleton.src_frame, settings)
        stamp, now = _stamp(message, skeleton, receipt_ns)
        unstamped |= now
        try:
            if person in people:
                raise BadMessage('duplicate_id', f'two people have the id {person}')
            joint_set = _joint_set(skeleton, settings)
            positions, confidences = _values(skeleton, joint_set)
            people[person] = observe(
                joint_set,
                positions,
                settings,
                stamp=stamp,
                frame=frame,
                person=person,
                confidences=confidences,
            )
        except BadMessage as drop:
            drops.append(drop)
    return Reading(list(people.values()), drops, unstamped)


def _stamp(message: Any, skeleton: Any, receipt_ns: int) -> tuple[int, bool]:
    seen = skeleton.src_time.sec * NANOSECONDS + skeleton.src_time.nanosec
    return (seen, False) if seen else stamp_of(message.header, receipt_ns)


def _joint_set(skeleton: Any, settings: SourceSettings) -> JointSet:
    if settings.joint_set:
        return joint_set_of(settings)
    return _find(skeleton.max_markers, frozenset(marker.name for marker in skeleton.markers))


@lru_cache(maxsize=256)
def _find(size: int, names: frozenset[str]) -> JointSet:
    ours = {joint_name(name) for name in names}
    found = [
        joint_set
        for joint_set in JOINT_SETS.values()
        if len(joint_set.joints) == size and ours <= set(joint_set.joints)
    ]
    if len(found) == 1 and ours:
        return found[0]
    few = ', '.join(sorted(names)[:4])
    raise BadMessage(
        'unknown_joints',
        f'{len(found)} joint sets have {size} joints and the names {few}, ...: set joint_set to '
        'what the detector sends',
    )


def _values(skeleton: Any, joint_set: JointSet) -> tuple[np.ndarray, np.ndarray]:
    """Positions (J, 3), NaN where absent, and confidences (J,), 0 there; by name, else by id."""
    positions = np.full((len(joint_set.joints), 3), np.nan)
    confidences = np.zeros(len(joint_set.joints))
    for marker in skeleton.markers:
        index = joint_set.index.get(joint_name(marker.name)) if marker.name else marker.id
        if index is None or not 0 <= index < len(positions):
            raise BadMessage(
                'unknown_joints',
                f'marker {marker.name!r} ({marker.id}) is not in {joint_set.name}: set joint_set '
                'to what the detector sends',
            )
        point = marker.center.pose.position
        positions[index] = point.x, point.y, point.z
        # NaN: the detector does not tell.
        confidences[index] = 1.0 if np.isnan(marker.confidence) else marker.confidence
    return positions, confidences


def write(people: Mapping[str, np.ndarray], joint_set: JointSet, stamp_ns: int, frame: str) -> Any:
    """A SkeletonGroup of people's body17 positions (17, 3) metres: no marker where NaN.

    Raises ValueError for an id that is not a whole number from 0.
    """
    from hiros_skeleton_msgs.msg import Marker, Skeleton, SkeletonGroup

    message = SkeletonGroup()
    set_header(message.header, stamp_ns, frame)
    for person, positions in scatter(people, joint_set).items():
        if not person.isdecimal():
            raise ValueError(f'Hi-ROS ids are whole numbers, not {person!r}')
        skeleton = Skeleton(id=int(person), src_frame=frame, confidence=1.0)
        skeleton.src_time.sec, skeleton.src_time.nanosec = divmod(stamp_ns, NANOSECONDS)
        skeleton.max_markers = len(joint_set.joints)
        for joint in np.flatnonzero(np.isfinite(positions).all(1)).tolist():
            marker = Marker(id=joint, name=joint_set.joints[joint], confidence=1.0)
            point = marker.center.pose.position
            point.x, point.y, point.z = positions[joint].astype(float).tolist()
            skeleton.markers.append(marker)
        message.skeletons.append(skeleton)
    return message
