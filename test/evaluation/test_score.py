# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.evaluation.horizons import HORIZONS
from nermo_ros.evaluation.score import Score, at_horizons
from nermo_ros.recordings.recording import Recording

STEPS = (np.arange(1, 26) * 0.04).astype(np.float32)


def walkers(seconds=3.0, rate=50.0):
    """Two people of one pose, one at 1 m/s along x, the other standing."""
    body = np.random.default_rng(0).normal(0, 0.4, (17, 3))
    time = np.arange(round(seconds * rate) + 1) / rate
    way = np.stack([time, 0 * time])[..., None, None] * np.array([1.0, 0, 0])
    positions = (body + way).astype(np.float32)
    return Recording('walkers', rate, ('ada', 'bob'), positions)


@pytest.fixture
def recording():
    return walkers()


@pytest.fixture
def score(recording):
    return Score(recording.people, recording.at)


def test_a_perfect_forecast_has_no_error(score, recording):
    for person in (0, 1):
        truth = recording.at(0.5 + STEPS)[person]
        score.add(recording.people[person], 0.5, STEPS, truth)
    np.testing.assert_allclose(score.mean(), 0, atol=1e-6)


def test_a_constant_offset_is_the_error(score, recording):
    offset = np.array([0.03, 0, 0.04], np.float32)
    score.add('ada', 0.5, STEPS, recording.at(0.5 + STEPS)[0] + offset)
    np.testing.assert_allclose(score.mean('ada'), 0.05, atol=1e-6)


def test_standing_still_errs_by_the_way_walked(score, recording):
    for person in ('ada', 'bob'):
        still = np.repeat(recording.at([0.5])[recording.people.index(person)], len(STEPS), 0)
        score.add(person, 0.5, STEPS, still)
    np.testing.assert_allclose(score.mean('ada'), HORIZONS, atol=1e-5)
    np.testing.assert_allclose(score.mean('bob'), 0, atol=1e-6)
    np.testing.assert_allclose(score.mean(), np.array(HORIZONS) / 2, atol=1e-5)


def test_joints_without_truth_do_not_count(recording):
    recording.positions[0, :, [1, 2, 7]] = np.nan
    score = Score(recording.people, recording.at)
    forecast = np.nan_to_num(recording.at(0.5 + STEPS)[0])
    forecast[:, [1, 2, 7]] = 100
    score.add('ada', 0.5, STEPS, forecast)
    np.testing.assert_allclose(score.mean('ada'), 0, atol=1e-6)


def test_horizons_past_the_end_do_not_count(score, recording):
    time = recording.duration - 0.45
    forecast = np.nan_to_num(recording.at(time + STEPS)[0]) + np.float32([1, 0, 0])
    score.add('ada', time, STEPS, forecast)
    np.testing.assert_allclose(score.mean()[:4], 1, atol=1e-5)
    assert np.isnan(score.mean()[4:]).all()
    score.add('ada', 0.5, STEPS, recording.at(0.5 + STEPS)[0])
    np.testing.assert_allclose(score.mean(), [0.5] * 4 + [0] * 2, atol=1e-5)


def test_nothing_scored_is_not_a_number(score):
    assert np.isnan(score.mean()).all()
    assert np.isnan(score.mean('bob')).all()


def test_strangers_are_refused(score):
    with pytest.raises(KeyError, match='ada, bob'):
        score.add('eve', 0.5, STEPS, np.zeros((25, 17, 3)))


@pytest.mark.parametrize('step', [0.01, 0.03, 0.04, 0.07, 0.5])
def test_between_steps_a_forecast_is_linear(step):
    times = np.arange(0, 1.6, step).astype(np.float32)
    line = np.broadcast_to(times[:, None, None], (len(times), 17, 3))
    expected = np.broadcast_to(np.array(HORIZONS)[:, None, None], (6, 17, 3))
    np.testing.assert_allclose(at_horizons(times, line), expected, atol=1e-6)


def test_beyond_its_steps_a_forecast_says_nothing():
    reached = np.isfinite(at_horizons(np.array([0.1, 0.4]), np.ones((2, 17, 3)))).all((1, 2))
    assert reached.tolist() == [False, True, True, True, False, False]
    single = np.isfinite(at_horizons(np.float32([0.4]), np.ones((1, 17, 3)))).all((1, 2))
    assert single.tolist() == [False, False, False, True, False, False]
