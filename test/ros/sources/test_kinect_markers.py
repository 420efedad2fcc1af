# SPDX-License-Identifier: Apache-2.0
from types import SimpleNamespace as Plain

import numpy as np
import pytest

from nermo_ros.ros.sources import SOURCES, kinect_markers
from nermo_ros.ros.sources.source import BadMessage, SourceSettings
from nermo_ros.skeleton import body17
from nermo_ros.skeleton.sets import JOINT_SETS

SETTINGS = SourceSettings()
STAMP, RECEIPT = 7_000_000_005, 99_000_000_000
CAMERA = 'depth_camera_link'
BODY = np.random.default_rng(3).normal(size=(32, 3)) + [0, 0, 2]
WRIST = body17.INDEX['l_wrist']
ADD, DELETE, DELETE_ALL = 0, 2, 3


def marker(identity, point=(1, 2, 3), action=ADD, shape=2, stamp=STAMP, frame=CAMERA):
    stamp = Plain(sec=stamp // 10**9, nanosec=stamp % 10**9)
    x, y, z = map(float, point)
    return Plain(
        header=Plain(stamp=stamp, frame_id=frame),
        id=identity,
        type=shape,
        action=action,
        pose=Plain(position=Plain(x=x, y=y, z=z)),
    )


def body(number, positions=BODY, **keys):
    return [marker(100 * number + joint, point, **keys) for joint, point in enumerate(positions)]


def real(markers):
    """The generated message with the same content."""
    from visualization_msgs.msg import Marker

    made = SOURCES['kinect_markers'].message_type()()
    for plain in markers:
        one = Marker(id=plain.id, type=plain.type, action=plain.action)
        one.header.stamp.sec = plain.header.stamp.sec
        one.header.stamp.nanosec = plain.header.stamp.nanosec
        one.header.frame_id = plain.header.frame_id
        point = plain.pose.position
        one.pose.position.x, one.pose.position.y, one.pose.position.z = point.x, point.y, point.z
        made.markers.append(one)
    return made


@pytest.fixture(params=[lambda markers: Plain(markers=markers), real], ids=['plain', 'generated'])
def read(request):
    return lambda markers, settings=SETTINGS: kinect_markers.read(
        request.param(markers), settings, RECEIPT
    )


def reasons(reading):
    return [drop.reason for drop in reading.drops]


def test_ids_are_body_and_joint(read):
    reading = read(body(1) + body(12, BODY + 1))
    first, second = reading.observations
    assert (first.person, first.stamp, first.frame) == ('1', STAMP, CAMERA)
    assert second.person == '12'
    for joint, index in {
        'pelvis': 0,
        'l_wrist': 7,
        'r_wrist': 14,
        'l_hip': 18,
        'head': 26,
    }.items():
        canonical = body17.INDEX[joint]
        assert first.positions[canonical] == pytest.approx(BODY[index], rel=1e-5), joint
        assert second.positions[canonical] == pytest.approx(BODY[index] + 1, rel=1e-5), joint
    assert (first.states == 2).all() and not reading.drops and not reading.unstamped


def test_order_of_markers_and_bodies_does_not_matter(read):
    markers = body(0) + body(1, BODY + 1)
    shuffled = [markers[place] for place in np.random.default_rng(0).permutation(64)]
    for sent, seen in zip(read(markers).observations, read(shuffled).observations, strict=True):
        assert sent.person == seen.person
        np.testing.assert_array_equal(sent.positions, seen.positions)


def test_an_absent_joint_is_missing(read):
    (seen,) = read([one for one in body(0) if one.id != 7]).observations
    assert np.flatnonzero(seen.states == 0).tolist() == [WRIST]


@pytest.mark.parametrize('gone', [(0, 0, 0), (np.nan, 0, 1)])
def test_origin_and_nan_are_missing(read, gone):
    (seen,) = read(body(0)[:7] + [marker(7, gone)] + body(0)[8:]).observations
    assert np.flatnonzero(seen.states == 0).tolist() == [WRIST]


def test_an_empty_array_is_nobody(read):
    reading = read([])
    assert reading.observations == [] and reading.drops == [] and not reading.unstamped


def test_a_zero_stamp_is_the_receipt_and_is_told(read):
    reading = read(body(0, stamp=0))
    assert reading.observations[0].stamp == RECEIPT and reading.unstamped


def test_delete_takes_back_a_joint_and_deleteall_everything_before_it(read):
    (seen,) = read(body(0) + [marker(7, action=DELETE)]).observations
    assert seen.states[WRIST] == 0
    gone = [marker(one.id, action=DELETE) for one in body(0)]
    assert read(body(0) + gone) == read([])
    (seen,) = read(body(0) + [marker(0, action=DELETE_ALL, frame='')] + body(3)).observations
    assert seen.person == '3'
    assert read([marker(5, action=DELETE), marker(0, action=DELETE_ALL)]) == read([])


def test_of_two_markers_of_one_joint_the_later_counts(read):
    (seen,) = read(body(0) + [marker(7, (4, 5, 6))]).observations
    assert seen.positions[WRIST].tolist() == [4, 5, 6]


def test_several_stamps_in_one_array_come_out_in_order(read):
    later = STAMP + 33_000_000
    reading = read(body(0, BODY + 1, stamp=later) + body(0))
    assert [seen.stamp for seen in reading.observations] == [STAMP, later]
    assert reading.observations[1].positions[WRIST] == pytest.approx(BODY[7] + 1, rel=1e-5)


def test_one_body_in_two_frames_is_told_and_the_larger_part_stays(read):
    reading = read(body(0)[:10] + body(0, BODY + 1, frame='other')[10:] + body(1))
    assert reasons(reading) == ['mixed_frames']
    assert [(seen.person, seen.frame) for seen in reading.observations] == [
        ('0', 'other'),
        ('1', CAMERA),
    ]


@pytest.mark.parametrize(
    'stranger', [marker(7, shape=1), marker(32), marker(199), marker(-100), marker(-1)]
)
def test_other_markers_are_told_once_and_not_used(read, stranger):
    reading = read([stranger, stranger, *body(4)])
    assert [seen.person for seen in reading.observations] == ['4']
    assert reasons(reading) == ['not_a_joint'] and reading.drops[0].text.startswith('2 markers')


@pytest.mark.parametrize('joints', [25, 26])
def test_the_joints_of_the_old_sdk_are_refused_and_no_other_body(read, joints):
    reading = read(body(0, BODY[:joints]) + body(1))
    assert [seen.person for seen in reading.observations] == ['1']
    assert reasons(reading) == ['old_sdk'] and 'update' in reading.drops[0].text


def test_as_many_joints_of_the_new_sdk_are_read(read):
    (seen,) = read(body(0)[6:]).observations
    assert seen.positions[body17.INDEX['head']] == pytest.approx(BODY[26], rel=1e-5)


@pytest.mark.parametrize(
    ('bad', 'reason'),
    [
        (body(0, frame=''), 'no_frame'),
        (body(0, BODY * 1e9), 'bad_positions'),
        (body(0, BODY * np.nan), 'nothing_seen'),
        ([marker(9)], 'nothing_seen'),
    ],
)
def test_a_bad_body_is_dropped_and_no_other(read, bad, reason):
    reading = read(bad + body(1))
    assert [seen.person for seen in reading.observations] == ['1']
    assert reasons(reading) == [reason]


def test_the_settings_may_name_frame_and_joint_set(read):
    (seen,) = read(body(0, frame=''), SourceSettings(frame='cam')).observations
    assert seen.frame == 'cam'
    with pytest.raises(BadMessage, match='k4abt32') as error:
        read(body(0), SourceSettings(joint_set='k4abt'))
    assert error.value.reason == 'no_joint_set'


def test_what_is_written_is_read():
    person = np.random.default_rng(4).normal(size=(17, 3)).astype(np.float32)
    person[[4, 16]] = np.nan
    sent = kinect_markers.write({'3': person}, JOINT_SETS['k4abt32'], STAMP, 'world')
    assert {one.type for one in sent.markers} == {2}
    (seen,) = kinect_markers.read(sent, SETTINGS, RECEIPT).observations
    assert (seen.person, seen.stamp, seen.frame) == ('3', STAMP, 'world')
    assert np.flatnonzero(seen.states == 0).tolist() == [4, 16]
    np.testing.assert_array_equal(seen.positions, np.nan_to_num(person))


def test_nobody_is_written_as_an_empty_array_and_names_are_refused():
    joint_set = JOINT_SETS['k4abt32']
    assert kinect_markers.write({}, joint_set, STAMP, 'world').markers == []
    with pytest.raises(ValueError, match='whole numbers'):
        kinect_markers.write({'giver': np.ones((17, 3))}, joint_set, STAMP, 'world')
