# SPDX-License-Identifier: Apache-2.0
from types import SimpleNamespace as Plain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nermo_ros.ros.sources import SOURCES, skeleton_array
from nermo_ros.ros.sources.source import BadMessage, SourceSettings
from nermo_ros.skeleton import body17
from nermo_ros.skeleton.sets import JOINT_SETS

SETTINGS = SourceSettings(confidence_threshold=0.3)
STAMP, RECEIPT = 12_000_000_034, 99_000_000_000
J = len(body17.JOINTS)
BODY = np.arange(1, 3 * J + 1, dtype=np.float32).reshape(J, 3) / 10


def person(name='a', positions=BODY, confidences=(), states=()):
    return Plain(
        id=name,
        positions=np.asarray(positions, np.float32).ravel(),
        confidences=list(confidences),
        states=list(states),
    )


def message(*people, joint_names=body17.JOINTS, stamp=STAMP, frame='camera'):
    stamp = Plain(sec=stamp // 10**9, nanosec=stamp % 10**9)
    header = Plain(stamp=stamp, frame_id=frame)
    return Plain(header=header, joint_names=list(joint_names), people=list(people))


def real(plain):
    """The generated message with the same content."""
    from nermo_ros.msg import Skeleton

    made = SOURCES['skeleton_array'].message_type()()
    made.header.stamp.sec = plain.header.stamp.sec
    made.header.stamp.nanosec = plain.header.stamp.nanosec
    made.header.frame_id = plain.header.frame_id
    made.joint_names = plain.joint_names
    made.people = [
        Skeleton(
            id=one.id,
            positions=one.positions.tolist(),
            confidences=one.confidences,
            states=one.states,
        )
        for one in plain.people
    ]
    return made


@pytest.fixture(params=[lambda plain: plain, real], ids=['plain', 'generated'])
def read(request):
    return lambda *people, **keys: skeleton_array.read(
        request.param(message(*people, **keys)), SETTINGS, RECEIPT
    )


def reasons(reading):
    return [drop.reason for drop in reading.drops]


def test_a_person_is_read_as_sent(read):
    reading = read(person('a'), person('b', BODY + 1))
    first, second = reading.observations
    assert (first.stamp, first.frame, first.person) == (STAMP, 'camera', 'a')
    np.testing.assert_array_equal(first.positions, BODY)
    np.testing.assert_array_equal(second.positions, BODY + 1)
    assert (first.states == 2).all() and (first.confidences == 1).all()
    assert not reading.drops and not reading.unstamped


def test_missing_joints_are_zero_and_masked(read):
    positions = BODY.copy()
    positions[3], positions[5] = np.nan, 0
    states = np.full(J, 2)
    states[8] = 1
    confidences = np.full(J, 0.9)
    confidences[11] = 0.2
    (seen,) = read(person('a', positions, confidences, states)).observations
    assert np.flatnonzero(seen.states == 0).tolist() == [3, 5, 11]
    assert np.flatnonzero(seen.states == 1).tolist() == [8]
    assert not seen.positions[[3, 5, 11]].any()
    assert seen.confidences[11] == 0 and seen.confidences[8] == np.float32(0.9)


def test_another_joint_set_is_mapped(read):
    joint_set = JOINT_SETS['k4abt32']
    positions = np.random.default_rng(0).normal(size=(len(joint_set.joints), 3))
    (seen,) = read(person('a', positions), joint_names=joint_set.joints).observations
    assert seen.positions[body17.INDEX['l_wrist']] == pytest.approx(positions[7])
    assert seen.positions[body17.INDEX['r_hip']] == pytest.approx(positions[22])


def test_nobody_needs_neither_frame_nor_names(read):
    reading = read(joint_names=[], frame='', stamp=0)
    assert reading.observations == [] and reading.drops == []


def test_a_zero_stamp_is_the_receipt_and_is_told(read):
    reading = read(person(), stamp=0)
    assert reading.observations[0].stamp == RECEIPT and reading.unstamped


@pytest.mark.parametrize(
    ('keys', 'reason', 'advice'),
    [
        ({'frame': ''}, 'no_frame', 'source_frame'),
        ({'joint_names': ['nose', 'tail']}, 'unknown_joints', 'body17'),
        ({'joint_names': []}, 'unknown_joints', 'body17'),
        ({'joint_names': body17.JOINTS[::-1]}, 'unknown_joints', 'order'),
    ],
)
def test_a_useless_message_is_refused_with_advice(read, keys, reason, advice):
    with pytest.raises(BadMessage, match=advice) as error:
        read(person(), **keys)
    assert error.value.reason == reason


@pytest.mark.parametrize(
    ('bad', 'reason'),
    [
        (person(''), 'empty_id'),
        (person('good', BODY + 5), 'duplicate_id'),
        (person('b', BODY[:5]), 'wrong_length'),
        (person('b', []), 'wrong_length'),
        (person('b', BODY, [0.5]), 'wrong_length'),
        (person('b', BODY, (), [2] * (J + 1)), 'wrong_length'),
        (person('b', np.where(BODY > 4, np.inf, BODY)), 'bad_positions'),
        (person('b', BODY * 1e6), 'bad_positions'),
        (person('b', BODY, [1.5] * J), 'bad_confidences'),
        (person('b', BODY, [float('nan')] * J), 'bad_confidences'),
        (person('b', BODY, (), [7] * J), 'bad_states'),
        (person('b', BODY * np.nan), 'nothing_seen'),
        (person('b', BODY, [0.1] * J), 'nothing_seen'),
    ],
)
def test_a_bad_person_is_dropped_and_no_other(read, bad, reason):
    reading = read(person('good'), bad, person('last', BODY + 2))
    assert [seen.person for seen in reading.observations] == ['good', 'last']
    np.testing.assert_array_equal(reading.observations[0].positions, BODY)
    assert reasons(reading) == [reason]
    assert len(reading.drops[0].text) > 20


def test_the_settings_frame_replaces_the_message_frame():
    reading = skeleton_array.read(message(person()), SourceSettings(frame='map'), RECEIPT)
    assert reading.observations[0].frame == 'map'


def test_the_message_may_be_changed_after_reading():
    sent = real(message(person()))
    (seen,) = skeleton_array.read(sent, SETTINGS, RECEIPT).observations
    sent.people[0].positions[0] = -7.0
    assert seen.positions[0, 0] == BODY[0, 0]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(width=32), max_size=3 * J),
    st.lists(st.floats(width=32), max_size=J),
    st.lists(st.integers(0, 255), max_size=J),
    st.text(max_size=3),
    st.booleans(),
)
def test_nothing_else_is_raised_and_no_nan_passes(positions, confidences, states, name, fill):
    if fill:
        positions = (positions + [1.0] * 3 * J)[: 3 * J]
    reading = skeleton_array.read(
        message(person(name, positions, confidences, states), person('good')), SETTINGS, RECEIPT
    )
    assert 'good' in [seen.person for seen in reading.observations]
    assert len(reading.observations) + len(reading.drops) == 2
    for seen in reading.observations:
        assert np.isfinite(seen.positions).all() and not seen.positions[seen.states == 0].any()


def test_what_is_written_is_read():
    people = {'a': BODY.copy(), 'b': BODY + 1}
    people['a'][4] = np.nan
    sent = skeleton_array.write(people, JOINT_SETS['body17'], STAMP, 'world')
    first, second = skeleton_array.read(sent, SETTINGS, RECEIPT).observations
    assert (first.person, first.stamp, first.frame) == ('a', STAMP, 'world')
    assert first.states[4] == 0 and (np.delete(first.states, 4) == 2).all()
    np.testing.assert_array_equal(second.positions, BODY + 1)


def test_people_of_another_shape_are_not_written():
    with pytest.raises(ValueError, match=r'\(17, 3\)'):
        skeleton_array.write({'a': BODY[:4]}, JOINT_SETS['body17'], STAMP, 'world')
