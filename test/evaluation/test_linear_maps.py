# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.evaluation.linear_maps import COUPLED, KINDS, PER_COORDINATE, fit_linear_map


def windows(count=700, joints=3, seed=0):
    """Joint 1 oscillates at its own rate, the others repeat what joint 0 does, a little later."""
    rng = np.random.default_rng(seed)
    frame = np.arange(16)[None, :, None]
    phase = rng.uniform(0, 2 * np.pi, (count, 1, 3))
    wave = 0.2 * np.sin(0.3 * frame + phase)
    body = np.stack([wave, 0.1 * np.cos(0.5 * frame + phase), 0.9 * wave], 2)
    body += rng.uniform(-1, 1, (count, 1, joints, 1))
    return body[:, :6].astype(np.float32), body[:, 6:].astype(np.float32)


def call(fitted, past, query):
    count, samples, joints, _ = past.shape
    times = np.tile(np.float32(0.04 * np.arange(1 - samples, 1)), (count, 1))
    query = np.tile(np.float32(query), (count, 1))
    return fitted(times, past, np.ones((count, samples, joints), np.float32), query)


FRAMES = 0.04 * np.arange(1, 11)


@pytest.mark.parametrize('kind', KINDS)
def test_is_ridge_regression_of_displacements(kind):
    past, future = windows(40)
    fitted = fit_linear_map(kind, past, future, ridge=0.01)
    inputs, outputs = past[:, :-1] - past[:, -1:], future - past[:, -1:]
    if kind == PER_COORDINATE:
        inputs = np.moveaxis(inputs, 1, -1).reshape(-1, 5)
        outputs = np.moveaxis(outputs, 1, -1).reshape(-1, 10)
    else:
        inputs, outputs = inputs.reshape(40, -1), outputs.reshape(40, -1)
    inputs, outputs = inputs.astype(np.float64), outputs.astype(np.float64)
    penalty = np.sqrt(0.01 * len(inputs)) * np.eye(inputs.shape[1])
    stacked = np.concatenate([inputs, penalty])
    padded = np.concatenate([outputs, np.zeros((len(penalty), outputs.shape[1]))])
    expected = np.linalg.lstsq(stacked, padded, rcond=None)[0]
    np.testing.assert_allclose(fitted.weights, expected, atol=1e-6)


@pytest.mark.parametrize('kind', KINDS)
def test_learns_what_is_linear(kind):
    fitted = fit_linear_map(kind, *windows(), ridge=1e-9)
    past, future = windows(50, seed=1)
    np.testing.assert_allclose(call(fitted, past, FRAMES), future, atol=2e-3)


def test_only_the_coupled_one_sees_other_joints():
    past, future = windows(50, seed=1)
    moved = past.copy()
    moved[:, 1:4, 0] += 0.1
    for kind, same in ((PER_COORDINATE, True), (COUPLED, False)):
        fitted = fit_linear_map(kind, *windows())
        before, after = (call(fitted, p, FRAMES)[:, :, 1:] for p in (past, moved))
        assert np.allclose(before, after) == same


@pytest.mark.parametrize('kind', KINDS)
def test_moving_the_origin_moves_the_forecast(kind):
    fitted = fit_linear_map(kind, *windows())
    past, _ = windows(5, seed=2)
    moved = call(fitted, past + np.float32(2), FRAMES)
    np.testing.assert_allclose(moved, call(fitted, past, FRAMES) + 2, atol=1e-4)


def test_times_between_and_beyond_frames():
    fitted = fit_linear_map(PER_COORDINATE, *windows())
    past, _ = windows(5, seed=2)
    frames = call(fitted, past, FRAMES)
    path = call(fitted, past, [-1, 0, 0.02, 0.06, 0.4, 3])
    newest = past[:, -1]
    expected = [newest, newest, (newest + frames[:, 0]) / 2, frames[:, :2].mean(1)]
    for index, frame in enumerate([*expected, frames[:, -1], frames[:, -1]]):
        np.testing.assert_allclose(path[:, index], frame, atol=1e-5)


@pytest.mark.parametrize('kind', KINDS)
def test_takes_the_newest_of_longer_histories_and_refuses_shorter_ones(kind):
    fitted = fit_linear_map(kind, *windows())
    past, _ = windows(5, seed=2)
    longer = np.concatenate([past[:, :2] + 9, past], 1)
    np.testing.assert_array_equal(call(fitted, longer, FRAMES), call(fitted, past, FRAMES))
    with pytest.raises(ValueError, match='histories of 6 samples, not 5'):
        call(fitted, past[:, 1:], FRAMES)


def test_an_unknown_kind_is_named():
    with pytest.raises(ValueError, match="no linear map 'cubic': give one of per_coordinate"):
        fit_linear_map('cubic', *windows(5))
