# SPDX-License-Identifier: Apache-2.0
"""The node over DDS."""

import gc
import time

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from nermo_ros.msg import PredictedSkeletonArray, SkeletonArray
from nermo_ros.srv import PredictAt
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock
from visualization_msgs.msg import Marker, MarkerArray

from nermo_ros.forecast.forecast import Status
from nermo_ros.observation.observation import JointState
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
    np.testing.assert_allclose(forecast.times_from_start, np.arange(1, 26) * 0.04, atol=1e-6)
    assert 0 < forecast.latency < 1
    for row, person in enumerate(forecast.people):
        assert person.status == Status.OK and person.observation_age == 0
        assert not person.radii and list(person.observed_fraction) == [1] * len(JOINTS)
        np.testing.assert_allclose(
            positions(person)[:, :, 0],
            np.tile(0.02 * np.arange(1, 26)[:, None], 17),
            atol=1e-5,
        )
        np.testing.assert_allclose(positions(person)[:, :, 1], row)


def test_repaired_fills_in_what_is_missing(running):
    graph, _, camera, heard = running
    repaired = graph.hear(SkeletonArray, 'repaired_skeletons')
    graph.feed(camera, heard, count=5)
    graph.feed(camera, heard, count=1, missing=(15, 16))
    assert graph.spin(lambda: repaired and states_of(repaired)[15] == JointState.INFERRED)
    joints = np.array(repaired[-1].people[0].positions).reshape(-1, 3)
    assert np.isfinite(joints).all()
    assert set(np.flatnonzero(states_of(repaired) == JointState.OBSERVED)) == set(range(15))
    np.testing.assert_allclose(joints[:15, 2], 0.1 * np.arange(1, 16), rtol=1e-6)


def states_of(messages):
    return np.array(messages[-1].people[0].states)


def test_person_goes_stale_and_then_is_gone(running):
    graph, _, camera, heard = running
    graph.feed(camera, heard)
    assert graph.spin(lambda: heard[-1].people and heard[-1].people[0].status == Status.STALE)
    assert heard[-1].latency == 0 and heard[-1].age > 0.3
    assert graph.spin(lambda: not heard[-1].people, 2.0)


def test_one_who_left_ages_while_the_other_stays(running):
    graph, _, camera, heard = running
    graph.feed(camera, heard, ids=('ada', 'bob'))
    last = graph.feed(camera, heard, count=3, ids=('bob',))
    ada, bob = last.people
    assert ada.observation_age >= 0.066 and bob.observation_age == 0


def test_heartbeat_while_nobody_is_there(graph):
    node = graph.predictor(heartbeat_period=0.2)
    heard = graph.hear(PredictedSkeletonArray, 'predicted_skeletons')
    assert graph.spin(lambda: len(heard) >= 3, 3.0)
    assert not heard[-1].people and heard[-1].model == 'tiny 7'
    assert len(heard[-1].times_from_start) == 25
    node.trigger_deactivate()
    graph.spin(lambda: False, 0.3)
    quiet = len(heard)
    assert not graph.spin(lambda: len(heard) > quiet, 0.5)


def test_deactivate_takes_back_what_was_shown(running):
    graph, node, camera, heard = running
    drawn = graph.hear(MarkerArray, 'markers')
    graph.feed(camera, heard)
    assert graph.spin(lambda: drawn)
    node.trigger_deactivate()
    assert graph.spin(lambda: drawn[-1].markers[0].action == Marker.DELETEALL)
    assert graph.spin(lambda: not heard[-1].people)


def test_markers_of_who_left_are_deleted(graph):
    graph.predictor(timeout=0.4)
    heard = graph.hear(PredictedSkeletonArray, 'predicted_skeletons')
    drawn = graph.hear(MarkerArray, 'markers')
    camera = graph.camera()
    graph.feed(camera, heard, ids=('ada', 'bob'))

    def ada_deleted():
        camera.publish(graph.skeletons(ids=('bob',)))
        graph.spin(lambda: False, 0.05)
        gone = [m for m in drawn[-1].markers if m.ns == 'ada/observed']
        return gone and all(m.action == Marker.DELETE for m in gone)

    assert graph.spin(ada_deleted, 3.0)


