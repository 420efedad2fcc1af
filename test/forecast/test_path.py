# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

from nermo_ros.forecast.forecast import Forecast
from nermo_ros.forecast.path import path


@pytest.fixture
def straight():
    """Everything moves along x at 1 m/s from 0 on."""
    times = np.array([0.1, 0.2, 0.4], np.float32)
    positions = np.zeros((2, 3, 17, 3), np.float32)
    positions[..., 0] = times[:, None]
    return Forecast(
        ids=('ada', 'bob'),
        stamps=np.zeros(2, np.int64),
        reference=0,
        times=times,
        positions=positions,
        repaired=np.zeros((2, 17, 3), np.float32),
        states=np.full((2, 17), 2, np.uint8),
        observed_fraction=np.ones((2, 17), np.float32),
        ages=np.zeros(2),
        status=np.zeros(2, np.uint8),
        model='tiny 7',
    )


def test_between_the_times_it_is_linear_and_outside_it_is_held(straight):
    asked = np.array([-1.0, 0.0, 0.05, 0.1, 0.3, 0.4, 2.0])
    joints, radii = path(straight, asked)
    assert joints.shape == (2, 7, 17, 3) and joints.dtype == np.float32 and radii is None
    expected = np.clip(asked, 0, 0.4)
    np.testing.assert_allclose(joints[..., 0], np.tile(expected[:, None], (2, 1, 17)), atol=1e-6)


def test_the_forecasts_own_times_come_out_as_they_are(straight):
    np.testing.assert_allclose(path(straight, straight.times)[0], straight.positions, atol=1e-6)


def test_nobody_and_no_times(straight):
    nobody = replace(
        straight, ids=(), positions=straight.positions[:0], repaired=straight.repaired[:0]
    )
    assert path(nobody, np.array([0.1]))[0].shape == (0, 1, 17, 3)
    still = replace(straight, times=straight.times[:0], positions=straight.positions[:, :0])
    np.testing.assert_array_equal(path(still, np.array([0.5]))[0][:, 0], still.repaired)


def test_radii_follow(straight):
    radii = np.tile(np.array([0.1, 0.2, 0.4], np.float32)[None, :, None], (2, 1, 17))
    _, given = path(replace(straight, radii=radii), np.array([0.0, 0.15, 0.3, 9.0]))
    np.testing.assert_allclose(given[0, :, 0], [0.1, 0.15, 0.3, 0.4], atol=1e-6)
