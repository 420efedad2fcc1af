# SPDX-License-Identifier: Apache-2.0
"""visualization_msgs/MarkerArray of the Azure Kinect driver, which serves Femto cameras too.

Microsoft's driver (Azure_Kinect_ROS_Driver, humble branch) sends a sphere a joint with
id = 100 body + joint, joints in the order of k4abt32, a header on every marker, and an array
without any marker, hence without a stamp, while nobody is seen. Which joints the SDK only guesses
is not forwarded (its pull request 87), so every joint counts as observed here and the rules of
observation.mask that watch a person over time must do the rest.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nermo_ros.observation.observation import Observation
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

JOINT_SET = 'k4abt32'
BODY = 100  # ids per body
# As in visualization_msgs/Marker.
SPHERE, DELETE, DELETE_ALL = 2, 2, 3
# Joint counts of body-tracking SDK 0.9 (driver issue 113): no hand joints, so other indices mean
# other joints.
OLD_SDK = (25, 26)

# (stamp in nanoseconds, body) -> frame_id -> joint -> point
Bodies = dict[tuple[int, int], dict[str, dict[int, Any]]]


def read(message: Any, settings: SourceSettings, receipt_ns: int) -> Reading:
    """The bodies of a MarkerArray, ids as text, one observation for each body and stamp, by stamp.

    Joints without a marker are missing; of two markers of one joint the later counts, as in RViz;
    DELETE and DELETEALL take back what stood before them in the array. Drops: 'not_a_joint' (other
    shapes and ids, once a message), 'mixed_frames' (one body in two frames at one stamp: the
    larger part stays), 'old_sdk', 'no_frame' and the reasons of observe(). Raises only
    BadMessage('no_joint_set').
    """
    joint_set = joint_set_of(settings, JOINT_SET)
    bodies: Bodies = {}
    strangers = unstamped = 0
    for marker in message.markers:
        body, joint = divmod(marker.id, BODY)
        if marker.action == DELETE_ALL:
            bodies.clear()
        elif marker.action == DELETE:
            _delete(bodies, body, joint)
        elif marker.type != SPHERE or body < 0 or joint >= len(joint_set.joints):
            strangers += 1
        else:
            stamp, now = stamp_of(marker.header, receipt_ns)
            unstamped += now
            frames = bodies.setdefault((stamp, body), {})
            frames.setdefault(marker.header.frame_id, {})[joint] = marker.pose.position
    drops = [_not_joints(strangers, joint_set)] if strangers else []
    observations = []
    for (stamp, body), frames in sorted(bodies.items()):
        if len(frames) > 1:
            drops.append(_mixed_frames(body, frames))
        frame, points = max(frames.items(), key=lambda item: len(item[1]))
        try:
            if points:
                observations.append(_observe(joint_set, points, settings, stamp, frame, str(body)))
        except BadMessage as drop:
            drops.append(drop)
    return Reading(observations, drops, bool(unstamped))


def _delete(bodies: Bodies, body: int, joint: int) -> None:
    for (_, other), frames in bodies.items():
        if other == body:
            for points in frames.values():
                points.pop(joint, None)


def _observe(
    joint_set: JointSet,
    points: Mapping[int, Any],
    settings: SourceSettings,
    stamp: int,
    frame: str,
    person: str,
) -> Observation:
    if len(points) in OLD_SDK and max(points) == len(points) - 1:
        raise BadMessage(
            'old_sdk',
            f'body {person} has exactly {len(points)} joints, as of body-tracking SDK 0.9, whose '
            'joints have other indices: update the SDK to 1.0 or later',
        )
    positions = np.full((len(joint_set.joints), 3), np.nan)
    positions[list(points)] = [(point.x, point.y, point.z) for point in points.values()]
    frame = frame_of(frame, settings)
    return observe(joint_set, positions, settings, stamp=stamp, frame=frame, person=person)


def _not_joints(count: int, joint_set: JointSet) -> BadMessage:
    return BadMessage(
        'not_a_joint',
        f'{count} markers are not spheres with id = {BODY} body + joint, joint below '
        f'{len(joint_set.joints)}: is this the topic of the body tracker?',
    )


def _mixed_frames(body: int, frames: Mapping[str, Any]) -> BadMessage:
    return BadMessage(
        'mixed_frames',
        f'body {body} is in the frames {", ".join(map(repr, frames))} at once: '
        'give each camera a topic of its own',
    )


def write(people: Mapping[str, np.ndarray], joint_set: JointSet, stamp_ns: int, frame: str) -> Any:
    """A MarkerArray of people's body17 positions (17, 3) metres: no marker where NaN.

    Raises ValueError for an id that is not a whole number from 0.
    """
    from visualization_msgs.msg import Marker, MarkerArray

    message = MarkerArray()
    for person, positions in scatter(people, joint_set).items():
        if not person.isdecimal():
            raise ValueError(f'Kinect ids are whole numbers, not {person!r}')
        for joint in np.flatnonzero(np.isfinite(positions).all(1)).tolist():
            marker = Marker(id=BODY * int(person) + joint, type=SPHERE)
            set_header(marker.header, stamp_ns, frame)
            point = marker.pose.position
            point.x, point.y, point.z = positions[joint].astype(float).tolist()
            marker.scale.x = marker.scale.y = marker.scale.z = 0.05
            marker.color.g = marker.color.a = 1.0
            marker.lifetime.nanosec = 250_000_000
            message.markers.append(marker)
    return message
