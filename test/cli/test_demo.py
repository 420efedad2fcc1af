# SPDX-License-Identifier: Apache-2.0
"""The demo as a user runs it: two processes, DDS between them, real time."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from nermo_ros.cli.demo import main
from nermo_ros.inference.models import shipped_models

ROOT = Path(__file__).resolve().parents[2]
KEYS = ['80', '160', '320', '400', '560', '1000']
DEMO = [sys.executable, '-m', 'nermo_ros.cli.main', 'demo']
pytest.importorskip('rclpy', reason='the demo needs ROS 2')


def libraries_of_children(process: subprocess.Popen) -> dict[int, str]:
    """What each child process ever had mapped into its memory, by its number."""
    mapped: dict[int, str] = {}
    task = Path(f'/proc/{process.pid}/task/{process.pid}/children')
    while process.poll() is None:
        try:
            for child in task.read_text().split():
                maps = Path(f'/proc/{child}/maps').read_text()
                mapped[int(child)] = mapped.get(int(child), '') + maps
        except OSError:
            pass
        time.sleep(0.2)
    return mapped


@pytest.fixture(scope='module')
def demo(tmp_path_factory):
    """(folder, output, libraries of the node) of one run."""
    if 'body17' not in shipped_models():
        pytest.skip('the shipped model is absent')
    for name in ('matplotlib', 'rosbags'):
        pytest.importorskip(name, reason='the demo extra')
    out = tmp_path_factory.mktemp('demo') / 'out'
    process = subprocess.Popen(
        [*DEMO, '--seconds', '4', '--out', str(out)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    found: dict[int, str] = {}
    watch = threading.Thread(target=lambda: found.update(libraries_of_children(process)))
    watch.start()
    output = process.communicate(timeout=120)[0]
    watch.join()
    assert process.returncode == 0, output
    return out, output, found


def test_summary_says_what_happened(demo):
    summary = json.loads((demo[0] / 'summary.json').read_text())
    assert summary['persons'] == 2
    assert summary['messages_in'] == 120
    assert summary['forecasts_out'] >= 0.95 * summary['messages_in']
    assert summary['answered'] >= 0.95
    assert 0 < summary['latency_ms']['p50'] <= summary['latency_ms']['p99']
    for name in ('mpjpe_mm', 'zero_velocity_mm', 'constant_velocity_mm'):
        assert list(summary[name]) == KEYS
        assert all(0 < error < 1000 for error in summary[name].values())
    assert summary['backend'].startswith(('native', 'onnxruntime'))
    assert summary['model'].startswith('body17')
    assert 0.35 < summary['missing'] < 0.6


def test_the_table_is_printed(demo):
    for words in ('people         2', 'messages in    120', 'p50', 'zero velocity', 'backend'):
        assert words in demo[1]


def test_the_picture_is_there(demo):
    assert (demo[0] / 'forecast.png').read_bytes().startswith(b'\x89PNG')


def test_the_bag_has_what_went_over_dds_with_our_types(demo):
    from rosbags.rosbag2 import Reader

    from nermo_ros.cli.recorder import typestore

    with Reader(demo[0] / 'bag') as reader:
        types = {connection.topic: connection.msgtype for connection in reader.connections}
        assert types['/predicted_skeletons'] == 'nermo_ros/msg/PredictedSkeletonArray'
        counts = {topic: info.msgcount for topic, info in reader.topics.items()}
        assert counts['/skeletons'] == 120
        assert counts['/predicted_skeletons'] >= 114
        assert counts['/repaired_skeletons'] >= 114
        store = typestore()
        stamps = {'/skeletons': set(), '/predicted_skeletons': set()}
        for connection, _, raw in reader.messages():
            if connection.topic in stamps:
                message = store.deserialize_cdr(raw, connection.msgtype)
                stamp = message.header.stamp
                stamps[connection.topic].add((stamp.sec, stamp.nanosec))
    assert len(stamps['/skeletons'] & stamps['/predicted_skeletons']) >= 114


def test_the_node_was_a_process_of_its_own_without_torch_and_is_gone(demo):
    nodes = [child for child, libraries in demo[2].items() if 'rclpy' in libraries]
    assert len(nodes) == 1
    assert 'torch' not in demo[2][nodes[0]]
    assert not Path(f'/proc/{nodes[0]}').exists()
    assert 'Traceback' not in (demo[0] / 'node.log').read_text()


def broken_model(folder: Path) -> Path:
    """A card of a model that has no graph."""
    card = {'name': 'broken', 'version': '1', 'joints': ['pelvis']}
    card |= {'history': 1.0, 'past': 1.0, 'horizon': 1.0, 'samples': 8}
    (folder / 'model.yaml').write_text(json.dumps(card))
    return folder


def test_a_node_that_does_not_come_up_is_told_with_its_last_lines(tmp_path):
    model = broken_model(tmp_path)
    done = subprocess.run(
        [*DEMO, '--out', str(tmp_path / 'out'), '--model', str(model)],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert 'the node ended with status 1' in done.stderr and 'cannot configure' in done.stderr
    assert 'Traceback' not in done.stderr


@pytest.mark.parametrize(
    ('options', 'advice'),
    [
        (['--recording', 'nothing'], 'cmu_walking, handover'),
        (['--model', 'nothing'], 'model.yaml'),
        (['--drop', '7'], 'must be from 0 to 1'),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_starts(options, advice, tmp_path, capsys):
    assert main(['--out', str(tmp_path / 'out'), *options]) == 1
    error = capsys.readouterr().err
    assert error.startswith('nermo demo: ') and advice in error
    assert error.count('\n') == 1
    assert not (tmp_path / 'out').exists()


def test_missing_libraries_are_named_with_what_installs_them(monkeypatch, capsys):
    monkeypatch.setattr('nermo_ros.cli.demo.find_spec', lambda name: None)
    assert main([]) == 1
    assert "matplotlib and rosbags: pip install 'nermo_ros[demo]'" in capsys.readouterr().err
