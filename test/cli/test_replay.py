# SPDX-License-Identifier: Apache-2.0
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from nermo_ros.cli.replay import main, observations, score
from nermo_ros.evaluation.horizons import in_milliseconds
from nermo_ros.inference.models import model_folder
from nermo_ros.recordings.camera import Camera, Frame
from nermo_ros.recordings.occlusion import OCCLUSIONS
from nermo_ros.recordings.recording import load_recording, shipped_recordings

ROOT = Path(__file__).resolve().parents[2]
KEYS = ['80', '160', '320', '400', '560', '1000']


@pytest.mark.parametrize('name', shipped_recordings())
def test_a_model_that_stands_still_scores_as_zero_velocity(name, stand_still):
    camera = Camera(drop=0.1, noise=0.003, occlusions=OCCLUSIONS[name])
    comparison = score(load_recording(name), camera, 2.0, stand_still)
    model, zero, constant = (comparison.scores[n].mean() for n in comparison.scores)
    # Only the first forecasts of a person differ: they are damped velocity.
    assert model == pytest.approx(zero, rel=0.15)
    assert (np.diff(zero) > 0).all()
    assert not np.allclose(zero, constant)
    assert comparison.forecasts == comparison.messages == 60


@pytest.mark.parametrize('name', shipped_recordings())
def test_the_shipped_model_is_better_than_both_baselines(name, tmp_path, capsys):
    out = tmp_path / 'out.json'
    assert main([name, '--offline', '--drop', '0.2', '--occlude', '--json', str(out)]) == 0
    result = json.loads(out.read_text())
    ours, zero, constant = (
        result[key]['400'] for key in ('mpjpe_mm', 'zero_velocity_mm', 'constant_velocity_mm')
    )
    assert ours < min(zero, constant)
    assert f'{ours:.1f}' in capsys.readouterr().out


def test_coverage_with_and_without_occlusion(tmp_path, capsys):
    out = tmp_path / 'out.json'
    assert main(['handover', '--offline', '--coverage', '--json', str(out)]) == 0
    coverage = json.loads(out.read_text())['coverage']
    assert list(coverage) == ['complete', 'occluded']
    assert all(
        value is None for value in coverage['complete']['inside_percent']['hidden'].values()
    )
    for figures in coverage.values():
        assert list(figures['inside_percent']['all']) == KEYS
        assert all(90 <= value <= 100 for value in figures['inside_percent']['all'].values())
        radii = list(figures['radius_mm']['all'].values())
        assert radii == sorted(radii) and radii[0] < 50
    hidden = coverage['occluded']['inside_percent']['hidden']
    assert all(85 <= value <= 100 for value in hidden.values())
    told = capsys.readouterr().out
    assert 'complete, after [ms]' in told and 'inside [%], hidden joints' in told


def test_coverage_of_a_model_that_is_not_calibrated(tmp_path, capsys):
    folder = shutil.copytree(model_folder('body17'), tmp_path / 'model')
    text = yaml.safe_load((folder / 'model.yaml').read_text())
    text.pop('radii')
    (folder / 'model.yaml').write_text(yaml.safe_dump(text))
    assert main(['handover', '--offline', '--coverage', '--model', str(folder)]) == 1
    assert 'nermo calibrate' in capsys.readouterr().err


def test_a_worse_camera_makes_worse_forecasts(stand_still):
    recording = load_recording('handover')
    errors = [
        score(recording, Camera(noise=noise), 2.0, stand_still).scores['constant_velocity'].mean()
        for noise in (0.0, 0.01)
    ]
    assert (errors[1] > 2 * errors[0]).all()


def test_a_frame_becomes_observations_without_numbers_for_what_is_missing():
    joints = np.ones((17, 3), np.float32)
    joints[3] = np.nan
    (one,) = observations(Frame(0.5, 0.5, {'ada': joints}), 500)
    assert (one.person, one.stamp) == ('ada', 500)
    assert one.states.tolist() == [2, 2, 2, 0, *[2] * 13]
    assert not one.positions[3].any() and np.isfinite(one.positions).all()


