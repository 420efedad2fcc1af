# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.evaluation import true_time
from nermo_ros.evaluation.horizons import HORIZONS
from nermo_ros.evaluation.own_recordings import at_rate, errors
from nermo_ros.forecast.baseline import constant_velocity, zero_velocity


def walk(seconds=4.0, rate=30.0, speed=0.6):
    body = np.random.default_rng(0).normal(0, 0.4, (17, 3))
    way = np.arange(round(seconds * rate) + 1)[:, None, None] / rate * np.array([speed, 0, 0])
    return (body + way).astype(np.float32), rate


@pytest.mark.parametrize('rate', [12.5, 30.0, 120.0, 200.0])
def test_any_rate_becomes_the_protocols(rate):
    sequence, _ = walk(rate=rate)
    even = at_rate(sequence, rate)
    assert len(even) == 481
    np.testing.assert_allclose(np.diff(even[:, 0, 0]), 0.6 / 120, atol=1e-5)


def test_the_errors_are_those_of_true_time():
    sequence, rate = walk()
    ours = errors(zero_velocity, {'lab': (sequence, rate)})['lab']
    np.testing.assert_allclose(ours, 0.6 * np.array(HORIZONS), rtol=1e-3)
    theirs = true_time.errors(zero_velocity, {'lab': at_rate(sequence, rate)})
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    assert errors(constant_velocity, {'lab': (sequence, rate)})['lab'].max() < 1e-3


def test_what_was_not_observed_is_neither_seen_nor_scored():
    sequence, rate = walk()
    sequence[40:60, 3] = np.nan
    sequence[:, 9] = np.nan

    def look(times, positions, mask, query):
        assert np.isfinite(positions).all()
        assert not mask[:, :, 9].any()
        assert 0 < mask[:, :, 3].mean() < mask[:, :, 0].mean()
        forecast = zero_velocity(times, positions, mask, query)
        forecast[:, :, 9] += 100
        return forecast

    np.testing.assert_allclose(
        errors(look, {'lab': (sequence, rate)})['lab'], 0.6 * np.array(HORIZONS), rtol=0.2
    )


def test_short_recordings_are_left_out():
    rows = errors(zero_velocity, {'short': walk(1.0), 'long': walk(2.0)})
    assert list(rows) == ['long']
    with pytest.raises(ValueError, match='no recording shows'):
        errors(zero_velocity, {'short': walk(1.0)})