def test_a_slow_cycle_makes_one_forecast_of_all_samples(running):
    graph, node, camera, heard = running
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


def test_diagnostics_name_drops(running, capfd):
    graph, node, camera, heard = running
    told = graph.hear(DiagnosticArray, '/diagnostics')
    graph.feed(camera, heard)
    camera.publish(graph.skeletons(frame='elsewhere'))
    assert graph.spin(lambda: node._statistics.counts['no_transform'] == 1)
    assert graph.spin(lambda: told and told[-1].status[0].level == DiagnosticStatus.WARN, 3.0)
    status = told[-1].status[0]
    values = {value.key: value.value for value in status.values}
    assert 'no_transform 1' in status.message and values['no_transform'] == '1'
    assert values['backend'] == 'onnxruntime' and values['model'] == 'tiny 7'
    assert int(values['messages in']) >= 6 and int(values['forecasts out']) >= 5
    assert float(values['latency p99 [ms]']) >= float(values['latency p50 [ms]']) > 0
    assert status.hardware_id == '/input' and status.name == '/nermo_predict: forecasts'
    assert 'no_transform' in capfd.readouterr().err
    assert graph.spin(lambda: told[-1].status[0].level == DiagnosticStatus.OK, 3.0)


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


def test_sensor_transform_moves_people_into_the_target_frame(graph):
    half = np.sqrt(0.5)
    graph.predictor(
        target_frame='map', sensor_transform=[10.0, 0.0, 0.0, 0.0, 0.0, half, half], step=0.5
    )
    heard = graph.hear(PredictedSkeletonArray, 'predicted_skeletons')
    forecast = graph.feed(graph.camera(), heard, count=1, frame='camera', x=2.0)
    assert forecast.header.frame_id == 'map'
    np.testing.assert_allclose(positions(forecast.people[0])[0, 0], [10, 2, 0.1], atol=1e-5)


def call(graph, **request):
    client = graph.peer.create_client(PredictAt, 'predict_at')
    assert graph.spin(client.service_is_ready)
    future = client.call_async(PredictAt.Request(**request))
    assert graph.spin(future.done)
    graph.peer.destroy_client(client)
    return future.result()


def test_predict_at_any_times(running):
    graph, _, camera, heard = running
    graph.feed(camera, heard, ids=('ada', 'bob'))
    stamp = Time(sec=graph.stamp // 10**9, nanosec=graph.stamp % 10**9)
    times = [0.5, -0.2, 0.0, 0.123]
    answer = call(graph, ids=['bob'], reference=stamp, times_from_reference=times)
    assert answer.success and not answer.message
    assert [person.id for person in answer.prediction.people] == ['bob']
    assert answer.prediction.header.stamp == stamp
    np.testing.assert_allclose(answer.prediction.times_from_start, times, atol=1e-7)
    forecast = positions(answer.prediction.people[0])
    np.testing.assert_allclose(forecast[:, 4, 0], 0.5 * np.array(times), atol=1e-4)
    everybody = call(graph, times_from_reference=[0.1])
    assert [person.id for person in everybody.prediction.people] == ['ada', 'bob']


def test_predict_at_refuses_with_a_reason(running):
    graph, node, camera, heard = running
    assert 'no forecast yet' in call(graph, times_from_reference=[0.1]).message
    graph.feed(camera, heard)
    refused = {
        'nobody is called eve': {'ids': ['eve'], 'times_from_reference': [0.1]},
        'answers for -1.0 to 1.0 s': {'times_from_reference': [1.5]},
        'after the newest': {'times_from_reference': [-1.2]},
        'not finite': {'times_from_reference': [float('nan')]},
        'at least one': {},
        'reach from -': {'reference': Time(sec=5), 'times_from_reference': [0.1]},
    }
    for reason, request in refused.items():
        answer = call(graph, **request)
        assert not answer.success and reason in answer.message, (reason, answer.message)
    node.trigger_deactivate()
    assert 'activate it first' in call(graph, times_from_reference=[0.1]).message


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
    forecast = graph.feed(camera, heard, count=1, stamp=50 * 10**9)
    assert forecast.header.stamp.sec == 50
    assert forecast.people[0].status == Status.WARMING_UP
