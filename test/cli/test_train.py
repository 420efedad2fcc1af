# SPDX-License-Identifier: Apache-2.0
import csv
from functools import cache

import numpy as np
import pytest
import yaml

from nermo_ros.cli.train import main
from nermo_ros.training.config import CONFIGS

torch = pytest.importorskip('torch', reason='training needs torch')


SMALL = {
    'motion': {'basis': 6, 'fitted': 4, 'vectors': 8, 'scalars': 4, 'groups': 2, 'blocks': 1},
    'nermo': {'channels': 8, 'blocks': 1, 'width': 8},
}


@pytest.fixture(scope='module')
def cmu(tmp_path_factory):
    """Two small files in the form of the CMU set."""
    rng = np.random.default_rng(0)
    rows = {f'train/walking/walking_{n}': rng.normal(0, 0.02, (400, 117)) for n in (1, 5)}
    path = tmp_path_factory.mktemp('data') / 'cmu.npz'
    np.savez(path, **{key: row.cumsum(0) for key, row in rows.items()})
    return path


@pytest.fixture(scope='module')
def small(tmp_path_factory):
    """Writes a shipped config with another network and outer loop."""
    folder = tmp_path_factory.mktemp('configs')

    def write(name):
        text = yaml.safe_load((CONFIGS / f'{name}.yaml').read_text())
        text['network'] |= SMALL[text['architecture']]
        text['outer'] |= {'steps': 4, 'batch': 8, 'every': 2}
        (folder / f'{name}.yaml').write_text(yaml.safe_dump(text))
        return folder / f'{name}.yaml'

    return write


@pytest.fixture(scope='module')
def trained(cmu, small, tmp_path_factory):
    """Trains a config once -> (the command's options, the folder of the model)."""

    @cache
    def train(name):
        out = tmp_path_factory.mktemp(name)
        options = [small(name), '--data', cmu, '--out', out, '--hold-out', '--seed', 3]
        assert run(*options) == 0
        return options, out

    return train


def run(*arguments):
    return main([*map(str, arguments), '--threads', '1'])


def figures(folder):
    with (folder / 'log.csv').open(newline='') as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize('name', ['body17', 'cmu25'])
def test_writes_a_model_and_validates(trained, name):
    _, out = trained(name)
    names = {path.name for path in out.iterdir()}
    assert names >= {'weights.safetensors', 'model.yaml', 'model.onnx', 'log.csv'}
    rows = figures(out)
    assert [row['step'] for row in rows] == ['2', '4']
    assert all(float(row['400']) > 0 for row in rows)
    card = yaml.safe_load((out / 'model.yaml').read_text())
    assert card['training']['data']['files'] == 1
    assert card['training']['config']['outer']['seed'] == 3


def test_resumes(trained):
    options, out = trained('body17')
    weights = (out / 'weights.safetensors').read_bytes()
    assert run(*options, '--resume') == 0
    assert (out / 'weights.safetensors').read_bytes() == weights


def test_resumes_only_what_was_begun(cmu, small, tmp_path, capsys):
    with pytest.raises(SystemExit):
        run(small('body17'), '--data', cmu, '--out', tmp_path / 'out', '--resume')
    assert 'leave out --resume' in capsys.readouterr().err


def test_goes_on_from_the_weights_of_another_run(trained, tmp_path):
    options, first = trained('body17')
    second = tmp_path / 'second'
    assert run(*options, '--out', second, '--start', first, '--steps', 2) == 0
    assert float(figures(second)[0]['loss']) < float(figures(first)[0]['loss'])
    told = yaml.safe_load((second / 'model.yaml').read_text())['training']['from']
    card = yaml.safe_load((first / 'model.yaml').read_text())
    took = int(figures(first)[-1]['seconds'])
    named = {key: card[key] for key in ('name', 'version', 'hashes')}
    assert told == {**named, 'steps': 4, 'seconds': took}


def test_faults_are_told(cmu, tmp_path, capsys):
    for arguments, message in (
        (['absent', '--data', cmu], 'no training config'),
        (['body17', '--data', tmp_path / 'absent'], 'no CMU recordings'),
        (['--data', cmu], '--quick'),
    ):
        with pytest.raises(SystemExit) as raised:
            run(*arguments, '--out', tmp_path / 'out')
        assert raised.value.code
        assert message in capsys.readouterr().err
