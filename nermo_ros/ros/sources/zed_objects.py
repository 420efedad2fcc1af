# SPDX-License-Identifier: Apache-2.0
"""zed_msgs/ObjectsStamped of the ZED wrapper, its body tracking (`~/body_trk/skeletons`).

Skeleton3D always has room for 70 joints, of which the first 18, 34 or 38 mean something; which,
says body_format. A joint that is not seen is NaN. A body that the tracker searches goes on by a
guess for its prediction_timeout, so that all of its joints are inferred then. The frame is the
left camera's, x ahead and z up, not an optical one. Older messages have no confidence by joint
(zed-ros2-interfaces, msg/Object.msg).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nermo_ros.observation.observation import JointState, Observation
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
from nermo_ros.skeleton.sets import JOINT_SETS

FORMATS = ('zed18', 'zed34', 'zed38')  # by body_format; 3, of 70 joints, is internal to the SDK
OFF, OK, SEARCHING, TERMINATE = range(4)  # tracking_state


def read(message: Any, settings: SourceSettings, receipt_ns: int) -> Reading:
    """The bodies of an ObjectsStamped, label_id as text.

    Raises BadMessage('no_frame'). A body is dropped for 'no_skeleton', 'not_tracked' (no track,
    hence no id), 'unknown_body_format', 'duplicate_id' and the reasons of observe().
    """
    if not message.objects:
        return Reading()
    frame = frame_of(message.header.frame_id, settings)
    stamp, unstamped = stamp_of(message.header, receipt_ns)
    people: dict[str, Observation] = {}
    drops = []
    for body in message.objects:
        person = str(body.label_id)
        try:
            _check(body, person, people)
            people[person] = _observe(body, settings, stamp, frame, person)
        except BadMessage as drop:
            drops.append(drop)
    return Reading(list(people.values()), drops, unstamped)


def _check(body: Any, person: str, people: Mapping[str, Any]) -> None:
    if not body.skeleton_available:
        raise BadMessage(
            'no_skeleton',
            f'object {body.label!r} has no skeleton: subscribe to body_trk/skeletons, not to the '
            'objects of the detector',
        )
    if body.label_id < 0 or body.tracking_state == OFF:
        raise BadMessage(
            'not_tracked',
            f'body {person} is not tracked: set body_tracking.enable_tracking of the ZED wrapper',
        )
    if not 0 <= body.body_format < len(FORMATS):
        raise BadMessage(
            'unknown_body_format',
            f'body_format {body.body_format} is not known: set body_tracking.body_format of the '
            'ZED wrapper to BODY_18, BODY_34 or BODY_38',
        )
    if person in people:
        raise BadMessage('duplicate_id', f'two bodies have the id {person}: ids must differ')


def _observe(
    body: Any, settings: SourceSettings, stamp: int, frame: str, person: str
) -> Observation:
    joint_set = JOINT_SETS[FORMATS[body.body_format]]
    count = len(joint_set.joints)
    keypoints = body.skeleton_3d.keypoints[:count]
    positions = np.array([keypoint.kp for keypoint in keypoints], np.float64)
    guessed = body.tracking_state in (SEARCHING, TERMINATE)
    return observe(
        joint_set,
        positions,
        settings,
        stamp=stamp,
        frame=frame,
        person=person,
        confidences=_confidences(body, count),
        states=np.full(count, JointState.INFERRED if guessed else JointState.OBSERVED, np.uint8),
    )


def _confidences(body: Any, count: int) -> np.ndarray | None:
    """(J,) 0..1 from percent; None where the message has none, or nothing but zeros."""
    percent = np.array(getattr(body, 'skeleton_keypoint_confidence', ())[:count], np.float64)
    percent = np.nan_to_num(percent)
    return np.clip(percent / 100, 0, 1) if percent.any() else None


def write(people: Mapping[str, np.ndarray], joint_set: JointSet, stamp_ns: int, frame: str) -> Any:
    """An ObjectsStamped of people's body17 positions (17, 3) metres, NaN where missing.

    Raises ValueError for a joint set that ZED does not have and for an id that is not a number.
    """
    from zed_msgs.msg import Object, ObjectsStamped

    if joint_set.name not in FORMATS:
        raise ValueError(f'ZED has the joint sets {", ".join(FORMATS)}, not {joint_set.name}')
    message = ObjectsStamped()
    set_header(message.header, stamp_ns, frame)
    for person, positions in scatter(people, joint_set).items():
        if not person.isdecimal():
            raise ValueError(f'ZED ids are whole numbers, not {person!r}')
        body = Object(label=f'Body_{person}', label_id=int(person), confidence=99.0)
        body.tracking_available = body.skeleton_available = True
        body.tracking_state, body.body_format = OK, FORMATS.index(joint_set.name)
        for keypoint, position in zip(body.skeleton_3d.keypoints, positions, strict=False):
            keypoint.kp = position
        message.objects.append(body)
    return message
