# SPDX-License-Identifier: Apache-2.0
"""The node over DDS: lifecycle, parameters, messages in and forecasts out."""

import gc
import time

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from nermo_ros.msg import PredictedSkeletonArray
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock

from nermo_ros.forecast.forecast import Status
from nermo_ros.skeleton.body17 import JOINTS

SUCCESS, FAILURE = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE


def set_parameter(node, name, value):
    return node.set_parameters([Parameter(name, value=value)])[0]


def positions(person):
    return np.array(person.positions).reshape(-1, len(JOINTS), 3)


def test_lifecycle_walk(graph):
    node = graph.predictor(up_to='unconfigured')
    for _ in range(2):
        assert node.trigger_configure() == SUCCESS and node.state() == 'inactive'
        assert node.trigger_activate() == SUCCESS and node.state() == 'active'
        assert not gc.isenabled()
        assert node.trigger_deactivate() == SUCCESS and node.state() == 'inactive'
        assert gc.isenabled()
        assert node.trigger_activate() == SUCCESS
        assert node.trigger_deactivate() == SUCCESS
        assert node.trigger_cleanup() == SUCCESS and node.state() == 'unconfigured'
        assert not graph.peer.count_subscribers('input')
    assert node.trigger_shutdown() == SUCCESS and node.state() == 'finalized'


@pytest.mark.parametrize('state', ['unconfigured', 'inactive', 'active'])
def test_shutdown_from_every_state(graph, state):
    node = graph.predictor(up_to=state)
    assert node.trigger_shutdown() == SUCCESS and node.state() == 'finalized'


def test_bad_model_fails_configure_says_why_and_can_be_corrected(graph, capfd):
    node = graph.predictor(up_to='unconfigured', model='/nowhere/at/all')
    assert node.trigger_configure() == FAILURE and node.state() == 'unconfigured'
    logged = capfd.readouterr().err
    assert 'cannot configure' in logged and 'a folder with a model.yaml' in logged
    assert set_parameter(node, 'model', str(graph.model)).successful
    assert node.trigger_configure() == SUCCESS


def test_parameters_that_the_model_cannot_meet_fail_configure(graph, capfd):
    node = graph.predictor(up_to='unconfigured', horizon=3.0)
    assert node.trigger_configure() == FAILURE
    assert 'set horizon to at most 1.0' in capfd.readouterr().err


@pytest.mark.parametrize('reliable', [True, False])
def test_skeletons_in_forecasts_out(graph, reliable):
    graph.predictor()
    heard = graph.hear(PredictedSkeletonArray, 'predicted_skeletons')
    camera = graph.camera(reliable=reliable)
    forecast = graph.feed(camera, heard, count=6, ids=('ada', 'bob'))
    assert [person.id for person in forecast.people] == ['ada', 'bob']
    assert forecast.header.frame_id == 'world'
    assert forecast.header.stamp.sec * 10**9 + forecast.header.stamp.nanosec == graph.stamp
    assert list(forecast.joint_names) == list(JOINTS) and forecast.model == 'tiny 7'
    times = np.array(forecast.times_from_start)
    np.testing.assert_allclose(times - times[0], np.arange(25) * 0.04, atol=1e-6)
    assert 0.04 <= times[0] < 0.5, 'a step after now; stamps a second old are of another clock'
    assert 0 < forecast.latency < 1
    for row, person in enumerate(forecast.people):
        assert person.status == Status.OK and person.observation_age == 0
        assert not person.radii and list(person.observed_fraction) == [1] * len(JOINTS)
        np.testing.assert_allclose(
            positions(person)[:, :, 0],
            np.tile(0.5 * np.minimum(times, 1)[:, None], 17),
            atol=1e-5,
        )
        np.testing.assert_allclose(positions(person)[:, :, 1], row)


def test_a_slow_cycle_makes_one_forecast_of_all_samples(running):
    graph, node, camera, heard = running
    node.set_parameters([Parameter('stale_after', value=10.0)])  # on a busy machine too
    graph.feed(camera, heard, count=1)
    for _ in range(5):
        camera.publish(graph.skeletons())
    time.sleep(0.1)  # all are queued before the executor looks
    assert graph.spin(lambda: len(heard) > 1)
    graph.spin(lambda: False, 0.2)
    assert len(heard) == 2
    assert heard[-1].people[0].status == Status.OK  # the skipped ones are in the history
    assert node._statistics.counts['superseded'] == 4 and node._statistics.messages == 6


