# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.forecast.capsules import capsules
from nermo_ros.forecast.forecast import Forecast
from nermo_ros.observation.batch import Batch
from nermo_ros.robot.sight import present, separations, sight, times_until, walking

TIMES = times_until(0.4)
FAR = np.array([[3.0, 0.4, 0.0]]), np.array([0.06])


def batch(hidden=()):
    """One person at 10 Hz, joints at x = 0.1 n in sample n of four; hidden in the last two."""
    positions = np.zeros((1, 4, 17, 3), np.float32)
    positions[..., 0] = 0.1 * np.arange(4)[:, None]
    positions[..., 1] = 0.05 * np.arange(17)
    mask = np.ones((1, 4, 17), np.float32)
    mask[:, 2:, list(hidden)] = 0
    times = np.array([[-0.3, -0.2, -0.1, 0.0]], np.float32)
    return Batch(('one',), np.array([10**9]), times, positions * mask[..., None], mask)


def forecast(radii=None):
    positions = np.repeat(batch().positions[:, -1:], len(TIMES), 1)
    positions[..., 0] += TIMES[:, None]
    nothing = np.zeros((1, 17), np.float32)
    return Forecast(
        ('one',), np.array([10**9]), 10**9, TIMES.astype(np.float32), positions, positions[:, 0],
        np.ones((1, 17), np.uint8), nothing, np.zeros(1), np.zeros(1, np.uint8), 'm 1', radii,
    )  # fmt: skip


def test_present_is_where_each_joint_was_last_seen():
    shapes = present(batch(hidden=[0]), 10**9)
    torso = shapes.ends[0, 0, 0]
    assert torso[:, 0] == pytest.approx([0.1, 0.3])  # pelvis, hidden for 0.2 s, and chest


def test_walking_grows_from_when_a_joint_was_seen():
    shapes, still = walking(batch(hidden=[0]), 10**9, TIMES), present(batch(hidden=[0]), 10**9)
    torso, head = shapes.names.index('torso'), shapes.names.index('head')
    assert (shapes.radii - still.radii)[0, :, head] == pytest.approx(1.6 * TIMES, abs=1e-6)
    assert (shapes.radii - still.radii)[0, :, torso] == pytest.approx(
        1.6 * (TIMES + 0.2), abs=1e-6
    )


def test_what_was_never_seen_is_nowhere():
    unseen = batch()
    unseen.mask[..., :] = 0
    for shapes in (present(unseen, 10**9), walking(unseen, 10**9, TIMES)):
        assert np.isnan(shapes.radii).all()
        assert np.isinf(separations(*FAR, shapes)).all()


def test_separations_never_grow_with_time_and_hold_what_is_passed():
    radii = np.full((1, len(TIMES), 17), 0.05, np.float32)
    told = sight(0.0, batch(), forecast(radii), np.ones((1, 17), bool))
    apart = {name: separations(*FAR, shapes) for name, shapes in told.shapes.items()}
    for name, each in apart.items():
        assert (np.diff(each) <= 0).all(), name
    # Everybody goes on at 1 m/s, as forecast: towards the point.
    gone = apart['positions'][0] - apart['positions'][-1]
    assert gone == pytest.approx(TIMES[-1], abs=0.01)
    assert apart['velocity'][-1] == pytest.approx(apart['positions'][-1], abs=0.01)
    assert apart['forecast'][-1] == pytest.approx(apart['positions'][-1] - 0.05, abs=0.01)
    instants = capsules(forecast().positions).gaps(FAR[0]).min((0, 2)) - 0.06
    assert (apart['positions'] <= instants + 1e-6).all()


def test_joints_that_do_not_count_are_left_out():
    radii = np.zeros((1, len(TIMES), 17), np.float32)
    told = sight(0.0, batch(), forecast(radii), np.zeros((1, 17), bool))
    assert np.isinf(separations(*FAR, told.shapes['forecast'])).all()


def test_a_model_without_radii_is_refused():
    with pytest.raises(ValueError, match='nermo calibrate'):
        sight(0.0, batch(), forecast(), np.ones((1, 17), bool))
