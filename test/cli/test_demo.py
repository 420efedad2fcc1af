# SPDX-License-Identifier: Apache-2.0
"""The demo for a few seconds: two processes over real DDS."""

import json
import os
import subprocess
import sys
import time

import pytest

from nermo_ros.cli.node_process import NodeError, NodeProcess
from nermo_ros.inference.models import model_folder

HORIZONS = ['80', '160', '320', '400', '560', '1000']


def demo(*arguments):
    command = [sys.executable, '-m', 'nermo_ros.cli.main', 'demo', *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope='module')
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp('demo') / 'out'
    return demo('--seconds', 4, '--out', out), out


def test_ends_well_and_prints_the_table(run):
    process, _ = run
    assert process.returncode == 0, process.stderr
    for word in ('people', 'messages in', 'forecasts out', 'latency', 'constant velocity'):
        assert word in process.stdout


def test_summary(run):
    summary = json.loads((run[1] / 'summary.json').read_text())
    assert summary['persons'] == 2
    assert 110 <= summary['messages_in'] <= 121
    assert summary['forecasts_out'] >= 0.95 * summary['messages_in']
    assert 0 < summary['latency_ms']['p50'] <= summary['latency_ms']['p99']
    for key in ('mpjpe_mm', 'zero_velocity_mm', 'constant_velocity_mm'):
        assert list(summary[key]) == HORIZONS
        assert all(error > 0 for error in summary[key].values())
    assert summary['backend'] == 'onnxruntime'


def test_picture(run):
    from matplotlib import image

    picture = image.imread(run[1] / 'forecast.png')
    assert picture.shape[0] > 500 < picture.shape[1]
    assert picture.std() > 0.05


def test_bag_can_be_read(run):
    from rosbags.rosbag2 import Reader

    with Reader(run[1] / 'bag') as bag:
        counts = {connection.topic: connection.msgcount for connection in bag.connections}
        types = {connection.topic: connection.msgtype for connection in bag.connections}
    assert types['/predicted_skeletons'] == 'nermo_ros/msg/PredictedSkeletonArray'
    assert counts['/skeletons'] >= 110
    assert counts['/predicted_skeletons'] >= 0.95 * counts['/skeletons']


def test_what_is_missing_is_said_in_one_line(tmp_path):
    process = demo('--recording', 'absent', '--out', tmp_path)
    assert process.returncode == 1
    assert process.stderr.count('\n') == 1
    assert 'handover' in process.stderr


def test_a_node_that_ends_is_told_with_what_it_wrote(tmp_path):
    folder = model_folder('body17')
    process = NodeProcess(folder, 'no_such_backend', 'x', tmp_path / 'log')
    with process as node, pytest.raises(NodeError, match='no_such_backend'):
        for _ in range(300):
            node.check()
            time.sleep(0.1)


def test_the_node_stops_when_asked(tmp_path, monkeypatch):
    monkeypatch.setenv('ROS_DOMAIN_ID', str(os.getpid() % 100 + 1))
    with NodeProcess(model_folder('body17'), 'auto', 'x', tmp_path / 'log') as node:
        while 'ready' not in (tmp_path / 'log').read_text():
            node.check()
            time.sleep(0.05)
        assert node.stop() == 0
