# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.ros.sources import zed_objects
from nermo_ros.ros.sources.source import SourceSettings
from nermo_ros.skeleton.body17 import INDEX

pytestmark = pytest.mark.usefixtures('driver_messages')
POINTS = np.random.default_rng(1).normal(size=(70, 3)) + [3, 0, 1]
STAMP, RECEIPT = 7_000_000_005, 99_000_000_000
BODY_18, BODY_34, BODY_38, BODY_70 = range(4)


def body(identity=4, body_format=BODY_38, count=38, **fields):
    from zed_msgs.msg import Object

    made = Object(label=f'Body_{identity}', label_id=identity, tracking_state=1)
    made.tracking_available = made.skeleton_available = True
    made.body_format = body_format
    for keypoint, point in zip(made.skeleton_3d.keypoints[:count], POINTS, strict=False):
        keypoint.kp = np.asarray(point, np.float32)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def read(*bodies):
    from zed_msgs.msg import ObjectsStamped

    message = ObjectsStamped(objects=list(bodies))
    message.header.frame_id = 'zed_left_camera_frame'
    message.header.stamp.sec, message.header.stamp.nanosec = divmod(STAMP, 10**9)
    return zed_objects.read(message, SourceSettings(), RECEIPT)


@pytest.mark.parametrize(
    ('body_format', 'count', 'wrist'), [(BODY_18, 18, 7), (BODY_34, 34, 7), (BODY_38, 38, 16)]
)
def test_only_the_joints_of_the_format_count(body_format, count, wrist):
    (seen,) = read(body(body_format=body_format, count=count)).observations
    assert (seen.person, seen.stamp, seen.frame) == ('4', STAMP, 'zed_left_camera_frame')
    np.testing.assert_allclose(seen.positions[INDEX['l_wrist']], POINTS[wrist], rtol=1e-6)
    assert (seen.states == 2).all()


def test_nan_is_missing():
    made = body()
    made.skeleton_3d.keypoints[16].kp = np.full(3, np.nan, np.float32)
    (seen,) = read(made).observations
    assert np.flatnonzero(seen.states == 0).tolist() == [INDEX['l_wrist']]


def test_padding_of_a_shorter_body_is_missing_and_no_joint_at_the_camera():
    (seen,) = read(body(body_format=BODY_38, count=20)).observations
    assert seen.states[INDEX['l_knee']] == seen.states[INDEX['r_ankle']] == 0


@pytest.mark.parametrize(('tracking_state', 'state'), [(1, 2), (2, 1), (3, 1)])
def test_a_body_that_is_searched_is_inferred(tracking_state, state):
    (seen,) = read(body(tracking_state=tracking_state)).observations
    assert (seen.states == state).all()


def test_confidences_where_the_wrapper_sends_them():
    percent = [80.0] * 70
    percent[16], percent[17] = 20.0, float('nan')
    (seen,) = read(body(skeleton_keypoint_confidence=percent)).observations
    assert np.flatnonzero(seen.states == 0).tolist() == [INDEX['l_wrist'], INDEX['r_wrist']]
    assert seen.confidences[0] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ('fields', 'reason'),
    [
        ({'skeleton_available': False}, 'no_skeleton'),
        ({'tracking_state': 0}, 'not_tracked'),
        ({'identity': -1}, 'not_tracked'),
        ({'body_format': BODY_70}, 'unknown_body_format'),
        ({'identity': 1}, 'duplicate_id'),
    ],
)
def test_what_is_of_no_use_costs_that_body_alone(fields, reason):
    reading = read(body(identity=1), body(**fields))
    assert [seen.person for seen in reading.observations] == ['1']
    assert [drop.reason for drop in reading.drops] == [reason]


def test_nobody():
    assert read().observations == []
