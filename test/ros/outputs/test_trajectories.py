# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

from nermo_ros.ros.outputs.trajectories import messages, velocities
from nermo_ros.skeleton.body17 import JOINTS


@pytest.fixture
def straight(forecast):
    """Everything moves at (1, -2, 0.5) m/s."""
    way = forecast.times[None, :, None, None] * np.array([1, -2, 0.5], np.float32)
    start = forecast.repaired
    return replace(forecast, positions=start[:, None] + way)


def test_everybody_has_a_message_with_everything(straight):
    pytest.importorskip('trajectory_msgs.msg', reason='trajectory_msgs is not installed here')
    ada, bob = messages(straight, 'map')
    assert list(ada.joint_names) == [f'ada/{joint}' for joint in JOINTS]
    assert bob.joint_names[0] == 'bob/pelvis' and bob.header.frame_id == 'map'
    assert [p.time_from_start.nanosec for p in ada.points] == [
        round(float(t) * 1e9) for t in straight.times
    ]
    for row, point in enumerate(bob.points):
        assert len(point.transforms) == len(point.velocities) == len(JOINTS)
        place = point.transforms[5].translation
        np.testing.assert_allclose(
            [place.x, place.y, place.z], straight.positions[1, row, 5], rtol=1e-6
        )
        assert point.transforms[5].rotation.w == 1
        speed = point.velocities[5].linear
        np.testing.assert_allclose([speed.x, speed.y, speed.z], [1, -2, 0.5], atol=1e-3)


def test_velocities_of_any_times(straight):
    np.testing.assert_allclose(velocities(straight)[..., 1], -2, atol=1e-3)
    one = replace(straight, times=straight.times[:1], positions=straight.positions[:, :1])
    np.testing.assert_allclose(velocities(one)[..., 1], -2, atol=1e-3)
    now = replace(one, times=np.zeros(1, np.float32))
    assert velocities(now).shape == (2, 1, 17, 3) and not velocities(now).any()
