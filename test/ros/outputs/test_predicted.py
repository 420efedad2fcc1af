# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

from nermo_ros.forecast.forecast import Status
from nermo_ros.ros.outputs import predicted
from nermo_ros.skeleton.body17 import JOINTS

STAMP = 1_700_000_000_123_456_789


def test_everything_arrives(forecast):
    message = predicted.message(forecast, 'map', age=0.25, latency=0.125)
    assert (message.header.stamp.sec, message.header.stamp.nanosec) == divmod(STAMP, 10**9)
    assert message.header.frame_id == 'map' and message.model == 'tiny 7'
    assert (message.age, message.latency) == (0.25, 0.125)
    assert list(message.joint_names) == list(JOINTS)
    np.testing.assert_array_equal(message.times_from_start, forecast.times)
    for row, person in enumerate(message.people):
        assert person.id == forecast.ids[row]
        np.testing.assert_array_equal(person.positions, forecast.positions[row].ravel())
        np.testing.assert_array_equal(person.observed_fraction, 0.75)
        assert not person.radii
    assert [p.status for p in message.people] == [Status.OK, Status.PARTIAL]
    assert message.people[1].observation_age == pytest.approx(0.1)


def test_radii_in_the_order_of_positions(forecast):
    radii = np.random.default_rng(0).random((2, 4, 17)).astype(np.float32)
    message = predicted.message(replace(forecast, radii=radii), 'map', only=['bob', 'ada'])
    for row, person in zip((1, 0), message.people, strict=True):
        np.testing.assert_array_equal(np.array(person.radii).reshape(4, 17), radii[row])


def test_some_people_in_their_order(forecast):
    message = predicted.message(forecast, 'map', only=['bob', 'ada'])
    assert [p.id for p in message.people] == ['bob', 'ada']
    np.testing.assert_array_equal(message.people[0].positions, forecast.positions[1].ravel())
    with pytest.raises(ValueError):
        predicted.message(forecast, 'map', only=['eve'])


def test_positions_need_not_be_contiguous(forecast):
    turned = np.asfortranarray(forecast.positions[0])
    np.testing.assert_array_equal(predicted.floats(turned), forecast.positions[0].ravel())


def test_nobody():
    message = predicted.nobody(STAMP, 'map', 'tiny 7', np.array([0.5], np.float32))
    assert not message.people and message.model == 'tiny 7'
    assert list(message.times_from_start) == [0.5] and list(message.joint_names) == list(JOINTS)


@pytest.mark.parametrize('stamp', [0, 1, 10**9 - 1, 10**9, STAMP])
def test_stamps_are_exact(stamp):
    header = predicted.header(stamp, '')
    assert header.stamp.sec * 10**9 + header.stamp.nanosec == stamp
