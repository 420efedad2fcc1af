# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nermo_ros.forecast.bound import Limits, bound
from nermo_ros.skeleton.body17 import INDEX, JOINTS
from nermo_ros.skeleton.reach import LENGTHS

LIMITS = Limits()
WRIST, ELBOW, SHOULDER = (INDEX[f'l_{name}'] for name in ('wrist', 'elbow', 'shoulder'))


def history(people=1, samples=20, rate=20.0, seed=0):
    times = np.tile(-np.arange(samples - 1, -1, -1, dtype=np.float32) / rate, (people, 1))
    body = np.random.default_rng(seed).normal(0, 0.3, (people, 1, len(JOINTS), 3))
    positions = np.tile(body, (1, samples, 1, 1)).astype(np.float32)
    return times, positions, np.ones(positions.shape[:3], np.float32)


def still(positions, queries):
    return np.tile(positions[:, -1:], (1, queries, 1, 1))


def query(*times):
    return np.array([times], np.float32)


def test_a_seen_joint_moves_at_its_speed_from_where_it_was():
    arrays = history()
    got = bound(*arrays, query(0.0, 0.5), still(arrays[1], 2), LIMITS)[0]
    np.testing.assert_allclose(got[0], LIMITS.error, rtol=1e-5)
    assert got[1, WRIST] == pytest.approx(LIMITS.error + 0.5 * 2.0, rel=1e-5)
    assert got[1, 0] == pytest.approx(LIMITS.error + 0.5 * 1.6, rel=1e-5)


def test_it_holds_the_ball_around_the_last_place_wherever_the_forecast_is():
    times, positions, mask = history()
    off = np.array([0.3, 0, 0.4], np.float32)
    got = bound(times, positions, mask, query(0.0), still(positions, 1) + off, LIMITS)
    np.testing.assert_allclose(got, LIMITS.error + 0.5, rtol=1e-4)


def test_the_time_unseen_counts_until_the_limb_is_shorter():
    times, positions, mask = history(samples=40)
    for gone in (0.3, 1.5):
        hidden = mask.copy()
        hidden[:, times[0] > -gone + 1e-3, WRIST] = 0
        got = bound(times, positions, hidden, query(0.0), still(positions, 1), LIMITS)[0, 0]
        apart = np.linalg.norm(positions[0, -1, WRIST] - positions[0, -1], axis=-1)
        others = LIMITS.error + LENGTHS[WRIST] + apart
        limb = np.delete(others, WRIST)[np.delete(LENGTHS[WRIST], WRIST).argmin()]
        assert got[WRIST] == pytest.approx(min(LIMITS.error + 2.0 * gone, limb), rel=1e-4)
        assert got[ELBOW] == pytest.approx(LIMITS.error, rel=1e-4)


def test_a_joint_never_seen_is_at_the_end_of_a_limb():
    times, positions, mask = history()
    mask[:, :, [WRIST, ELBOW]] = 0
    forecast = still(positions, 1)
    forecast[:, :, WRIST] = positions[:, -1:, SHOULDER]
    got = bound(times, positions, mask, query(0.0), forecast, LIMITS)[0, 0]
    assert got[WRIST] == pytest.approx(LIMITS.error + LENGTHS[SHOULDER, WRIST], rel=1e-4)


def test_nothing_seen_is_no_bound():
    times, positions, mask = history(people=2)
    mask[1] = 0
    got = bound(times, positions, mask, np.zeros((2, 1)), still(positions, 1), LIMITS)
    assert np.isfinite(got[0]).all() and np.isinf(got[1]).all()


def test_nobody():
    arrays = tuple(array[:0] for array in history())
    assert bound(*arrays, np.zeros((0, 3)), np.zeros((0, 3, 17, 3)), LIMITS).shape == (0, 3, 17)


@given(
    st.lists(st.floats(-0.5, 3, width=32), min_size=1, max_size=8),
    st.integers(0, 5),
    st.floats(0, 0.95),
    st.floats(0, 2),
)
def test_does_not_shrink_ahead_and_is_at_least_the_error(times, seed, gone, sway):
    rng = np.random.default_rng(seed)
    clock, positions, mask = history(seed=seed)
    mask[rng.random(mask.shape) < gone] = 0
    mask[:, 0, 0] = 1
    asked = query(*times)
    forecast = still(positions, len(times)) + sway * rng.normal(size=(1, len(times), 1, 3))
    got = bound(clock, positions, mask, asked, forecast, LIMITS)[0]
    assert np.isfinite(got).all() and (got >= LIMITS.error - 1e-6).all()
    order = np.argsort(asked[0], kind='stable')
    ahead = got[order][asked[0][order] >= 0]
    assert (np.diff(ahead, axis=0) >= -1e-6).all()


@given(st.integers(0, 19), st.floats(0, 1, width=32))
def test_grows_with_the_time_unseen(samples, ahead):
    clock, positions, mask = history()
    later = mask.copy()
    mask[:, 20 - samples :, WRIST] = 0
    later[:, 19 - samples :, WRIST] = 0
    asked, forecast = query(ahead), still(positions, 1)
    now, then = (bound(clock, positions, m, asked, forecast, LIMITS) for m in (mask, later))
    assert (then >= now - 1e-6).all()
