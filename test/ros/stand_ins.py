# SPDX-License-Identifier: Apache-2.0
"""Plain classes with the fields of message packages that only a ROS 2 installation has.

Fields as their packages define them: zed_msgs 5.3 (stereolabs/zed-ros2-interfaces), hri_msgs 2
(ros4hri/hri_msgs), yolo_msgs 4 (mgonzs13/yolo_ros), hiros_skeleton_msgs 2 (HiROS-unipd),
mocap4r2_msgs 0.0 (MOCAP4ROS2-Project); only those that a skeleton needs.
"""

import dataclasses
import sys
import types
from importlib.util import find_spec

PLAIN = {'string': str, 'bool': bool} | {
    f'{kind}{bits}': float if kind == 'float' else int
    for kind in ('int', 'uint', 'float')
    for bits in (8, 16, 32, 64)
}
FIELDS = {
    'zed_msgs': {
        'Keypoint3D': 'kp:float32[3]',
        'Skeleton3D': 'keypoints:Keypoint3D[70]',
        'Object': 'label:string label_id:int16 sublabel:string confidence:float32 '
        'position:float32[3] tracking_available:bool tracking_state:int8 action_state:int8 '
        'skeleton_available:bool body_format:int8 skeleton_3d:Skeleton3D '
        'skeleton_keypoint_confidence:float32[70]',
        'ObjectsStamped': 'header:std_msgs/Header objects:Object[]',
    },
    'hri_msgs': {'IdsList': 'header:std_msgs/Header ids:string[]'},
    'yolo_msgs': {
        'KeyPoint3D': 'id:int32 point:geometry_msgs/Point score:float64',
        'KeyPoint3DArray': 'data:KeyPoint3D[] frame_id:string',
        'Detection': 'class_id:int32 class_name:string score:float64 id:string '
        'keypoints3d:KeyPoint3DArray',
        'DetectionArray': 'header:std_msgs/Header detections:Detection[]',
    },
    'hiros_skeleton_msgs': {
        'KinematicState': 'pose:geometry_msgs/Pose velocity:geometry_msgs/Twist',
        'Marker': 'id:int32 name:string confidence:float64 center:KinematicState',
        'Skeleton': 'id:int32 src_time:builtin_interfaces/Time src_frame:string '
        'max_markers:uint32 max_links:uint32 confidence:float64 markers:Marker[]',
        'SkeletonGroup': 'header:std_msgs/Header skeletons:Skeleton[]',
    },
    'mocap4r2_msgs': {
        'Marker': 'id_type:int8 marker_index:int32 marker_name:string '
        'translation:geometry_msgs/Point',
        'Markers': 'header:std_msgs/Header frame_number:uint32 markers:Marker[]',
    },
}


def _maker(kind, made):
    """A function that makes the default of a field of this type."""
    if kind.endswith('[]'):
        return list
    if kind.endswith(']'):
        kind, _, count = kind[:-1].partition('[')
        one = _maker(kind, made)
        return lambda: [one() for _ in range(int(count))]
    if '/' in kind:
        package, _, name = kind.partition('/')
        return getattr(__import__(f'{package}.msg').msg, name)
    return PLAIN.get(kind) or made[kind]


def package(name):
    """A module like `name`.msg."""
    made = {}
    for message, text in FIELDS[name].items():
        fields = [field.split(':') for field in text.split()]
        made[message] = dataclasses.make_dataclass(
            message,
            [
                (key, object, dataclasses.field(default_factory=_maker(kind, made)))
                for key, kind in fields
            ],
        )
    module = types.ModuleType(f'{name}.msg')
    vars(module).update(made)
    return module


def install(monkeypatch):
    """Puts in the packages that are not installed; the real ones stay."""
    for name in FIELDS:
        if find_spec(name) is None:
            parent, child = types.ModuleType(name), package(name)
            parent.msg = child
            monkeypatch.setitem(sys.modules, name, parent)
            monkeypatch.setitem(sys.modules, f'{name}.msg', child)