def test_offline_reports_without_ros(tmp_path):
    script = (
        'import sys; from nermo_ros.cli.main import main; status = main(sys.argv[1:]); '
        'assert not {"rclpy", "torch"} & set(sys.modules), "loaded"; sys.exit(status)'
    )
    out = tmp_path / 'out.json'
    options = ['--offline', '--seconds', '1.5', '--drop', '0.2', '--occlude', '--json', str(out)]
    done = subprocess.run(
        [sys.executable, '-c', script, 'replay', 'handover', *options],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, 'PYTHONPATH': str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(out.read_text())
    assert (result['persons'], result['messages_in'], result['forecasts_out']) == (2, 45, 45)
    assert 0.4 < result['missing'] < 0.6, 'legs, a fifth at random and an arm'
    assert result['backend'] in ('native', 'onnxruntime')
    assert list(result['mpjpe_mm']) == KEYS
    assert set(result['people']) == {'giver', 'taker'}
    for words in ('people         2', 'zero velocity', 'constant velocity', result['backend']):
        assert words in done.stdout


def test_the_same_seed_scores_the_same(stand_still):
    recording = load_recording('cmu_walking')
    runs = [
        score(recording, Camera(noise=0.01, jitter=0.5, seed=seed), 1.0, stand_still)
        for seed in (1, 1, 2)
    ]
    figures = [in_milliseconds(run.scores['zero_velocity'].mean()) for run in runs]
    assert figures[0] == figures[1] != figures[2]


@pytest.mark.parametrize(
    ('options', 'advice'),
    [
        (['nothing', '--offline'], 'cmu_walking, handover'),
        (['handover', '--offline', '--drop', '2'], 'must be from 0 to 1'),
        (['handover', '--offline', '--rate', '0'], 'must be above 0 Hz'),
        (['handover', '--offline', '--model', 'nothing'], 'model.yaml'),
        (['handover', '--offline', '--backend', 'nothing'], 'give auto or one of'),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(options, advice, capsys):
    assert main(options) == 1
    error = capsys.readouterr().err
    assert advice in error and error.startswith('nermo replay: ')
    assert error.count('\n') == 1


@pytest.mark.parametrize(
    'options',
    [
        ['handover', '--offline', '--topic', 'x'],
        ['handover', '--offline', '--best-effort'],
        ['handover', '--offline', '--outputs', 'all'],
        ['handover', '--outputs', 'all', '--topic', 'x'],
        ['handover', '--out', 'x'],
        ['handover', '--model', 'body17x'],
        ['handover', '--coverage'],
        ['handover', '--seconds', '-1'],
        ['handover', '--seconds', 'inf'],
        [],
    ],
)
def test_options_without_effect_or_sense_are_refused(options, capsys):
    with pytest.raises(SystemExit) as refused:
        main(options)
    assert refused.value.code == 2
    assert 'nermo replay: error: ' in capsys.readouterr().err


@pytest.mark.parametrize(
    ('options', 'advice'),
    [
        (['--topic', 'deserted', '--wait', '0.1'], 'nobody subscribed to /deserted'),
        (['--source', 'nothing'], 'kinect_markers'),
        (['--joint-set', 'nothing'], 'k4abt32'),
        (['--outputs', 'points,nothing'], 'no output nothing: give all, or some of predicted'),
    ],
)
def test_publishing_tells_why_it_cannot(options, advice, capsys):
    pytest.importorskip('rclpy', reason='publishing needs ROS 2')
    assert main(['cmu_walking', *options]) == 1
    assert advice in capsys.readouterr().err


def test_publishes_as_a_source_and_says_so(capsys):
    rclpy = pytest.importorskip('rclpy', reason='publishing needs ROS 2')
    from visualization_msgs.msg import MarkerArray

    context = rclpy.Context()
    rclpy.init(context=context)
    ear = rclpy.create_node('ear', context=context)
    ear.create_subscription(MarkerArray, 'body_tracking_data', print, 1)
    try:
        assert main(['handover', '--source', 'kinect_markers', '--seconds', '0.2']) == 0
    finally:
        ear.destroy_node()
        rclpy.shutdown(context=context)
    assert 'handover: 6 messages of 1, 2 published' in capsys.readouterr().out