def test_own_rate(graph):
    node = graph.predictor(rate=20.0)
    heard = graph.hear(PredictedSkeletonArray, 'predicted_skeletons')
    camera = graph.camera()
    for _ in range(4):
        camera.publish(graph.skeletons())
    assert graph.spin(lambda: sum(bool(m.people) for m in heard) >= 6, 3.0)
    assert heard[-1].latency == 0
    assert node._statistics.messages == 4 and not node._statistics.counts['superseded']


@pytest.mark.parametrize('spoil', ['names', 'length', 'id', 'states'])
def test_bad_messages_are_dropped_and_the_node_goes_on(running, spoil):
    graph, node, camera, heard = running
    bad = graph.skeletons()
    if spoil == 'names':
        bad.joint_names = ['left', 'right']
    if spoil == 'length':
        bad.people[0].positions = bad.people[0].positions[:-1]
    if spoil == 'id':
        bad.people[0].id = ''
    if spoil == 'states':
        bad.people[0].states = [9] * len(JOINTS)
    camera.publish(bad)
    assert graph.spin(lambda: sum(node._statistics.counts.values()) == 1)
    assert graph.feed(camera, heard, count=1).people


def test_parameters_are_refused_with_a_reason(graph):
    node = graph.predictor()
    for name, value, reason in (
        ('model', 'other', 'while unconfigured'),
        ('source', 'pose_array', 'while not active'),
        ('horizon', 5.0, 'at most 1.0'),
        ('step', 9.0, 'range'),
        ('autostart', False, 'read-only'),
        ('min_samples', 3.5, 'type'),
    ):
        result = set_parameter(node, name, value)
        assert not result.successful and reason in result.reason, (name, result.reason)
    node.trigger_deactivate()
    result = set_parameter(node, 'source', 'crystal_ball')
    assert not result.successful and 'skeleton_array' in result.reason
    assert set_parameter(node, 'source', 'pose_array').successful
    assert node.parameters['source'] == 'pose_array'


def test_live_parameters_take_effect(running):
    graph, node, camera, heard = running
    assert set_parameter(node, 'horizon', 0.2).successful
    assert len(graph.feed(camera, heard, count=1).times_from_start) == 5


def test_two_namespaces_do_not_hear_each_other(graph):
    graph.predictor(namespace='left')
    graph.predictor(namespace='right')
    left = graph.hear(PredictedSkeletonArray, 'left/predicted_skeletons')
    right = graph.hear(PredictedSkeletonArray, 'right/predicted_skeletons')
    cameras = graph.camera('left/input'), graph.camera('right/input')
    graph.feed(cameras[0], left, ids=('ada',), count=2)
    graph.feed(cameras[1], right, ids=('bob',), count=2)
    assert [p.id for p in left[-1].people] == ['ada']
    assert [p.id for p in right[-1].people] == ['bob']


def test_sim_time_and_its_jump_back(graph):
    node = graph.predictor(use_sim_time=True)
    clock = graph.peer.create_publisher(Clock, '/clock', 10)
    heard = graph.hear(PredictedSkeletonArray, 'predicted_skeletons')
    camera = graph.camera()
    assert graph.spin(lambda: clock.get_subscription_count())

    def at(seconds):
        clock.publish(Clock(clock=Time(sec=seconds)))
        return graph.spin(lambda: node.get_clock().now().nanoseconds == seconds * 10**9)

    assert at(100)
    for step in range(4):
        camera.publish(graph.skeletons(stamp=100 * 10**9 - (3 - step) * 50_000_000))
    assert graph.spin(lambda: heard and heard[-1].people)
    assert heard[-1].header.stamp.sec in (99, 100) and heard[-1].age < 1
    assert at(50)
    assert not node._pipeline.tracks.newest
    assert graph.spin(lambda: not heard[-1].people), 'they are not taken back'
    forecast = graph.feed(camera, heard, count=1, stamp=50 * 10**9)
    assert forecast.header.stamp.sec == 50
    assert forecast.people[0].status == Status.WARMING_UP
