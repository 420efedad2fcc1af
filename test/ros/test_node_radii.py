# SPDX-License-Identifier: Apache-2.0
"""The node over DDS with the shipped model: radii, statuses, and forecasts that count from now."""

import numpy as np
import pytest
from nermo_ros.msg import PredictedSkeletonArray
from nermo_ros.srv import PredictAt

from nermo_ros.forecast.forecast import Status
from nermo_ros.skeleton.body17 import JOINTS

STEP = 0.04


def radii(person):
    return np.array(person.radii).reshape(-1, len(JOINTS))


@pytest.fixture
def watching(graph):
    """A graph with an active node of the shipped model: graph, camera, forecasts heard."""
    graph.predictor(model='body17')
    heard = graph.hear(PredictedSkeletonArray, 'predicted_skeletons')
    camera = graph.camera()
    assert graph.spin(lambda: graph.peer.count_publishers('predicted_skeletons'))
    return graph, camera, heard


def feed_live(graph, camera, heard, count, late=0.05):
    """Messages stamped `late` s ago; the answer to the last."""
    for _ in range(count):
        had = len(heard)
        stamp = graph.peer.get_clock().now().nanoseconds - round(late * 1e9)
        camera.publish(graph.skeletons(('ada', 'bob'), stamp=stamp))
        assert graph.spin(lambda had=had: len(heard) > had), 'no forecast'
        graph.spin(lambda: False, 0.03)
    return heard[-1]


def test_every_joint_at_every_time_has_a_radius(watching):
    graph, camera, heard = watching
    first = graph.feed(camera, heard, count=1, ids=('ada', 'bob'))
    assert {person.status for person in first.people} == {Status.WARMING_UP}
    last = graph.feed(camera, heard, count=9, ids=('ada', 'bob'))
    for message in (first, last):
        for person in message.people:
            assert 3 * len(person.radii) == len(person.positions)
            assert len(person.radii) == len(message.times_from_start) * len(JOINTS)
            assert np.isfinite(radii(person)).all() and (radii(person) >= 0.005).all()
            assert (np.diff(radii(person), axis=0) >= 0).all()
    assert {person.status for person in last.people} == {Status.OK}
    assert (radii(last.people[0]) <= radii(first.people[0]) + 1e-6).mean() > 0.9


def test_steps_count_from_now(watching):
    graph, camera, heard = watching
    last = feed_live(graph, camera, heard, 6)
    first_step = last.times_from_start[0]
    assert 0.05 + STEP <= first_step <= last.age + STEP + 1e-3
    assert last.header.stamp.sec * 10**9 + last.header.stamp.nanosec == graph.stamp


def test_radii_grow_while_a_person_is_stale(watching):
    graph, camera, heard = watching
    feed_live(graph, camera, heard, 6)

    def stale():
        return [m for m in heard if m.people and m.people[0].status == Status.STALE]

    assert graph.spin(lambda: len(stale()) >= 3)
    early, late = stale()[0], stale()[-1]
    assert late.header.stamp == early.header.stamp
    assert late.times_from_start[0] > early.times_from_start[0] + 0.05
    for before, after in zip(early.people, late.people, strict=True):
        assert (radii(after) > radii(before)).all()


def test_predict_at_has_radii_of_its_times(watching):
    graph, camera, heard = watching
    graph.feed(camera, heard, count=6)
    client = graph.peer.create_client(PredictAt, 'predict_at')
    assert graph.spin(client.service_is_ready)
    future = client.call_async(PredictAt.Request(times_from_reference=[0.6, -0.2, 0.1]))
    assert graph.spin(future.done)
    answer = future.result()
    assert answer.success, answer.message
    far, past, near = radii(answer.prediction.people[0])
    assert (far > near).all() and (near >= past).all()
