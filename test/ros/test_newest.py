# SPDX-License-Identifier: Apache-2.0
import time

import pytest
from nermo_ros.msg import SkeletonArray

from nermo_ros.ros.newest import arrival, take_queued


@pytest.mark.parametrize(('most', 'taken'), [(0, 0), (2, 2), (10, 3)])
def test_takes_what_is_queued_oldest_first(graph, most, taken):
    subscription = graph.peer.create_subscription(SkeletonArray, 'input', lambda m: None, 10)
    camera = graph.camera()
    for person in 'abc':
        camera.publish(graph.skeletons(ids=(person,)))
    time.sleep(0.1)
    queued = take_queued(subscription, most)
    assert [message.people[0].id for message, _ in queued] == list('abc')[:taken]
    assert all(info['received_timestamp'] > 0 for _, info in queued)


@pytest.mark.parametrize(('ago', 'counted'), [(0.05, 0.05), (-3.0, 0.0), (3600.0, 1.0)])
def test_arrival_counts_the_wait_within_reason(ago, counted):
    then = arrival({'received_timestamp': time.time_ns() - round(ago * 1e9)})
    assert (time.perf_counter_ns() - then) / 1e9 == pytest.approx(counted, abs=0.01)
