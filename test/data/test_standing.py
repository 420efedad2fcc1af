# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.data.standing import stand
from nermo_ros.data.torso import torso_axes
from nermo_ros.recordings.recording import load_recording
from nermo_ros.skeleton.body17 import INDEX, PARENTS

ANKLES = [INDEX['l_ankle'], INDEX['r_ankle']]
KNEES = [INDEX['l_knee'], INDEX['r_knee']]


@pytest.fixture(scope='module')
def poses():
    return load_recording('cmu_walking').positions[0, ::20].astype(float)


def shifted(poses, shift):
    """stand() after the whole body went by a shift (3,) m, (P, 17, 3)."""
    moved = (poses + np.asarray(shift, float))[:, None]
    return stand(moved, poses, np.tile(np.eye(3), (len(poses), 1, 1, 1)))[:, 0]


def test_who_does_not_move_stands_as_before(poses):
    stood = shifted(poses, [0, 0, 0])
    np.testing.assert_allclose(stood[:, ANKLES], poses[:, ANKLES], atol=1e-9)
    assert np.abs(stood - poses).max() < 0.05  # a knee almost straight may turn forward


@pytest.mark.parametrize('shift', [(0, 0, -0.3), (0.05, 0.1, -0.15), (0, 0, -0.02)])
def test_feet_stay_and_knees_bend_when_the_hips_sink(poses, shift):
    stood = shifted(poses, shift)
    np.testing.assert_allclose(stood[:, ANKLES], poses[:, ANKLES], atol=1e-9)
    others = [j for j in range(17) if j not in ANKLES + KNEES]
    np.testing.assert_allclose(stood[:, others], poses[:, others] + shift)


@pytest.mark.parametrize('shift', [(0, 0, 0.5), (1, 0, 0), (0, 0, -0.6), (0, 0, -2)])
def test_bones_keep_their_lengths_out_of_reach_too(poses, shift):
    stood = shifted(poses, shift)
    after, before = (
        np.linalg.norm(body - body[:, list(PARENTS)], axis=-1) for body in (stood, poses)
    )
    np.testing.assert_allclose(after, before, atol=1e-9)


def test_feet_out_of_reach_hang_towards_their_place(poses):
    stood = shifted(poses, [0, 0, 0.5])
    hips = stood[:, [INDEX['l_hip'], INDEX['r_hip']]]
    wanted = poses[:, ANKLES] - hips
    wanted /= np.linalg.norm(wanted, axis=-1, keepdims=True)
    leg = stood[:, ANKLES] - hips
    np.testing.assert_allclose(leg / np.linalg.norm(leg, axis=-1, keepdims=True), wanted)


def test_straight_legs_bend_forward(poses):
    straight = poses.copy()
    for side in 'l_', 'r_':
        hip, knee, ankle = (INDEX[side + name] for name in ('hip', 'knee', 'ankle'))
        straight[:, knee] = straight[:, hip] - [0, 0, 0.45]
        straight[:, ankle] = straight[:, hip] - [0, 0, 0.9]
    stood = shifted(straight, [0, 0, -0.2])
    bend = stood[:, KNEES] - (stood[:, [INDEX['l_hip'], INDEX['r_hip']]] + stood[:, ANKLES]) / 2
    forward = torso_axes(straight)[:, None, 1]
    assert ((bend * forward).sum(-1) > 0.2).all()


def test_knees_turn_with_the_pelvis(poses):
    """A quarter turn to the left of somebody who sinks: the knees point left of where they did."""
    quarter = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1.0]])
    moved = (poses - [0, 0, 0.2])[:, None]
    stood = stand(moved, poses, np.tile(quarter, (len(poses), 1, 1, 1)))[:, 0]
    ahead = shifted(poses, [0, 0, -0.2])
    left = torso_axes(poses)[:, None, 0]
    assert (((stood - ahead)[:, KNEES] * left).sum(-1) > 0).mean() > 0.9


def test_what_was_given_is_not_changed(poses):
    moved = (poses - [0, 0, 0.2])[:, None]
    before = moved.copy()
    stand(moved, poses, np.tile(np.eye(3), (len(poses), 1, 1, 1)))
    np.testing.assert_array_equal(moved, before)
