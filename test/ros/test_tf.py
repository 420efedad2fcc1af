# SPDX-License-Identifier: Apache-2.0
"""tf2 where it is installed, and what is built on it anywhere."""

import time

import numpy as np
import pytest

from nermo_ros.ros import tf
from nermo_ros.ros.tf import Rigid, StaticCache, TransformError

SECOND = 10**9


class Rail:
    """A sensor on a rail, a metre a second along x, known up to `known` ns; or a fixed one."""

    def __init__(self, known=0):
        self.known, self.asked = known, 0
        self.shift = 0.0

    def at(self, target, source, stamp):
        self.asked += 1
        if self.known and stamp > self.known:
            raise TransformError('from the future', early=True)
        return Rigid(np.eye(3), np.array([self.shift + stamp / SECOND * bool(self.known), 0, 0]))

    def newest(self, target, source):
        return self.known


def test_a_static_mount_is_asked_for_once_a_second():
    rail, now = Rail(), [0.0]
    cache = StaticCache(rail, lambda: now[0])
    for stamp in range(20):
        assert cache.at('map', 'camera', stamp * SECOND).translation[0] == 0
    assert rail.asked == 1
    rail.shift = 3.0  # calibrated anew
    assert cache.at('map', 'camera', 0).translation[0] == 0
    now[0] += 1.1
    assert cache.at('map', 'camera', 0).translation[0] == 3


def test_a_moving_mount_is_asked_for_at_each_stamp():
    cache = StaticCache(Rail(known=10 * SECOND))
    where = [cache.at('map', 'camera', stamp * SECOND).translation[0] for stamp in (1, 2, 9)]
    assert where == [1, 2, 9]
    with pytest.raises(TransformError) as error:
        cache.at('map', 'camera', 11 * SECOND)
    assert error.value.early


def test_without_tf2_there_is_none(monkeypatch):
    monkeypatch.setitem(__import__('sys').modules, 'tf2_ros', None)
    assert tf.open_transforms(None) is None


@pytest.fixture
def heard(graph):
    """A listener and a publisher of transforms."""
    pytest.importorskip('tf2_ros', reason='tf2_ros comes with a ROS 2 installation only')
    from geometry_msgs.msg import TransformStamped
    from tf2_ros import StaticTransformBroadcaster, TransformBroadcaster

    listener = tf.Tf2(graph.peer)
    fixed, moving = StaticTransformBroadcaster(graph.peer), TransformBroadcaster(graph.peer)

    def send(parent, child, x, stamp=None):
        message = TransformStamped(child_frame_id=child)
        message.header.frame_id = parent
        seconds, rest = divmod(stamp or 0, SECOND)
        message.header.stamp.sec, message.header.stamp.nanosec = seconds, rest
        message.transform.translation.x = x
        message.transform.rotation.z = message.transform.rotation.w = 0.5**0.5
        (fixed if stamp is None else moving).sendTransform(message)

    yield listener, send
    listener.close()


def wait_for(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            return condition()
        except TransformError:
            time.sleep(0.02)
    return condition()


def test_tf2_at_a_stamp(heard):
    listener, send = heard
    send('map', 'base', 1.0, 5 * SECOND)
    send('map', 'base', 2.0, 6 * SECOND)
    send('base', 'camera', 10.0)
    found = wait_for(lambda: listener.at('map', 'camera', 5 * SECOND + SECOND // 2))
    np.testing.assert_allclose(found.translation, [1.5, 10, 0], atol=1e-6)
    np.testing.assert_allclose(found.rotation @ [1, 0, 0], [-1, 0, 0], atol=1e-6)
    assert listener.newest('map', 'camera') == 6 * SECOND
    assert listener.newest('base', 'camera') == 0
    with pytest.raises(TransformError) as later:
        listener.at('map', 'camera', 7 * SECOND)
    with pytest.raises(TransformError) as before:
        listener.at('map', 'camera', 4 * SECOND)
    assert (later.value.early, before.value.early) == (True, False)
    with pytest.raises(TransformError):
        listener.at('map', 'nowhere', 5 * SECOND)
