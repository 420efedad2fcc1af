# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nermo_ros.forecast.baseline import constant_velocity, damped_velocity, zero_velocity

ALL = (zero_velocity, constant_velocity, damped_velocity)


def moving(times, velocity=(1.0, 0.0, 0.0), joints=2):
    """One person whose joints all move alike, joint 1 a metre above joint 0."""
    times = np.array([times], np.float32)
    place = times[..., None, None] * np.array(velocity, np.float32)
    positions = place + np.arange(joints)[:, None] * np.array([0, 0, 1], np.float32)
    return times, positions.astype(np.float32), np.ones((*times.shape, joints), np.float32)


def ask(*seconds):
    return np.array([seconds], np.float32)


def test_zero_velocity_stays():
    times, positions, mask = moving([-0.2, -0.1, 0.0])
    forecast = zero_velocity(times, positions, mask, ask(0.0, 0.5, 1.0))
    assert forecast.shape == (1, 3, 2, 3) and forecast.dtype == np.float32
    np.testing.assert_array_equal(forecast[0], np.repeat(positions[:, -1], 3, axis=0))


def test_constant_velocity_goes_on_forwards_and_backwards():
    forecast = constant_velocity(*moving([-0.3, -0.1, 0.0]), ask(-0.1, 0.0, 0.5))
    np.testing.assert_allclose(forecast[0, :, 0, 0], [-0.1, 0.0, 0.5], atol=1e-6)


def test_damped_velocity_follows_its_formula_and_is_constant_before():
    forecast = damped_velocity(*moving([-0.3, -0.1, 0.0]), ask(-0.2, 0.0, 0.25, 10.0))
    expected = [-0.2, 0.0, 0.25 * (1 - np.exp(-1)), 0.25]
    np.testing.assert_allclose(forecast[0, :, 0, 0], expected, atol=1e-6)


def test_velocity_spans_the_three_newest_samples_seen():
    times, positions, mask = moving([-0.4, -0.3, -0.2, -0.1, 0.0])
    positions[0, :, 0, 0] = [9.0, 1.0, 5.0, 7.0, 2.0]
    mask[0, 2, 0] = 0  # seen at -0.3, -0.1 and 0
    forecast = constant_velocity(times, positions, mask, ask(0.3))
    assert forecast[0, 0, 0, 0] == pytest.approx(2.0 + (2.0 - 1.0) / 0.3 * 0.3, abs=1e-5)


def test_two_samples_give_a_velocity_and_one_gives_none():
    times, positions, mask = moving([-0.2, -0.1, 0.0])
    mask[0, 0, 0] = 0
    mask[0, :2, 1] = 0
    forecast = constant_velocity(times, positions, mask, ask(1.0))
    np.testing.assert_allclose(forecast[0, 0, :, 0], [1.0, 0.0], atol=1e-6)


def test_a_joint_starts_from_its_own_newest_sample():
    times, positions, mask = moving([-0.3, -0.2, -0.1, 0.0])
    mask[0, -1, 1] = 0
    positions[0, -1, 1] = 0
    forecast = constant_velocity(times, positions, mask, ask(0.4))
    np.testing.assert_allclose(forecast[0, 0, :, 0], [0.4, 0.4], atol=1e-6)


def test_a_joint_never_seen_sits_at_the_centroid_of_the_seen():
    times, positions, mask = moving([-0.1, 0.0], joints=3)
    mask[0, :, 2] = 0
    positions[0, :, 2] = 0
    forecast = zero_velocity(times, positions, mask, ask(0.2))
    np.testing.assert_allclose(forecast[0, 0, 2], [0, 0, 0.5], atol=1e-6)


@pytest.mark.parametrize('baseline', ALL)
def test_nothing_seen_gives_the_origin(baseline):
    times, positions, mask = moving([-0.1, 0.0])
    forecast = baseline(times, positions * 0, mask * 0, ask(0.0, 1.0))
    np.testing.assert_array_equal(forecast, np.zeros((1, 2, 2, 3)))


@pytest.mark.parametrize('baseline', ALL)
def test_nobody_and_no_samples(baseline):
    empty = np.zeros((0, 4), np.float32)
    arrays = np.zeros((0, 4, 17, 3), np.float32), np.zeros((0, 4, 17), np.float32)
    assert baseline(empty, *arrays, np.zeros((0, 5), np.float32)).shape == (0, 5, 17, 3)
    nothing = [np.zeros(shape, np.float32) for shape in ((2, 0), (2, 0, 17, 3), (2, 0, 17))]
    assert not baseline(*nothing, np.zeros((2, 5), np.float32)).any()


@pytest.mark.parametrize('baseline', ALL)
def test_nonsense_from_a_sensor_stays_finite(baseline):
    times, positions, mask = moving([-1e-6, -5e-7, 0.0])
    positions[0, 0], positions[0, 2] = -3e38, 3e38
    assert np.isfinite(baseline(times, positions, mask, ask(-1.0, 0.0, 1.0))).all()


@given(seed=st.integers(0, 10_000), baseline=st.sampled_from(ALL))
def test_any_history_gives_finite_values_that_padding_does_not_change(seed, baseline):
    rng = np.random.default_rng(seed)
    people, samples, joints = rng.integers(1, 4), rng.integers(1, 6), rng.integers(1, 5)
    times = -np.cumsum(rng.uniform(1e-3, 0.2, (people, samples)), 1)[:, ::-1].astype(np.float32)
    times -= times[:, -1:]
    mask = rng.integers(0, 2, (people, samples, joints)).astype(np.float32)
    positions = rng.normal(size=(people, samples, joints, 3)).astype(np.float32) * mask[..., None]
    query = rng.uniform(-1, 2, (people, 3)).astype(np.float32)
    forecast = baseline(times, positions, mask, query)
    assert np.isfinite(forecast).all()
    padded = (
        np.concatenate([np.repeat(times[:, :1], 3, 1), times], 1),
        np.concatenate([np.zeros_like(positions[:, :1]).repeat(3, 1), positions], 1),
        np.concatenate([np.zeros_like(mask[:, :1]).repeat(3, 1), mask], 1),
    )
    np.testing.assert_array_equal(baseline(*padded, query), forecast)
