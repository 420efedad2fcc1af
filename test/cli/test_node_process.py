# SPDX-License-Identifier: Apache-2.0
import time

import pytest

from nermo_ros.cli.node_process import NodeError, NodeProcess
from nermo_ros.inference.models import model_folder

pytest.importorskip('rclpy', reason='the node needs ROS 2')


def test_a_node_that_cannot_start_says_why_in_its_last_lines(tmp_path):
    log = tmp_path / 'node.log'
    with NodeProcess(tmp_path / 'no model', 'auto', 'skeletons', log) as node:
        end = time.monotonic() + 30
        with pytest.raises(
            NodeError, match=r"(?s)status 1; the end of .*node.log:.*no model '.*'"
        ):
            while time.monotonic() < end:
                node.check()
                time.sleep(0.05)
    assert 'body17' in log.read_text() or 'give a folder' in log.read_text()


def test_a_node_is_stopped_whatever_happens(tmp_path):
    with (
        pytest.raises(KeyError),
        NodeProcess(tmp_path, 'auto', 'skeletons', tmp_path / 'node.log') as node,
    ):
        raise KeyError
    with pytest.raises(NodeError, match='the node ended'):
        node.check()


def test_a_node_stops_in_order_when_asked(tmp_path):
    folder = model_folder('body17')
    log = tmp_path / 'node.log'
    with NodeProcess(folder, 'auto', 'skeletons', log) as node:
        while 'ready' not in log.read_text():
            node.check()
            time.sleep(0.05)
        assert node.stop() == 0
