# SPDX-License-Identifier: Apache-2.0
"""The node over DDS: what it tells besides forecasts, and of people who are not there."""

import numpy as np
from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from nermo_ros.msg import PredictedSkeletonArray, SkeletonArray
from nermo_ros.srv import PredictAt
from visualization_msgs.msg import Marker, MarkerArray

from nermo_ros.forecast.forecast import Status
from nermo_ros.observation.observation import JointState
from nermo_ros.ros.stages import STAGES
from nermo_ros.skeleton.body17 import JOINTS


def positions(person):
    return np.array(person.positions).reshape(-1, len(JOINTS), 3)


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
    for stage in STAGES:
        p50, p99 = (float(values[f'stage {stage} p{percent} [ms]']) for percent in (50, 99))
        assert 0 <= p50 <= p99 < 5000, stage
    assert float(values['stage predictor p50 [ms]']) > 0
    assert status.hardware_id == '/input' and status.name == '/nermo_predict: forecasts'
    assert 'no_transform' in capfd.readouterr().err
    assert graph.spin(lambda: told[-1].status[0].level == DiagnosticStatus.OK, 3.0)


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


def test_an_output_that_fails_stops_nothing_else(graph, monkeypatch):
    def fails(self, cycle):
        raise RuntimeError('no such frame')

    monkeypatch.setattr('nermo_ros.ros.outputs.trajectories.Trajectories.publish', fails)
    node = graph.predictor(**{'trajectories.enabled': True})
    heard = graph.hear(PredictedSkeletonArray, 'predicted_skeletons')
    graph.feed(graph.camera(), heard, count=3)
    assert node._statistics.counts['output_failed'] == 3
