# SPDX-License-Identifier: Apache-2.0
"""The whole bench, small, as a user runs it: three processes and DDS between them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from nermo_ros.cli.bench import main

ROOT = Path(__file__).parents[3]
BENCH = [sys.executable, '-m', 'nermo_ros.cli.main', 'bench']


@pytest.fixture(scope='module')
def quick(tmp_path_factory):
    """(figures, picture, output) of one run."""
    pytest.importorskip('rclpy', reason='the node needs ROS 2')
    pytest.importorskip('matplotlib', reason='the demo extra')
    folder = tmp_path_factory.mktemp('bench')
    options = ['--quick', '--backend', 'onnxruntime', '--json', str(folder / 'b.json')]
    done = subprocess.run(
        [*BENCH, *options, '--plot', str(folder / 'b.png')],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads((folder / 'b.json').read_text()), folder / 'b.png', done.stdout


def test_backends_and_baselines_in_one_run(quick):
    figures = quick[0]
    for people in ('1', '2'):
        times = figures['adapt_decode_ms']['onnxruntime'][people]
        assert 0 < times['p50'] <= times['p99']
    assert figures['baseline_ms']['zero_velocity']['1']['p50'] > 0
    for name, ratio in figures['speedup'].items():
        ours = figures['adapt_decode_ms']['onnxruntime']['1']['p50']
        theirs = figures['baseline_ms'][name]['1']['p50']
        assert ratio == pytest.approx(theirs / ours, rel=0.05, abs=0.01)
    assert figures['start_up_s']['onnxruntime'] > 0
    assert figures['memory_mb']['onnxruntime']['peak'] > 20
    assert figures['allocated_bytes']['onnxruntime']['2']['peak'] > 0


def test_the_node_end_to_end(quick):
    figures = quick[0]
    assert 0 < figures['end_to_end_ms']['2']['p50'] <= figures['end_to_end_ms']['2']['p99']
    run = figures['end_to_end_by_rate']['30']['2']
    assert 0 < run['answered'] <= 1 and run['cpu_percent'] > 0 and run['rss_mb'] > 20
    assert figures['node']['start_up_s']['p50'] == run['start_up_s'] > 0
    assert run['found_s'] > 0
    stages = figures['node']['stages_ms']['2']
    assert {'waiting', 'source', 'observation', 'batch', 'predictor', 'outputs'} <= set(stages)
    assert sum(stage['p50'] for stage in stages.values()) < run['p50'] * 2


def test_table_and_picture(quick):
    figures, picture, output = quick
    assert picture.read_bytes().startswith(b'\x89PNG')
    assert 'zero_velocity' in output and 'end to end' in output
    assert figures['quick'] and figures['runs'] == 3


def test_quick_figures_are_no_results(quick, tmp_path, capsys):
    (tmp_path / 'bench.json').write_text(json.dumps(quick[0]))
    assert main(['--read', str(tmp_path), '--document', str(tmp_path / 'x.md')]) == 1
    assert '--quick' in capsys.readouterr().err
    assert not (tmp_path / 'x.md').exists()


@pytest.mark.parametrize(
    ('options', 'advice'),
    [
        (['--backend', 'nothing'], "no backend 'nothing': give one of"),
        (['--model', 'nothing'], 'model.yaml'),
        (['--runs', '0'], '--runs is a number from 1'),
        (['--seconds', '-1'], 'above 0'),
        (['--read', 'nowhere'], 'nowhere'),
    ],
)
def test_what_cannot_be_done_is_told(options, advice, capsys):
    assert main(options) == 1
    assert advice in capsys.readouterr().err
