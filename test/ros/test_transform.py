# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nermo_ros.observation.observation import JointState, Observation
from nermo_ros.ros.sources.source import BadMessage
from nermo_ros.ros.transform import FrameGate

HALF = np.sqrt(0.5)


def observation(frame='camera', position=(1.0, 2.0, 3.0)):
    positions = np.tile(np.array(position, np.float32), (17, 1))
    states = np.full(17, JointState.OBSERVED, np.uint8)
    positions[3], states[3] = 0, JointState.MISSING
    return Observation(5, frame, 'ada', positions, states, np.ones(17, np.float32))


def test_without_a_target_the_first_frame_is_kept():
    gate = FrameGate()
    assert gate.frame == ''
    seen = observation()
    assert gate(seen) is seen and gate.frame == 'camera'
    with pytest.raises(BadMessage, match='deactivate and activate') as error:
        gate(observation('other'))
    assert error.value.reason == 'no_transform'


def test_people_already_in_the_target_frame_pass():
    gate = FrameGate('map', (0, 0, 9, 0, 0, 0, 1))
    seen = observation('map')
    assert gate(seen) is seen and gate.frame == 'map'


def test_another_frame_without_a_transform_says_what_to_set():
    with pytest.raises(BadMessage, match='set sensor_transform'):
        FrameGate('map')(observation())


def test_a_second_sensor_is_refused():
    gate = FrameGate('map', (0, 0, 9, 0, 0, 0, 1))
    gate(observation('camera'))
    with pytest.raises(BadMessage, match='one sensor'):
        gate(observation('other'))


def test_a_quarter_turn_about_z_and_a_shift():
    moved = FrameGate('map', (10, 0, 1, 0, 0, HALF, HALF))(observation())
    assert moved.frame == 'map' and moved.positions.dtype == np.float32
    np.testing.assert_allclose(moved.positions[0], [10 - 2, 1, 4], atol=1e-6)
    np.testing.assert_array_equal(moved.positions[3], 0)
    assert moved.stamp == 5 and moved.person == 'ada'


def test_an_optical_frame_stands_up():
    """x right, y down, z forwards -> x forwards, y left, z up (REP 103)."""
    moved = FrameGate('map', (0, 0, 0, -0.5, 0.5, -0.5, 0.5))(observation(position=(1, 2, 3)))
    np.testing.assert_allclose(moved.positions[0], [3, -1, -2], atol=1e-6)


@given(st.lists(st.floats(-5, 5), min_size=7, max_size=7), st.integers(0, 1000))
def test_distances_are_kept(pose, seed):
    if np.linalg.norm(pose[3:]) < 0.1:
        pose[6] = 1.0
    seen = observation()
    seen.positions[:] = np.random.default_rng(seed).normal(size=(17, 3))
    moved = FrameGate('map', tuple(pose))(seen).positions
    before = np.linalg.norm(seen.positions[4:] - seen.positions[4], axis=1)
    after = np.linalg.norm(moved[4:] - moved[4], axis=1)
    np.testing.assert_allclose(after, before, atol=1e-4)
