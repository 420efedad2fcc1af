# SPDX-License-Identifier: Apache-2.0
"""The skeleton sources: a module a message type, one row each in SOURCES."""

from nermo_ros.ros.sources import (
    hiros_skeletons,
    kinect_markers,
    mocap4r2_markers,
    pose_array,
    ros4hri,
    skeleton_array,
    yolo_detections,
    zed_objects,
)
from nermo_ros.ros.sources.source import Source

ANY = 'as the publisher likes: reliable or best effort'
SOURCES: dict[str, Source] = {
    'skeleton_array': Source(
        message='nermo_ros/msg/SkeletonArray',
        read=skeleton_array.read,
        write=skeleton_array.write,
        topic='skeletons',
        qos=ANY,
    ),
    'kinect_markers': Source(
        message='visualization_msgs/msg/MarkerArray',
        read=kinect_markers.read,
        write=kinect_markers.write,
        topic='body_tracking_data',
        qos='reliable, depth 1; published only while someone subscribes',
        joint_set=kinect_markers.JOINT_SET,
        numeric_ids=True,
        geometry_rules=True,
    ),
    'zed_objects': Source(
        message='zed_msgs/msg/ObjectsStamped',
        read=zed_objects.read,
        write=zed_objects.write,
        topic='zed/zed_node/body_trk/skeletons',
        qos='reliable or best effort, by qos_depth and qos_reliability of the wrapper',
        joint_set='zed38',
        numeric_ids=True,
    ),
    'ros4hri': Source(
        message='hri_msgs/msg/IdsList',
        read=ros4hri.read,
        write=None,
        topic='/humans/bodies/tracked',
        qos='reliable; the positions are in tf2',
        joint_set=ros4hri.JOINT_SET,
        reads_tf=True,
    ),
    'yolo_detections': Source(
        message='yolo_msgs/msg/DetectionArray',
        read=yolo_detections.read,
        write=yolo_detections.write,
        topic='/yolo/detections_3d',
        qos='reliable, depth 10',
        joint_set=yolo_detections.JOINT_SET,
        geometry_rules=True,
    ),
    'hiros_skeletons': Source(
        message='hiros_skeleton_msgs/msg/SkeletonGroup',
        read=hiros_skeletons.read,
        write=hiros_skeletons.write,
        topic='skeleton_group',
        qos=ANY,
        numeric_ids=True,
    ),
    'mocap4r2_markers': Source(
        message='mocap4r2_msgs/msg/Markers',
        read=mocap4r2_markers.read,
        write=mocap4r2_markers.write,
        topic='markers',
        qos=ANY,
        joint_set=mocap4r2_markers.JOINT_SET,
        geometry_rules=True,
    ),
    'pose_array': Source(
        message='geometry_msgs/msg/PoseArray',
        read=pose_array.read,
        write=pose_array.write,
        topic='poses',
        qos=ANY,
        many_people=False,
    ),
}
