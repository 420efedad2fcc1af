# SPDX-License-Identifier: Apache-2.0
"""What the shipped body17 promises, on motions and bodies that it was not trained on."""

import math

import numpy as np
import pytest

from nermo_ros.data.missing import EVALUATION
from nermo_ros.evaluation.horizons import HORIZONS
from nermo_ros.evaluation.true_time import at, windows
from nermo_ros.forecast.baseline import constant_velocity
from nermo_ros.inference.backends import open_predictor
from nermo_ros.recordings.recording import load_recording
from nermo_ros.skeleton.body17 import BONES, MIRROR

AHEAD = np.linspace(0, 1, 26)


@pytest.fixture(scope='module')
def predictor():
    predictor = open_predictor('body17')
    yield predictor
    predictor.close()


@pytest.fixture(scope='module')
def walk():
    return load_recording('cmu_walking').positions[0]


def seen(sequence, predictor, camera=30.0):
    times, positions, mask, truth = windows(sequence, camera, predictor.card.samples)
    return times, positions, mask, truth


def asked(people, times):
    return np.tile(np.float32(times), (people, 1))


def mean_error(forecast, truth):
    return np.linalg.norm(forecast - truth, axis=-1).mean((0, 2))


def test_moving_the_origin_moves_the_forecast(predictor, walk):
    times, positions, mask, _ = seen(walk, predictor)
    query, away = asked(len(times), AHEAD), np.float32([2.5, -4.0, 0.9])
    moved = predictor(times, (positions + away) * mask[..., None], mask, query)
    np.testing.assert_allclose(moved, predictor(times, positions, mask, query) + away, atol=1e-4)


def test_turning_about_gravity_turns_the_forecast(predictor, walk):
    times, positions, mask, _ = seen(walk, predictor)
    c, s = math.cos(2.1), math.sin(2.1)
    turn, query = np.float32([[c, s, 0], [-s, c, 0], [0, 0, 1]]), asked(len(times), AHEAD)
    turned = predictor(times, positions @ turn, mask, query)
    np.testing.assert_allclose(turned, predictor(times, positions, mask, query) @ turn, atol=1e-4)


def test_mirroring_mirrors_the_forecast(predictor, walk):
    times, positions, mask, _ = seen(walk, predictor)
    flip, query = np.float32([1, -1, 1]), asked(len(times), AHEAD)
    mirrored = predictor(times, (positions * flip)[:, :, MIRROR], mask, query)
    forecast = predictor(times, positions, mask, query)
    np.testing.assert_allclose(mirrored, (forecast * flip)[:, :, MIRROR], atol=1e-4)


def test_no_jump_from_the_newest_observation(predictor, walk):
    times, positions, mask, _ = seen(walk, predictor)
    now = predictor(times, positions, mask, asked(len(times), [0.0]))
    np.testing.assert_allclose(now[:, 0], positions[:, -1], atol=1e-5)


def test_bones_keep_their_lengths_within_3_percent(predictor, walk):
    times, positions, mask, _ = seen(walk, predictor)
    path = predictor(times, positions, mask, asked(len(times), AHEAD))
    a, b = np.array(BONES).T
    bones = np.linalg.norm(path[:, :, a] - path[:, :, b], axis=-1)
    true = np.linalg.norm(positions[:, -1:, a] - positions[:, -1:, b], axis=-1)
    assert np.abs(bones / true - 1).max() < 0.03


@pytest.mark.parametrize('camera', [15.0, 30.0, 60.0])
def test_better_than_constant_velocity_at_every_horizon_and_rate(predictor, walk, camera):
    times, positions, mask, truth = seen(walk, predictor, camera)
    query = asked(len(times), HORIZONS)
    ours = mean_error(predictor(times, positions, mask, query), truth)
    theirs = mean_error(constant_velocity(times, positions, mask, query), truth)
    assert (ours < theirs).all()
    assert ours[3] < 0.55 * theirs[3]  # at 400 ms


@pytest.mark.parametrize('scale', [0.65, 1.2])
def test_children_and_tall_adults(predictor, walk, scale):
    """Another size, other proportions, and the pace that goes with them (pendulum law)."""
    frames = np.arange(0, len(walk) - 1, scale**-0.5)
    body = at(walk, frames) * np.float32(scale)
    body[:, [9, 10]] += np.float32([0, 0, 0.03])  # another tracker's neck and head
    times, positions, mask, truth = seen(body, predictor)
    query = asked(len(times), HORIZONS)
    ours = mean_error(predictor(times, positions, mask, query), truth)
    theirs = mean_error(constant_velocity(times, positions, mask, query), truth)
    assert (ours < theirs).all()
    assert ours[3] < 0.55 * theirs[3]


@pytest.mark.parametrize('pattern', sorted(EVALUATION))
def test_every_pattern_of_missing_data_beats_constant_velocity(predictor, walk, pattern):
    times, positions, mask, truth = seen(walk, predictor)
    mask = EVALUATION[pattern](np.random.default_rng(0), mask).astype(np.float32)
    positions, query = positions * mask[..., None], asked(len(times), HORIZONS)
    ours = mean_error(predictor(times, positions, mask, query), truth)
    theirs = mean_error(constant_velocity(times, positions, mask, query), truth)
    assert (ours < theirs).all()


def test_repairs_what_was_missing_in_the_history(predictor, walk):
    """Samples that were hidden are filled in to a few centimetres, back to the card's past."""
    times, whole, mask, _ = seen(walk[: 120 * 2], predictor)
    hidden = mask * (np.random.default_rng(1).random(mask.shape) > 0.3)
    hidden = hidden.astype(np.float32)
    reached = times >= -predictor.card.past
    filled = predictor(times, whole * hidden[..., None], hidden, times)
    missing = (mask - hidden) * reached[..., None]
    error = (np.linalg.norm(filled - whole, axis=-1) * missing).sum() / missing.sum()
    assert error < 0.03


def test_a_still_person_stays(predictor, walk):
    times, positions, mask, _ = seen(walk, predictor)
    still = np.repeat(positions[:, -1:], positions.shape[1], 1)
    path = predictor(times, still, mask, asked(len(times), AHEAD))
    assert np.linalg.norm(path - still[:, -1:], axis=-1).max() < 0.01
