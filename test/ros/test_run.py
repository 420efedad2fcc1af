# SPDX-License-Identifier: Apache-2.0
"""The node as a process of its own, started as the README says."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from nermo_ros.msg import PredictedSkeletonArray
from visualization_msgs.msg import Marker, MarkerArray

ROOT = Path(__file__).parents[2]


@pytest.fixture
def start(tmp_path):
    processes = []

    def begin(*arguments, **parameters):
        file = tmp_path / 'parameters.yaml'
        file.write_text(yaml.safe_dump({'/**': {'ros__parameters': parameters}}))
        command = [sys.executable, ROOT / 'scripts/predict', '--params-file', file, *arguments]
        environment = {**os.environ, 'PYTHONPATH': str(ROOT)}
        pipes = {'stdout': subprocess.PIPE, 'stderr': subprocess.STDOUT, 'text': True}
        processes.append(subprocess.Popen(command, cwd=tmp_path, env=environment, **pipes))
        return processes[-1]

    yield begin
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_starts_by_itself_and_takes_back_what_was_shown_when_stopped(graph, start, number):
    node = start('--ros-args', '-r', '__ns:=/robot', model=str(graph.model))
    heard = graph.hear(PredictedSkeletonArray, '/robot/predicted_skeletons')
    drawn = graph.hear(MarkerArray, '/robot/markers')
    graph.stamp = None
    publisher = graph.peer.create_publisher(type(graph.skeletons()), '/robot/input', 5)
    assert graph.spin(publisher.get_subscription_count, 20.0)
    graph.feed(publisher, heard, count=3)
    assert graph.spin(lambda: drawn)
    node.send_signal(number)
    assert graph.spin(lambda: drawn[-1].markers[0].action == Marker.DELETEALL)
    assert node.wait(10) == 0


@pytest.mark.parametrize(
    ('parameters', 'reason'),
    [
        ({'model': 'nowhere'}, "no model 'nowhere'"),
        ({'source': 'crystal_ball'}, "'crystal_ball' is none of 'skeleton_array'"),
        ({'horizon': 1}, 'horizon'),
        ({'sensor_transform': [1.0]}, 'it takes 7'),
    ],
)
def test_what_cannot_start_ends_with_a_line_that_says_why(start, parameters, reason):
    node = start(**parameters)
    said = node.communicate(timeout=30)[0]
    assert node.returncode == 1
    assert reason in said and 'Traceback' not in said


def test_loads_no_torch(graph, start):
    code = 'import sys, nermo_ros.ros.run; sys.exit("torch" in sys.modules)'
    assert subprocess.run([sys.executable, '-c', code], cwd=ROOT).returncode == 0
