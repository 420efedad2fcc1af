# SPDX-License-Identifier: Apache-2.0
"""The node over DDS: what planners, monitors and navigation hear."""

import sys
from pathlib import Path

import numpy as np
import pytest
from geometry_msgs.msg import PoseArray
from nermo_ros.msg import PredictedSkeletonArray

from nermo_ros.skeleton.body17 import JOINTS

sys.path.append(str(Path(__file__).parent / 'outputs'))
from moveit_rules import MoveItScene  # noqa: E402


def running(graph, **parameters):
    """An active node with these parameters: node, camera, forecasts heard."""
    node = graph.predictor(**parameters)
    heard = graph.hear(PredictedSkeletonArray, 'predicted_skeletons')
    return node, graph.camera(), heard


def test_points_in_the_robots_base_frame(graph):
    half = np.sqrt(0.5)
    transform = [10.0, 0.0, 0.0, 0.0, 0.0, half, half]
    node, camera, heard = running(
        graph, **{'points.enabled': True, 'points.frame': 'base', 'points.transform': transform}
    )
    points = graph.hear(PoseArray, 'points')
    graph.feed(camera, heard, x=2.0)
    assert graph.spin(lambda: points and points[-1].poses)
    assert points[-1].header.frame_id == 'base'
    pelvis = points[-1].poses[0].position
    # SPEED for the moments since the message came.
    assert (pelvis.x, pelvis.z) == (pytest.approx(10, abs=1e-4), pytest.approx(0.1, abs=1e-4))
    assert 2 <= pelvis.y < 2.3
    node.trigger_deactivate()
    assert graph.spin(lambda: not points[-1].poses), 'nobody is there any more'
    assert points[-1].header.frame_id == 'base'


def test_a_trajectory_for_everybody(graph):
    types = pytest.importorskip('trajectory_msgs.msg', reason='trajectory_msgs is not installed')
    _, camera, heard = running(graph, **{'trajectories.enabled': True, 'step': 0.25})
    told = graph.hear(types.MultiDOFJointTrajectory, 'trajectories')
    graph.feed(camera, heard, ids=('ada', 'bob'))
    assert graph.spin(lambda: len(told) >= 2)
    assert {t.joint_names[0] for t in told} == {'ada/pelvis', 'bob/pelvis'}
    point = told[-1].points[1]
    assert point.time_from_start.nanosec == pytest.approx(500_000_000, abs=100_000_000)
    assert len(point.transforms) == len(JOINTS)
    assert point.velocities[3].linear.x == pytest.approx(0.5, abs=0.02)


def test_people_for_navigation(graph):
    types = pytest.importorskip('people_msgs.msg', reason='people_msgs is not installed here')
    _, camera, heard = running(graph, **{'people.enabled': True, 'timeout': 0.5})
    told = graph.hear(types.People, 'people')
    graph.feed(camera, heard, ids=('ada', 'bob'))
    assert graph.spin(lambda: told and len(told[-1].people) == 2)
    ada, bob = told[-1].people
    assert (ada.name, bob.name) == ('ada', 'bob') and bob.position.y == pytest.approx(1)
    assert bob.velocity.x == pytest.approx(0.5, abs=0.05)
    assert graph.spin(lambda: not told[-1].people, 3.0), 'everybody left'


@pytest.mark.parametrize('mode', ['swept', 'snapshot'])
def test_the_planning_scene_follows_people(graph, mode):
    types = pytest.importorskip('moveit_msgs.msg', reason='moveit_msgs is not installed here')
    node, camera, heard = running(
        graph, **{'planning_scene.mode': mode, 'planning_scene.rate': 0.0, 'timeout': 0.5}
    )
    scene, told = MoveItScene(), []

    def listen(message):
        told.append(message)
        scene.take(message)

    graph.peer.create_subscription(types.PlanningScene, 'planning_scene', listen, 50)
    graph.feed(camera, heard, ids=('ada', 'bob'))
    assert graph.spin(lambda: set(scene.objects) == {'human_ada', 'human_bob'})
    assert told[-1].world.collision_objects[0].header.frame_id == 'world'

    def ada_is_gone():
        camera.publish(graph.skeletons(ids=('bob',)))
        graph.spin(lambda: False, 0.03)
        return set(scene.objects) == {'human_bob'}

    assert graph.spin(ada_is_gone, 3.0)
    node.trigger_deactivate()
    assert graph.spin(lambda: not scene.objects)
    node.trigger_activate()
    graph.feed(camera, heard, ids=('bob',))
    assert graph.spin(lambda: set(scene.objects) == {'human_bob'})
    node.trigger_shutdown()
    assert graph.spin(lambda: not scene.objects), 'a ghost was left behind'


def test_an_output_without_its_messages_is_told_at_configure(graph, monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, 'moveit_msgs', None)
    monkeypatch.setitem(sys.modules, 'moveit_msgs.msg', None)
    node = graph.predictor(up_to='unconfigured', **{'planning_scene.mode': 'swept'})
    node.trigger_configure()
    assert node.state() == 'unconfigured'
    error = capfd.readouterr().err
    assert 'moveit_msgs is not installed' in error and 'apt install' in error
    graph.executor.spin_once(timeout_sec=0.01)
