# SPDX-License-Identifier: Apache-2.0
"""The skeleton sources: a module a message type, one row each in SOURCES."""

from nermo_ros.ros.sources import kinect_markers, pose_array, skeleton_array
from nermo_ros.ros.sources.source import Source

SOURCES: dict[str, Source] = {
    'skeleton_array': Source(
        message_type=skeleton_array.message_type,
        read=skeleton_array.read,
        write=skeleton_array.write,
        topic='skeletons',
        qos='as the publisher likes: reliable or best effort',
    ),
    'kinect_markers': Source(
        message_type=kinect_markers.message_type,
        read=kinect_markers.read,
        write=kinect_markers.write,
        topic='body_tracking_data',
        qos='reliable, depth 1; published only while someone subscribes',
        joint_set=kinect_markers.JOINT_SET,
        numeric_ids=True,
        geometry_rules=True,
    ),
    'pose_array': Source(
        message_type=pose_array.message_type,
        read=pose_array.read,
        write=pose_array.write,
        topic='poses',
        qos='as the publisher likes: reliable or best effort',
        many_people=False,
    ),
}
