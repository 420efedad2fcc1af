# SPDX-License-Identifier: Apache-2.0
import json
import shutil

import numpy as np
import pytest
import yaml

from nermo_ros.cli.evaluate import main
from nermo_ros.evaluation.true_time import SUITE
from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.models import model_folder
from nermo_ros.recordings.recording import Recording


@pytest.fixture
def data(tmp_path):
    """Two files in the set's format: the rig slides along at 30 units a second."""
    rows = np.zeros((240, 117))
    rows[:, 0] = np.arange(240) / 4
    rows[:, 1] = 16
    path = tmp_path / 'cmu.npz'
    np.savez(path, **{'test/walking/walking_1': rows, 'train/walking/walking_1': rows})
    return path


def test_reports_every_row_for_model_and_baselines(data, tmp_path, capsys):
    assert main(['--data', str(data), '--json', str(tmp_path / 'out.json')]) == 0
    figures = json.loads((tmp_path / 'out.json').read_text())
    assert figures['files'] == ['test/walking/walking_1']
    assert list(figures['error_mm']) == list(SUITE)
    complete = figures['error_mm']['complete']
    metres = 30 * 0.05644
    assert complete['zero_velocity']['1000'] == pytest.approx(1000 * metres, rel=1e-3)
    assert complete['constant_velocity']['1000'] < 1
    assert 0 < complete['model']['400'] < complete['zero_velocity']['400']
    assert 'random_40, damped velocity' in capsys.readouterr().out


def test_records_into_the_card(data, tmp_path):
    folder = shutil.copytree(model_folder('body17'), tmp_path / 'model')
    before = yaml.safe_load((folder / 'model.yaml').read_text())
    assert main(['--data', str(data), '--model', str(folder), '--record']) == 0
    assert list(ModelCard.read(folder).metrics['error_mm']) == list(SUITE)
    after = yaml.safe_load((folder / 'model.yaml').read_text())
    assert {**after, 'metrics': 0} == {**before, 'metrics': 0}
    assert (folder / 'model.yaml').read_text().startswith('# SPDX')


@pytest.mark.parametrize(
    'arguments, says',
    [
        (['--data', 'absent.npz'], 'no CMU recordings'),
        (['--data', 'absent.npz', '--model', 'absent'], 'no model'),
        (['--data', 'absent.npz', '--backend', 'absent'], 'no backend'),
    ],
)
def test_says_what_is_wrong_in_one_line(arguments, says, capsys):
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert says in error
    assert error.count('\n') == 1


def test_data_without_test_files(tmp_path, capsys):
    np.savez(tmp_path / 'cmu.npz', **{'train/walking/walking_1': np.zeros((240, 117))})
    assert main(['--data', str(tmp_path / 'cmu.npz')]) == 1
    assert 'no test files' in capsys.readouterr().err


def test_own_recordings(tmp_path, capsys):
    body = np.random.default_rng(0).normal(0, 0.4, (17, 3))
    way = np.arange(120)[:, None, None] / 30 * np.array([0.6, 0, 0])
    positions = (body + way).astype(np.float32)[None]
    positions[0, 30:50, 4] = np.nan
    Recording('lab', 30.0, ('anna',), positions).save(tmp_path / 'lab.npz')
    arguments = ['--dataset', 'recordings', '--data', str(tmp_path)]
    assert main([*arguments, '--json', str(tmp_path / 'out.json')]) == 0
    figures = json.loads((tmp_path / 'out.json').read_text())
    assert figures['files'] == ['lab/anna/0']
    mean = figures['error_mm']['mean']
    assert mean['zero_velocity']['1000'] == pytest.approx(600, rel=0.01)
    assert mean['constant_velocity']['1000'] < 1
    assert mean == figures['error_mm']['lab/anna/0']
    assert 'lab/anna/0, model' in capsys.readouterr().out
    assert main(['--dataset', 'recordings', '--data', str(tmp_path / 'absent')]) == 1
    assert 'no recording' in capsys.readouterr().err
