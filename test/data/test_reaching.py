# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.data import reaching
from nermo_ros.data.reaching import reach
from nermo_ros.data.torso import torso_axes
from nermo_ros.recordings.recording import load_recording
from nermo_ros.skeleton.body17 import INDEX, PARENTS

TIMES = np.linspace(-1, 1, 201)


@pytest.fixture(scope='module')
def poses():
    return load_recording('cmu_walking').positions[0, ::2]


@pytest.fixture(scope='module')
def moved(poses):
    return reach(np.random.default_rng(0), poses, np.tile(TIMES, (len(poses), 1)))


@pytest.fixture
def gliding(monkeypatch):
    """Nobody stays on their feet."""
    monkeypatch.setattr(reaching, 'STANDING', 0.0)


@pytest.fixture
def standing(monkeypatch):
    """Everybody does."""
    monkeypatch.setattr(reaching, 'STANDING', 1.0)


def many(pose, count=50, seed=3):
    return reach(
        np.random.default_rng(seed), np.repeat(pose, count, 0), np.tile(TIMES, (count, 1))
    )


def test_now_is_the_pose(gliding, poses):
    moved = reach(np.random.default_rng(0), poses, np.tile(TIMES, (len(poses), 1)))
    assert moved.shape == (len(poses), len(TIMES), 17, 3) and moved.dtype == np.float32
    np.testing.assert_allclose(moved[:, 100], poses, atol=1e-6)


def test_some_people_stay_on_their_feet(poses, moved):
    ankles = [INDEX['l_ankle'], INDEX['r_ankle']]
    off = np.linalg.norm(moved[:, :, ankles] - poses[:, None, ankles], axis=-1).max((1, 2))
    moving = np.abs(np.diff(moved[:, :, 0], axis=1)).max((1, 2)) > 1e-6
    assert 0.3 < (off[moving] < 0.05).mean() < 0.8


def test_who_stands_crouches_and_never_floats(standing, poses):
    moved = many(poses[:1], 200)
    depth = poses[0, 0, 2] - moved[:, :, 0, 2]
    assert (depth > 0.2).any(1).mean() > 0.1 and (depth < 0.02).any(1).mean() > 0.4
    assert depth.min() > -1e-6


def test_who_crouches_leans_forward(standing, poses):
    moved = many(poses[:1], 200)
    depth = poses[0, 0, 2] - moved[:, :, 0, 2]
    forward = torso_axes(poses[:1])[0, 1]
    lean = (moved[:, :, INDEX['neck']] - moved[:, :, 0]) @ forward
    assert lean[depth > 0.2].mean() > lean[np.abs(depth) < 0.02].mean() + 0.05


def test_bones_keep_their_lengths(poses, moved):
    bones = np.linalg.norm(moved - moved[:, :, list(PARENTS)], axis=-1)
    before = np.linalg.norm(poses - poses[:, list(PARENTS)], axis=-1)
    np.testing.assert_allclose(bones, np.broadcast_to(before[:, None], bones.shape), atol=1e-5)


def test_movements_are_smooth_and_as_fast_as_people(moved):
    wrists = moved[:, :, [INDEX['l_wrist'], INDEX['r_wrist']]]
    velocity = np.diff(wrists, axis=1) / (TIMES[1] - TIMES[0])
    speed = np.linalg.norm(velocity, axis=-1)
    assert 0.1 < speed.mean() < 1 and speed.max() < 5
    change = np.linalg.norm(np.diff(velocity, axis=1), axis=-1)
    assert change.max() < 0.2 * speed.max()  # from one hundredth of a second to the next


def test_some_people_stand_still_and_parts_move_by_themselves(moved):
    still = np.abs(moved - moved[:, :1]).max((1, 3)) < 1e-6  # (P, 17)
    assert 0.3 < still[:, INDEX['pelvis']].mean() < 0.8
    hips = moved - moved[:, :, :1]
    arm = np.abs(hips - hips[:, :1]).max((1, 3))[:, INDEX['l_wrist']]
    assert (arm > 0.05).mean() > 0.5


def test_turns_about_the_vertical_keep_feet_on_the_ground(gliding, poses):
    """Of the whole body: heights change by the travel alone."""
    moved = many(poses[:1])
    hips = moved[:, :, [INDEX['l_hip'], INDEX['r_hip']]] - moved[:, :, :1]
    now = np.broadcast_to(hips[:, 100:101, :, 2], hips[..., 2].shape)
    np.testing.assert_allclose(hips[..., 2], now, atol=1e-5)


def test_other_numbers_are_other_movements(poses):
    one, two = (
        reach(np.random.default_rng(seed), poses[:4], np.tile(TIMES, (4, 1))) for seed in (0, 1)
    )
    assert np.abs(one - two).max() > 0.05
    again = reach(np.random.default_rng(0), poses[:4], np.tile(TIMES, (4, 1)))
    np.testing.assert_array_equal(one, again)
