# SPDX-License-Identifier: Apache-2.0
from types import SimpleNamespace as Plain

import numpy as np
import pytest

from nermo_ros.ros.sources import SOURCES, pose_array
from nermo_ros.ros.sources.source import BadMessage, SourceSettings
from nermo_ros.skeleton import body17
from nermo_ros.skeleton.sets import JOINT_SETS

SETTINGS = SourceSettings(joint_set='mediapipe33', person_id='guest')
STAMP, RECEIPT = 5_000_000_001, 99_000_000_000
MEDIAPIPE = np.random.default_rng(1).normal(size=(33, 3))


def message(positions, stamp=STAMP, frame='camera'):
    stamp = Plain(sec=stamp // 10**9, nanosec=stamp % 10**9)
    points = [Plain(x=float(x), y=float(y), z=float(z)) for x, y, z in positions]
    poses = [Plain(position=point) for point in points]
    return Plain(header=Plain(stamp=stamp, frame_id=frame), poses=poses)


def real(plain):
    """The generated message with the same content."""
    from geometry_msgs.msg import Point, Pose

    made = SOURCES['pose_array'].message_type()()
    made.header.stamp.sec = plain.header.stamp.sec
    made.header.stamp.nanosec = plain.header.stamp.nanosec
    made.header.frame_id = plain.header.frame_id
    made.poses = [Pose(position=Point(**vars(pose.position))) for pose in plain.poses]
    return made


@pytest.fixture(params=[lambda plain: plain, real], ids=['plain', 'generated'])
def read(request):
    return lambda *args, settings=SETTINGS, **keys: pose_array.read(
        request.param(message(*args, **keys)), settings, RECEIPT
    )


def test_the_person_is_read_in_the_joint_set_of_the_settings(read):
    reading = read(MEDIAPIPE)
    (seen,) = reading.observations
    assert (seen.person, seen.stamp, seen.frame) == ('guest', STAMP, 'camera')
    assert seen.positions[body17.INDEX['l_wrist']] == pytest.approx(MEDIAPIPE[15], rel=1e-6)
    assert seen.positions[body17.INDEX['r_knee']] == pytest.approx(MEDIAPIPE[26], rel=1e-6)
    assert (seen.states == 2).all() and not reading.drops and not reading.unstamped


@pytest.mark.parametrize('gone', [np.nan, 0.0, [np.nan, 1, 1]])
def test_nan_and_the_exact_origin_are_missing(read, gone):
    positions = MEDIAPIPE.copy()
    positions[15] = gone
    (seen,) = read(positions).observations
    assert np.flatnonzero(seen.states == 0).tolist() == [body17.INDEX['l_wrist']]
    assert not seen.positions[body17.INDEX['l_wrist']].any()


def test_a_joint_on_one_plane_of_the_origin_is_seen(read):
    positions = MEDIAPIPE.copy()
    positions[15] = 0, 0, 1
    assert read(positions).observations[0].states.all()


def test_no_poses_are_nobody(read):
    reading = read([], frame='', stamp=0)
    assert reading.observations == [] and reading.drops == [] and not reading.unstamped


def test_a_zero_stamp_is_the_receipt_and_is_told(read):
    reading = read(MEDIAPIPE, stamp=0)
    assert reading.observations[0].stamp == RECEIPT and reading.unstamped


@pytest.mark.parametrize(
    ('positions', 'keys', 'reason', 'advice'),
    [
        (MEDIAPIPE[:32], {}, 'wrong_length', '33'),
        (MEDIAPIPE, {'settings': SourceSettings()}, 'no_joint_set', 'body17'),
        (MEDIAPIPE, {'settings': SourceSettings(joint_set='kinect')}, 'no_joint_set', "'kinect'"),
        (MEDIAPIPE, {'frame': ''}, 'no_frame', 'source_frame'),
    ],
)
def test_a_useless_message_is_refused_with_advice(read, positions, keys, reason, advice):
    with pytest.raises(BadMessage, match=advice) as error:
        read(positions, **keys)
    assert error.value.reason == reason


@pytest.mark.parametrize(
    ('positions', 'reason'),
    [
        (MEDIAPIPE * np.nan, 'nothing_seen'),
        (np.where(MEDIAPIPE > 1, np.inf, MEDIAPIPE), 'bad_positions'),
        (MEDIAPIPE * 1e300, 'bad_positions'),
    ],
)
def test_a_bad_person_is_dropped(read, positions, reason):
    reading = read(positions)
    assert reading.observations == [] and [drop.reason for drop in reading.drops] == [reason]


def test_what_is_written_is_read():
    body = np.random.default_rng(2).normal(size=(17, 3)).astype(np.float32)
    body[4] = np.nan
    sent = pose_array.write({'a': body}, JOINT_SETS['h36m17'], STAMP, 'world')
    assert len(sent.poses) == 17
    settings = SourceSettings(joint_set='h36m17')
    (seen,) = pose_array.read(sent, settings, RECEIPT).observations
    wrist = body17.INDEX['r_wrist']
    assert seen.positions[wrist] == pytest.approx(body[wrist]) and seen.states[4] == 0
    assert (seen.stamp, seen.frame, seen.person) == (STAMP, 'world', 'person')


def test_nobody_is_written_as_no_poses_and_two_people_are_refused():
    body = np.ones((17, 3))
    assert pose_array.write({}, JOINT_SETS['body17'], STAMP, 'world').poses == []
    with pytest.raises(ValueError, match='topic for each'):
        pose_array.write({'a': body, 'b': body}, JOINT_SETS['body17'], STAMP, 'world')
