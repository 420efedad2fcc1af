# SPDX-License-Identifier: Apache-2.0
"""mocap4r2_msgs/Markers of mocap4ros2's drivers (OptiTrack, Vicon, Qualisys, ...).

Markers must be joint centres, as the skeletons of such systems stream them, called as the joints
of the joint set, `subject:joint` where there are several people; markers glued to the skin are
none. A marker that is not seen is absent, from some drivers frozen or at the origin, hence the
rules that watch a person over time. Vicon measures in millimetres and leaves the conversion to
its driver.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nermo_ros.observation.observation import Observation
from nermo_ros.ros.sources.person import check_metres, joint_set_of, observe, scatter
from nermo_ros.ros.sources.source import (
    BadMessage,
    Reading,
    SourceSettings,
    frame_of,
    set_header,
    stamp_of,
)
from nermo_ros.skeleton.capture_sets import MOTIVE
from nermo_ros.skeleton.joint_set import JointSet
from nermo_ros.skeleton.names import joint_name

JOINT_SET = 'motive21'
USE_NAME, USE_INDEX, USE_BOTH = range(3)  # id_type


def read(message: Any, settings: SourceSettings, receipt_ns: int) -> Reading:
    """The people of Markers: subjects by their names, settings.person_id where there is none.

    Markers of other names (tools, robots) are none of ours; without a name the index counts.
    Raises BadMessage 'no_joint_set', 'no_frame'; 'no_joints' where no marker is one. A person is
    dropped for 'not_metres' and the reasons of observe().
    """
    joint_set = joint_set_of(settings, JOINT_SET)
    if not message.markers:
        return Reading()
    frame = frame_of(message.header.frame_id, settings)
    stamp, unstamped = stamp_of(message.header, receipt_ns)
    people: dict[str, np.ndarray] = {}
    for marker in message.markers:
        subject, index = _place(marker, joint_set)
        if index is not None:
            person = subject or settings.person_id
            positions = people.setdefault(person, np.full((len(joint_set.joints), 3), np.nan))
            point = marker.translation
            positions[index] = point.x, point.y, point.z
    if not people:
        raise BadMessage(
            'no_joints',
            f'none of {len(message.markers)} markers is a joint of {joint_set.name}: stream the '
            'joints of skeletons, or set joint_set to their names',
        )
    observations: list[Observation] = []
    drops = []
    for person, positions in people.items():
        try:
            check_metres(positions, person)
            observations.append(
                observe(joint_set, positions, settings, stamp=stamp, frame=frame, person=person)
            )
        except BadMessage as drop:
            drops.append(drop)
    return Reading(observations, drops, unstamped)


def _place(marker: Any, joint_set: JointSet) -> tuple[str, int | None]:
    """Subject and index in the joint set; None: the marker is no joint."""
    if marker.id_type == USE_INDEX or not marker.marker_name:
        inside = 0 <= marker.marker_index < len(joint_set.joints)
        return '', marker.marker_index if inside else None
    subject, _, name = marker.marker_name.rpartition(':')
    if joint_set.name == JOINT_SET:
        return subject, joint_set.index.get(MOTIVE.get(name, joint_name(name)))
    return subject, joint_set.index.get(joint_name(name))


def write(people: Mapping[str, np.ndarray], joint_set: JointSet, stamp_ns: int, frame: str) -> Any:
    """Markers of people's body17 positions (17, 3) metres: no marker where NaN."""
    from mocap4r2_msgs.msg import Marker, Markers

    spelling = {ours: theirs for theirs, ours in MOTIVE.items()}
    message = Markers()
    set_header(message.header, stamp_ns, frame)
    for person, positions in scatter(people, joint_set).items():
        for joint in np.flatnonzero(np.isfinite(positions).all(1)).tolist():
            name = joint_set.joints[joint]
            name = spelling[name] if joint_set.name == JOINT_SET else name
            marker = Marker(id_type=USE_NAME, marker_index=joint, marker_name=f'{person}:{name}')
            point = marker.translation
            point.x, point.y, point.z = positions[joint].astype(float).tolist()
            message.markers.append(marker)
    return message
