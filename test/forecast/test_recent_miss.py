# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.forecast.baseline import constant_velocity, zero_velocity
from nermo_ros.forecast.recent_miss import LAG, recent_miss


def walk(samples=20, rate=20.0, speed=1.5):
    """One person, two joints, at `speed` along x."""
    times = -np.arange(samples - 1, -1, -1, dtype=np.float32)[None] / rate
    positions = np.zeros((1, samples, 2, 3), np.float32)
    positions[..., 0] = speed * times[..., None]
    return times, positions, np.ones((1, samples, 2), np.float32)


def test_a_forecaster_that_is_right_misses_nothing():
    assert recent_miss(constant_velocity, *walk()) == pytest.approx([0], abs=1e-5)


def test_standing_still_misses_what_was_walked_since():
    times, *_ = arrays = walk()
    since = times[0][times[0] > -LAG] + LAG
    assert recent_miss(zero_velocity, *arrays) == pytest.approx([1.5 * since.mean()], abs=1e-4)


def test_counts_from_the_newest_sample_that_was_seen():
    times, positions, mask = walk()
    mask[:, -4:] = 0
    miss = recent_miss(zero_velocity, times, positions * mask[..., None], mask)
    assert miss == pytest.approx(recent_miss(zero_velocity, *walk()), abs=1e-4)


def test_a_joint_not_seen_before_does_not_count():
    times, positions, mask = walk()
    positions[:, :, 1] += 50
    mask[:, :-2, 1] = 0
    miss = recent_miss(zero_velocity, times, positions * mask[..., None], mask)
    alone = mask.copy()
    alone[..., 1] = 0
    assert miss == pytest.approx(recent_miss(zero_velocity, times, positions, alone), abs=1e-5)


@pytest.mark.parametrize('left', [0, 1, 3])
def test_too_little_seen_is_not_known(left):
    times, positions, mask = walk()
    mask[:, : mask.shape[1] - left] = 0
    assert np.isnan(recent_miss(zero_velocity, times, positions, mask)).all()


def test_nobody():
    times, positions, mask = (array[:0] for array in walk())
    assert recent_miss(zero_velocity, times, positions, mask).shape == (0,)
