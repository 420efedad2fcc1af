# SPDX-License-Identifier: Apache-2.0
"""Two cameras over DDS."""

import numpy as np
from nermo_ros.msg import PredictedSkeletonArray

from nermo_ros.skeleton.body17 import INDEX

TWO = {'inputs': ['left', 'right'], 'target_frame': 'map'}
WRIST = INDEX['l_wrist']


def test_what_one_camera_hides_the_other_shows(graph):
    graph.predictor(**TWO)
    heard = graph.hear(PredictedSkeletonArray, 'predicted_skeletons')
    left, right = graph.camera('left'), graph.camera('right')
    assert graph.spin(lambda: graph.peer.count_publishers('predicted_skeletons'))
    for _ in range(5):
        for publisher, name, missing in ((left, 'a', [WRIST]), (right, 'b', ())):
            had = len(heard)
            publisher.publish(graph.skeletons((name,), frame='map', missing=missing))
            assert graph.spin(lambda had=had: len(heard) > had), 'no forecast'
    assert [person.id for person in heard[-1].people] == ['a']
    assert heard[-1].header.frame_id == 'map'
    fractions = np.array(heard[-1].people[0].observed_fraction)
    assert 0 < fractions[WRIST] < 1 and 0 < fractions[0] < 1


def test_a_camera_that_stops_is_on_the_diagnostics_and_forecasts_go_on(graph):
    from diagnostic_msgs.msg import DiagnosticArray

    graph.predictor(**TWO)
    heard = graph.hear(PredictedSkeletonArray, 'predicted_skeletons')
    reports = graph.hear(DiagnosticArray, '/diagnostics')
    left, right = graph.camera('left'), graph.camera('right')
    right.publish(graph.skeletons(('b',), frame='map'))

    def told():
        left.publish(graph.skeletons(('a',), frame='map'))
        statuses = [status for report in reports for status in report.status]
        return any('silent_input' in status.message for status in statuses)

    assert graph.spin(told, seconds=8.0)
    assert len(heard) > 5


def test_activation_fails_with_a_reason_where_a_package_is_missing(graph):
    from importlib.util import find_spec

    import pytest

    if find_spec('zed_msgs'):
        pytest.skip('zed_msgs is installed')
    node = graph.predictor(source='zed_objects', up_to='inactive')
    node.trigger_activate()
    assert node.state() == 'inactive'


def test_the_node_asks_tf2_at_the_stamp(graph):
    import pytest

    pytest.importorskip('tf2_ros', reason='tf2_ros comes with a ROS 2 installation only')
    from geometry_msgs.msg import TransformStamped
    from tf2_ros import StaticTransformBroadcaster

    graph.predictor(target_frame='map')
    heard = graph.hear(PredictedSkeletonArray, 'predicted_skeletons')
    camera = graph.camera()
    mount = TransformStamped(child_frame_id='camera')
    mount.header.frame_id = 'map'
    mount.transform.translation.z = 2.0
    mount.transform.rotation.w = 1.0
    broadcaster = StaticTransformBroadcaster(graph.peer)
    broadcaster.sendTransform(mount)

    def forecast():
        camera.publish(graph.skeletons(frame='camera'))
        return bool(heard) and bool(heard[-1].people)

    assert graph.spin(forecast)
    assert heard[-1].header.frame_id == 'map'
    assert np.reshape(heard[-1].people[0].positions, (-1, 17, 3))[0, 0, 2] > 2.0
