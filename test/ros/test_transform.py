# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nermo_ros.observation.observation import JointState, Observation
from nermo_ros.ros.sources.source import BadMessage
from nermo_ros.ros.tf import Rigid, TransformError
from nermo_ros.ros.transform import FrameGate, TooEarly

SECOND = 10**9
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
    with pytest.raises(BadMessage, match='topic of its own'):
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


class Moving:
    """A sensor that moves a metre a second along x and of which nothing is known after 8 s."""

    def at(self, target, source, stamp):
        if source != 'camera':
            raise TransformError(f'{source} does not exist')
        if stamp > 8 * SECOND:
            raise TransformError('extrapolation into the future', early=True)
        return Rigid(np.eye(3), np.array([stamp / SECOND, 0, 0]))

    def newest(self, target, source):
        return 8 * SECOND


def test_tf2_is_asked_at_the_stamp_of_the_observation():
    gate = FrameGate('map', (), Moving())
    for stamp in (3, 5):
        moved = gate(replace(observation(), stamp=stamp * SECOND))
        np.testing.assert_allclose(moved.positions[0], [1 + stamp, 2, 3], atol=1e-6)
        assert moved.frame == 'map'


def test_what_tf2_does_not_know_is_named():
    gate = FrameGate('map', (), Moving())
    with pytest.raises(TooEarly) as error:
        gate(replace(observation(), stamp=9 * SECOND))
    assert error.value.reason == 'no_transform'
    with pytest.raises(BadMessage, match='elsewhere does not exist') as error:
        gate(observation('elsewhere'))
    assert type(error.value) is BadMessage and error.value.reason == 'no_transform'


def test_a_given_mount_goes_before_tf2():
    moved = FrameGate('map', (0, 0, 9, 0, 0, 0, 1), Moving())(observation('elsewhere'))
    np.testing.assert_allclose(moved.positions[0], [1, 2, 12], atol=1e-6)
