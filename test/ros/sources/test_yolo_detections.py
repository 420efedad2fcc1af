# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.ros.sources import yolo_detections
from nermo_ros.ros.sources.source import SourceSettings
from nermo_ros.skeleton.body17 import INDEX

pytestmark = pytest.mark.usefixtures('driver_messages')
POINTS = 0.3 * np.random.default_rng(1).normal(size=(17, 3)) + [2, 0, 1]
STAMP = 7_000_000_005
NOSE, L_WRIST, R_WRIST, R_ANKLE = 1, 10, 11, 17  # ids, from 1


def person(identity='7', points=POINTS, scores=None, skip=(), **fields):
    from yolo_msgs.msg import Detection, KeyPoint3D

    made = Detection(class_name='person', score=0.9, id=identity)
    made.keypoints3d.frame_id = 'base_link'
    for number, point in enumerate(points, start=1):
        if number not in skip:
            keypoint = KeyPoint3D(id=number, score=0.9 if scores is None else scores[number - 1])
            keypoint.point.x, keypoint.point.y, keypoint.point.z = map(float, point)
            made.keypoints3d.data.append(keypoint)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def read(*people):
    from yolo_msgs.msg import DetectionArray

    message = DetectionArray(detections=list(people))
    message.header.frame_id = 'camera_color_optical_frame'
    message.header.stamp.sec, message.header.stamp.nanosec = divmod(STAMP, 10**9)
    return yolo_detections.read(message, SourceSettings(), 0)


def test_ids_count_from_one_and_the_frame_is_that_of_the_points():
    (seen,) = read(person()).observations
    assert (seen.person, seen.stamp, seen.frame) == ('7', STAMP, 'base_link')
    np.testing.assert_allclose(seen.positions[INDEX['l_wrist']], POINTS[L_WRIST - 1], rtol=1e-6)
    np.testing.assert_allclose(seen.positions[INDEX['r_ankle']], POINTS[R_ANKLE - 1], rtol=1e-6)


def test_absent_key_points_are_missing():
    (seen,) = read(person(skip=(L_WRIST,))).observations
    assert np.flatnonzero(seen.states == 0).tolist() == [INDEX['l_wrist']]


def test_holes_in_the_depth_image_are_missing():
    """They all become the camera's origin, which is somewhere else in the target frame."""
    points = POINTS.copy()
    points[[L_WRIST - 1, R_WRIST - 1]] = 0.1, 0.02, 1.4
    (seen,) = read(person(points=points)).observations
    missing = [INDEX['l_wrist'], INDEX['r_wrist']]
    assert np.flatnonzero(seen.states == 0).tolist() == missing
    once = POINTS.copy()
    once[L_WRIST - 1] = 0.1, 0.02, 1.4
    other = POINTS + [0, 2, 0]
    other[L_WRIST - 1] = 0.1, 0.02, 1.4
    for seen in read(person(points=once), person('8', other)).observations:
        assert seen.states[INDEX['l_wrist']] == 0


def test_low_scores_are_missing():
    scores = np.full(17, 0.9)
    scores[L_WRIST - 1] = 0.2
    (seen,) = read(person(scores=scores)).observations
    assert seen.states[INDEX['l_wrist']] == 0


@pytest.mark.parametrize(
    ('bad', 'reason'),
    [
        ({'identity': ''}, 'empty_id'),
        ({'identity': '1'}, 'duplicate_id'),
        ({'points': ()}, 'no_keypoints3d'),
        ({'points': np.tile(POINTS, (2, 1))}, 'not_a_joint'),
        ({'points': POINTS * 1000}, 'not_metres'),
    ],
)
def test_what_is_of_no_use_costs_that_person_alone(bad, reason):
    # Apart from the bad one, whose points would pass for holes.
    good = person('1', POINTS + [0, 3, 0])
    reading = read(good, person(**bad))
    assert [seen.person for seen in reading.observations] == ['1']
    assert [drop.reason for drop in reading.drops] == [reason]


def test_other_classes_are_left_alone():
    reading = read(person('1', class_name='chair'))
    assert not reading.observations and not reading.drops
