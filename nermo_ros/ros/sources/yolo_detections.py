# SPDX-License-Identifier: Apache-2.0
"""yolo_msgs/DetectionArray of yolo_ros, its 3D key points (`/yolo/detections_3d`).

Key points carry COCO's indices plus one; those below the node's threshold are left out. The array
is stamped with the image and its header names the image's frame, the points are in
keypoints3d.frame_id. A hole in the depth image is not rejected there: it becomes the camera's
origin, moved into that frame, so that several such points agree to the last bit. Where the camera
moves: yolo_ros takes the newest transform, not that of the image.
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
from nermo_ros.skeleton.joint_set import JointSet

JOINT_SET = 'coco17'
PERSON = 'person'  # COCO's class
FIRST = 1  # id of the first key point


def read(message: Any, settings: SourceSettings, receipt_ns: int) -> Reading:
    """The people of a DetectionArray, ids of its tracker; other classes are none of ours.

    Raises BadMessage('no_joint_set'). A person is dropped for 'no_keypoints3d', 'empty_id',
    'duplicate_id', 'not_a_joint' (a key point with an id that is none), 'not_metres', 'no_frame'
    and the reasons of observe().
    """
    joint_set = joint_set_of(settings, JOINT_SET)
    stamp, unstamped = stamp_of(message.header, receipt_ns)
    detections = [each for each in message.detections if each.class_name in (PERSON, '')]
    placed = [_positions(each, joint_set) for each in detections]
    holes = _holes(placed)
    people: dict[str, Observation] = {}
    drops = []
    for detection, (positions, scores, strangers) in zip(detections, placed, strict=True):
        try:
            _check(detection, people, strangers)
            positions = positions.copy()
            positions[[tuple(point) in holes for point in positions]] = np.nan
            check_metres(positions, detection.id)
            people[detection.id] = observe(
                joint_set,
                positions,
                settings,
                stamp=stamp,
                frame=frame_of(detection.keypoints3d.frame_id, settings),
                person=detection.id,
                confidences=scores,
            )
        except BadMessage as drop:
            drops.append(drop)
    return Reading(list(people.values()), drops, unstamped and bool(people))


def _positions(detection: Any, joint_set: JointSet) -> tuple[np.ndarray, np.ndarray, int]:
    """Positions (J, 3), NaN where absent, scores (J,), and how many ids were none of a joint."""
    positions = np.full((len(joint_set.joints), 3), np.nan)
    scores = np.zeros(len(joint_set.joints))
    strangers = 0
    for keypoint in detection.keypoints3d.data:
        index = keypoint.id - FIRST
        if 0 <= index < len(positions):
            point = keypoint.point
            positions[index] = point.x, point.y, point.z
            scores[index] = keypoint.score
        else:
            strangers += 1
    return positions, scores, strangers


def _holes(placed: list[tuple[np.ndarray, np.ndarray, int]]) -> set[tuple[float, ...]]:
    """Points that several key points share exactly: no two joints are at one place."""
    if not placed:
        return set()
    points = np.concatenate([positions for positions, _, _ in placed])
    places, counts = np.unique(points[np.isfinite(points).all(1)], axis=0, return_counts=True)
    return {tuple(place) for place in places[counts > 1]}


def _check(detection: Any, people: Mapping[str, Any], strangers: int) -> None:
    person = detection.id
    if not detection.keypoints3d.data:
        raise BadMessage(
            'no_keypoints3d',
            f'person {person!r} has no 3D key points: use a pose model (yolov8-pose, say), start '
            'yolo_ros with use_3d, and subscribe to detections_3d',
        )
    if not person:
        raise BadMessage('empty_id', 'a person has no id: start yolo_ros with use_tracking')
    if person in people:
        raise BadMessage('duplicate_id', f'two people have the id {person!r}: ids must differ')
    if strangers:
        raise BadMessage(
            'not_a_joint',
            f'person {person!r} has {strangers} key points that the joint set has not: '
            'set joint_set to what the model was trained on',
        )


def write(people: Mapping[str, np.ndarray], joint_set: JointSet, stamp_ns: int, frame: str) -> Any:
    """A DetectionArray of people's body17 positions (17, 3) metres: no key point where NaN."""
    from yolo_msgs.msg import Detection, DetectionArray, KeyPoint3D

    message = DetectionArray()
    set_header(message.header, stamp_ns, frame)
    for person, positions in scatter(people, joint_set).items():
        detection = Detection(class_name=PERSON, score=1.0, id=person)
        detection.keypoints3d.frame_id = frame
        for joint in np.flatnonzero(np.isfinite(positions).all(1)).tolist():
            keypoint = KeyPoint3D(id=joint + FIRST, score=1.0)
            point = keypoint.point
            point.x, point.y, point.z = positions[joint].astype(float).tolist()
            detection.keypoints3d.data.append(keypoint)
        message.detections.append(detection)
    return message
