# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.evaluation.comparison import Comparison
from nermo_ros.evaluation.horizons import HORIZONS
from nermo_ros.inference.card import ModelCard
from nermo_ros.observation.observation import Observation
from nermo_ros.recordings.recording import Recording
from nermo_ros.skeleton.body17 import JOINTS

CARD = ModelCard('tiny', '1', JOINTS, history=1.0, past=1.0, horizon=1.0, samples=8)
SPEED = 0.5
BODY = np.random.default_rng(1).normal(0, 0.4, (17, 3)).astype(np.float32)


def place(time):
    return (BODY + SPEED * time * np.array([0, 1, 0])).astype(np.float32)


def observation(time, missing=(), person='ada'):
    states = np.full(17, 2, np.uint8)
    states[list(missing)] = 0
    positions = np.where(states[:, None] > 0, place(time), 0).astype(np.float32)
    stamp = round(time * 1e9)
    return Observation(stamp, 'world', person, positions, states, states / np.float32(2))


@pytest.fixture
def comparison():
    frames = np.stack([place(number / 20) for number in range(61)])[None]
    return Comparison(('ada',), Recording('line', 20.0, ('ada',), frames).at, CARD)


def test_baselines_forecast_from_what_was_seen(comparison):
    for number in range(10):
        comparison.see(number * 10**8, [observation(number / 10)])
    perfect = np.stack([place(0.9 + horizon) for horizon in HORIZONS])[None]
    comparison.add(9 * 10**8, 0.9, ['ada'], np.array(HORIZONS), perfect)
    means = {name: score.mean() for name, score in comparison.scores.items()}
    np.testing.assert_allclose(means['model'], 0, atol=1e-6)
    np.testing.assert_allclose(means['zero_velocity'], SPEED * np.array(HORIZONS), atol=1e-5)
    np.testing.assert_allclose(means['constant_velocity'], 0, atol=1e-4)
    assert (comparison.messages, comparison.forecasts) == (10, 1)


def test_baselines_start_from_each_joints_newest_seen_sample(comparison):
    for number in range(10):
        comparison.see(number * 10**8, [observation(number / 10, range(17) if number > 7 else ())])
    comparison.see(10**9, [observation(1.0, missing=range(1, 17))])
    forecast = np.zeros((1, 6, 17, 3))
    comparison.add(10**9, 1.0, ['ada'], np.array(HORIZONS), forecast)
    # One joint is new, sixteen are 0.3 s old.
    late = SPEED * (np.array(HORIZONS) + 0.3 * 16 / 17)
    np.testing.assert_allclose(comparison.scores['zero_velocity'].mean(), late, atol=1e-5)


def test_an_old_observation_is_forecast_from_its_age_on(comparison):
    for number in range(10):
        comparison.see(number * 10**8, [observation(number / 10)])
    comparison.see(11 * 10**8, [])
    comparison.add(11 * 10**8, 1.1, ['ada'], np.array(HORIZONS), np.zeros((1, 6, 17, 3)))
    late = SPEED * (np.array(HORIZONS) + 0.2)
    np.testing.assert_allclose(comparison.scores['zero_velocity'].mean(), late, atol=1e-5)
    np.testing.assert_allclose(comparison.scores['constant_velocity'].mean(), 0, atol=1e-4)


def test_the_unseen_are_forgotten_as_in_the_node(comparison):
    comparison.see(0, [observation(0.0)])
    comparison.see(15 * 10**8, [])
    assert comparison.batch().ids == ()
    comparison.add(15 * 10**8, 1.5, ['ada'], np.array(HORIZONS), np.zeros((1, 6, 17, 3)))
    assert np.isnan(comparison.scores['model'].mean()).all(), 'scored without rivals'


def test_missing_is_a_share_of_all_joints_of_everybody(comparison):
    assert comparison.missing == 0
    comparison.see(0, [observation(0.0)])
    comparison.see(10**8, [observation(0.1, missing=range(17))])
    comparison.see(2 * 10**8, [])
    comparison.see(3 * 10**8, [observation(0.3)])
    assert comparison.missing == pytest.approx(0.5)
