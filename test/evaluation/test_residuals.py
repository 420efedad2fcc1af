# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.data.missing import EVALUATION, LEGS, complete, never
from nermo_ros.evaluation.residuals import fallback_residuals, histories, residuals
from nermo_ros.forecast.baseline import constant_velocity, zero_velocity
from nermo_ros.forecast.radii import KNOTS, MISSING_NAMES, STATES
from nermo_ros.inference.card import ModelCard
from nermo_ros.skeleton.body17 import JOINTS

CARD = ModelCard('test', '1', JOINTS, history=1.0, past=0.15, horizon=1.0, samples=32)


def line(frames=300, speed=0.6):
    body = np.random.default_rng(0).normal(0, 0.4, (17, 3))
    way = np.arange(frames)[:, None, None] / 120 * np.array([speed, 0, 0])
    return (body + way).astype(np.float32)


def test_errors_and_growth_of_forecasts_that_are_known():
    still = residuals(zero_velocity, CARD, line(), patterns={'complete': complete})
    known = np.isfinite(still.errors)
    np.testing.assert_allclose(
        still.errors[known],
        np.broadcast_to(0.6 * np.array(KNOTS)[:, None], still.errors.shape)[known],
        atol=1e-3,
    )
    assert (still.missing == 0).all() and (still.states == 0).all()
    moving = residuals(constant_velocity, CARD, line(), patterns={'complete': complete})
    assert np.nanmax(moving.errors) < 1e-3
    assert (moving.growth[1:, 1] < 1).all() and (still.growth[1:, 1] > 1).all()
    assert (still.growth[0, 1] == 1).all(), 'of a history of 0.2 s nothing is known'
    assert np.isnan(still.misses[0]) and (still.misses[1:] > moving.misses[1:]).all()


def test_no_truth_past_the_end():
    errors = residuals(zero_velocity, CARD, line(100), patterns={'complete': complete}).errors
    assert np.isnan(errors[:, -1]).all()
    assert np.isfinite(errors[:, 0]).all()


def test_every_pattern_and_its_classes():
    every = residuals(constant_velocity, CARD, line(160))
    assert {MISSING_NAMES[i] for i in np.unique(every.missing)} == set(MISSING_NAMES)
    assert {STATES[i] for i in np.unique(every.states)} == set(STATES)
    assert len(every.errors) <= len(EVALUATION) * len(range(24, 150, 8))
    legs = residuals(constant_velocity, CARD, line(), patterns={'legs': never(LEGS)})
    assert (legs.states[:, LEGS] == STATES.index('never_seen')).all()
    assert (legs.missing == 1).all()


def test_the_same_seed_the_same_windows():
    one, two, other = (residuals(zero_velocity, CARD, line(160), seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.states, two.states)
    assert one.states.shape != other.states.shape or (one.states != other.states).any()


def test_noise_is_not_in_the_truth():
    noisy = residuals(zero_velocity, CARD, line(), patterns={'complete': complete}, noise=0.02)
    assert 0.01 < noisy.errors[:, 0].mean() < 0.06


def test_histories_are_padded_as_a_batch_is():
    times, positions, mask = histories(
        line(), np.array([24, 200]), CARD, complete, np.random.default_rng(0)
    )
    assert (times[:, -1] == 0).all()
    assert (np.diff(times) >= 0).all()
    real = np.diff(times, axis=1, append=np.inf) > 0
    np.testing.assert_array_equal(mask.any(2), real)
    assert (positions[mask == 0] == 0).all()


def test_what_was_never_measured_is_missing():
    sequence = line()
    sequence[:, 3] = np.nan
    got = residuals(zero_velocity, CARD, sequence, patterns={'complete': complete})
    assert np.isnan(got.errors[:, :, 3]).all()
    assert np.isfinite(got.errors[:, 0, 4]).all()
    assert (got.states[:, 3] == STATES.index('never_seen')).all()


def test_too_short():
    with pytest.raises(ValueError, match='too short'):
        residuals(zero_velocity, CARD, line(30))


def test_the_fallback_is_measured_with_histories_that_have_just_begun():
    got = fallback_residuals(CARD, line())
    whole = residuals(constant_velocity, CARD, line(), least=1)
    assert len(got.errors) > len(whole.errors)
    fresh = got.states == STATES.index('fresh')
    after, begun = got.errors[:, 4], np.arange(len(got.errors)) >= len(whole.errors)
    assert np.nanmax(after[fresh & begun[:, None]]) == pytest.approx(0.6 * KNOTS[4], abs=0.03)
    known = np.nanmedian(after[fresh & ~begun[:, None]])
    assert known < 0.5 * 0.6 * KNOTS[4], 'its velocity is known'
    assert (got.growth == 1).all() and np.isnan(got.misses).all()
