# SPDX-License-Identifier: Apache-2.0
import numpy as np

from nermo_ros.ros.outputs import repaired
from nermo_ros.ros.sources import SOURCES
from nermo_ros.ros.sources.source import SourceSettings

STAMP = 1_700_000_000_123_456_789


def test_positions_and_states_arrive(forecast):
    message = repaired.message(forecast, 'map')
    assert message.header.frame_id == 'map'
    for row, person in enumerate(message.people):
        assert person.id == forecast.ids[row] and not person.confidences
        np.testing.assert_array_equal(person.positions, forecast.repaired[row].ravel())
        np.testing.assert_array_equal(person.states, forecast.states[row])


def test_a_second_node_can_read_it(forecast):
    forecast.repaired[:] += 1  # no joint in the origin
    source = SOURCES['skeleton_array']
    reading = source.read(repaired.message(forecast, 'map'), SourceSettings(), 0)
    assert [o.person for o in reading.observations] == ['ada', 'bob']
    assert reading.observations[0].stamp == STAMP
    np.testing.assert_array_equal(reading.observations[0].states, forecast.states[0])
    np.testing.assert_array_equal(reading.observations[1].positions, forecast.repaired[1])


def test_nobody():
    message = repaired.nobody(STAMP, 'map')
    assert not message.people and message.header.stamp.nanosec == STAMP % 10**9
