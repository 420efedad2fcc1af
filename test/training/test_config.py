# SPDX-License-Identifier: Apache-2.0
import pytest
import yaml

from nermo_ros.training.config import CONFIGS, TrainingConfig
from nermo_ros.training.network import make_network

TEXT = yaml.safe_load((CONFIGS / 'body17.yaml').read_text())
OLD = {key: value for key, value in TEXT.items() if key not in ('body', 'architecture')}


@pytest.mark.parametrize('name', sorted(path.stem for path in CONFIGS.glob('*.yaml')))
def test_shipped_configs_are_read_and_written_back(name):
    config = TrainingConfig.read(name)
    assert TrainingConfig.parse(yaml.safe_load(yaml.safe_dump(config.as_dict()))) == config
    assert sum(p.numel() for p in make_network(config).parameters()) > 0


def test_configs_of_older_cards_are_of_the_first_body_and_architecture():
    config = TrainingConfig.parse(OLD)
    assert (config.body, config.architecture) == ('body17', 'motion')


@pytest.mark.parametrize(
    'change, message',
    [
        ({'speed': 3}, 'unknown key speed in the config'),
        ({'outer': {**TEXT['outer'], 'stepz': 3}}, 'unknown key stepz in outer'),
        ({'outer': {'steps': 3}}, 'outer lacks batch, rate'),
        ({'outer': 3}, 'outer is 3'),
        ({'camera': {'lens': 50}}, 'unknown key lens in camera'),
        ({'camera': None}, 'either as camera: or as frames:'),
        ({'frames': {}}, 'either as camera: or as frames:'),
        ({'body': 'octopus'}, "no body 'octopus'"),
    ],
)
def test_faults_are_named(tmp_path, change, message):
    (tmp_path / 'bad.yaml').write_text(yaml.safe_dump({**TEXT, **change}))
    with pytest.raises(ValueError, match=message) as raised:
        TrainingConfig.read(tmp_path / 'bad.yaml')
    assert 'bad.yaml' in str(raised.value)


@pytest.mark.parametrize('text', ['name: x', '[]', '', 'name: [', '3'])
def test_files_that_are_no_configs(tmp_path, text):
    (tmp_path / 'bad.yaml').write_text(text)
    with pytest.raises(ValueError, match='not a training config'):
        TrainingConfig.read(tmp_path / 'bad.yaml')


def test_a_config_that_is_not_there_lists_the_shipped_ones(tmp_path):
    with pytest.raises(ValueError, match='body17'):
        TrainingConfig.read(tmp_path / 'absent.yaml')
