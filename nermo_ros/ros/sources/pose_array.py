# SPDX-License-Identifier: Apache-2.0
"""geometry_msgs/PoseArray: one person a topic, a pose a joint, the joint set from the settings."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nermo_ros.ros.sources.person import joint_set_of, observe, scatter
from nermo_ros.ros.sources.source import (
    BadMessage,
    Reading,
    SourceSettings,
    frame_of,
    set_header,
    stamp_of,
)
from nermo_ros.skeleton.joint_set import JointSet


def read(message: Any, settings: SourceSettings, receipt_ns: int) -> Reading:
    """The person of a PoseArray, called settings.person_id; no poses: nobody is there.

    A pose that is NaN or exactly at the origin is a missing joint; orientations are not used.
    Raises BadMessage 'no_joint_set', 'wrong_length', 'no_frame'; the person is dropped for the
    reasons of observe().
    """
    joint_set = joint_set_of(settings)
    if not message.poses:
        return Reading()
    if len(message.poses) != len(joint_set.joints):
        raise BadMessage(
            'wrong_length',
            f'{len(message.poses)} poses, but {len(joint_set.joints)} joints in {joint_set.name}: '
            'set joint_set to what the topic is in, and send NaN where a joint is not seen',
        )
    frame = frame_of(message.header.frame_id, settings)
    stamp, unstamped = stamp_of(message.header, receipt_ns)
    points = [pose.position for pose in message.poses]
    positions = np.array([(point.x, point.y, point.z) for point in points], np.float64)
    try:
        person = observe(
            joint_set, positions, settings, stamp=stamp, frame=frame, person=settings.person_id
        )
    except BadMessage as drop:
        return Reading([], [drop], unstamped)
    return Reading([person], [], unstamped)


def write(people: Mapping[str, np.ndarray], joint_set: JointSet, stamp_ns: int, frame: str) -> Any:
    """A PoseArray of one person's body17 positions (17, 3) metres, NaN where missing.

    Nobody gives no poses; ValueError for more than one person.
    """
    from geometry_msgs.msg import Point, Pose, PoseArray

    if len(people) > 1:
        raise ValueError(f'a PoseArray holds one person, not {len(people)}: use a topic for each')
    message = PoseArray()
    set_header(message.header, stamp_ns, frame)
    for positions in scatter(people, joint_set).values():
        message.poses = [
            Pose(position=Point(x=x, y=y, z=z)) for x, y, z in positions.astype(float).tolist()
        ]
    return message
