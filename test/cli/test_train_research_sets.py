# SPDX-License-Identifier: Apache-2.0
"""From small files in the format of a research set to a model and its figures."""

import csv
import json
import pickle

import numpy as np
import pytest
import yaml

from nermo_ros.cli import evaluate, train
from nermo_ros.data.h36m import TEST, TRAINING, VALIDATION
from nermo_ros.data.threedpw import SPLITS
from nermo_ros.inference.card import ModelCard
from nermo_ros.skeleton.body import find_body

torch = pytest.importorskip('torch', reason='training needs torch')


def h36m(folder):
    """An action of each subject, whose joints swing; long enough for the test windows."""
    time = np.arange(400)[:, None] / 50
    for number, subject in enumerate((*TRAINING, *VALIDATION, *TEST)):
        rows = 0.3 * np.sin(3 * time + np.arange(99) + number)
        (folder / subject).mkdir(parents=True)
        for take in (1, 2):
            np.savetxt(folder / subject / f'walking_{take}.txt', rows, delimiter=',', fmt='%.5f')
    return folder


def dpw(folder):
    """Two people of each part who go along x and swing."""
    body = np.random.default_rng(0).normal(0, 0.4, 72)
    for split in SPLITS:
        time = np.arange(60)[:, None] / 30
        swing = body + 0.1 * np.sin(3 * time + np.arange(72)) + time * np.tile([1, 0, 0], 24)
        path = folder / 'sequenceFiles' / split / 'yard_00.pkl'
        path.parent.mkdir(parents=True)
        path.write_bytes(pickle.dumps({'jointPositions': [swing, swing + 1]}, protocol=2))
    return folder


SETS = {'h36m': (h36m, 'Human3.6M', 10, 6), '3dpw': (dpw, '3DPW', 2, 5)}


@pytest.fixture
def small(tmp_path):
    """Writes a config over a shipped one, with a small network and a dozen steps."""

    def write(name, **more):
        text = {
            'base': name,
            'network': {'channels': 8, 'blocks': 1, 'width': 8},
            'outer': {'steps': 12, 'batch': 8, 'every': 12},
        }
        path = tmp_path / 'small.yaml'
        path.write_text(yaml.safe_dump({**text, **more}))
        return str(path)

    return write


@pytest.mark.parametrize('name', SETS)
def test_trains_validates_and_evaluates(name, small, tmp_path):
    make, title, files, horizons = SETS[name]
    data, out, figures = make(tmp_path / 'data'), tmp_path / 'out', tmp_path / 'figures.json'
    arguments = [small(name), '--data', data, '--out', out, '--threads', 1]
    assert train.main([*map(str, arguments)]) == 0
    card = ModelCard.read(out)
    assert card.joints == find_body(card.training['config']['body']).joints
    assert (card.training['data']['set'], card.training['data']['files']) == (title, files)
    with (out / 'log.csv').open(newline='') as file:
        (row,) = csv.DictReader(file)
    assert np.isfinite(float(row['400']))

    arguments = ['--dataset', name, '--protocol', 'published', '--data', data, '--model', out]
    assert evaluate.main([*map(str, arguments), '--json', str(figures)]) == 0
    measured = json.loads(figures.read_text())
    mean = np.array(list(measured['mean'].values()))
    assert mean.shape == (horizons,)
    assert np.isfinite(mean).all()
    assert (mean > 0).all()
    assert list(measured['mean']) == list(measured['baselines']['zero_velocity']['mean'])


@pytest.mark.parametrize(
    'change, says',
    [
        ({'dataset': 'amass'}, "no dataset 'amass': give one of cmu, h36m, 3dpw"),
        ({'body': 'cmu25'}, 'h36m is of h36m22, not cmu25'),
        ({'frames': {'rows': 3}}, 'rows is 3, not 1 or 2'),
        ({'frames': None, 'camera': {}, 'query': [0.1]}, 'give frames:'),
        ({}, 'S1/walking_1.txt'),
    ],
)
def test_faults_are_told(change, says, small, tmp_path, capsys):
    arguments = [small('h36m', **change), '--data', str(tmp_path), '--out', str(tmp_path / 'out')]
    with pytest.raises(SystemExit):
        train.main([*arguments, '--threads', '1'])
    assert says in capsys.readouterr().err
