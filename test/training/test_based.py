# SPDX-License-Identifier: Apache-2.0
import pytest

from nermo_ros.model.architectures import ARCHITECTURES
from nermo_ros.training.based import read_based
from nermo_ros.training.config import CONFIGS, TrainingConfig
from nermo_ros.training.network import make_network

ROWS = sorted(path.stem for path in (CONFIGS / 'ablation').glob('*.yaml'))


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        (tmp_path / f'{name}.yaml').write_text(text)
        return tmp_path / f'{name}.yaml'

    (tmp_path / 'shipped').mkdir()
    return write


def test_mappings_are_merged_and_other_values_replaced(write, tmp_path):
    write('shipped/far', 'a: 1\nb: {x: 1, y: {p: 1, q: 2}}\nc: [1, 2]')
    write('near', 'base: far\na: 2\nb: {y: {q: 3}}')
    path = write('top', 'base: near\nc: [3]\nb: {z: 0}')
    expected = {'a': 2, 'b': {'x': 1, 'y': {'p': 1, 'q': 3}, 'z': 0}, 'c': [3]}
    assert read_based(path, tmp_path / 'shipped') == expected


def test_a_file_without_base_is_as_it_stands(write, tmp_path):
    assert read_based(write('one', '[1, 2]'), tmp_path) == [1, 2]


def test_a_file_may_have_the_name_of_its_shipped_base(write, tmp_path):
    write('shipped/one', 'a: 1')
    assert read_based(write('one', 'base: one\nb: 2'), tmp_path / 'shipped') == {'a': 1, 'b': 2}


def test_sizes_go_with_their_architecture(write, tmp_path):
    write('under', 'architecture: nermo\nnetwork: {width: 3, blocks: 2}')
    same = write('same', 'base: under\nnetwork: {blocks: 1}')
    other = write('other', 'base: under\narchitecture: ltd\nnetwork: {blocks: 1}')
    assert read_based(same, tmp_path)['network'] == {'width': 3, 'blocks': 1}
    assert read_based(other, tmp_path)['network'] == {'blocks': 1}


@pytest.mark.parametrize(
    ('texts', 'message'),
    [
        ({'top': 'base: absent'}, "no base 'absent': put absent.yaml beside it"),
        ({'top': 'base: top'}, "no base 'top'"),
        ({'top': 'base: other', 'other': 'base: top'}, "base 'top' leads back"),
        ({'top': 'base: other', 'other': '[1]'}, "base 'other' is no mapping"),
    ],
)
def test_faults_are_named(write, tmp_path, texts, message):
    for name, text in texts.items():
        write(name, text)
    with pytest.raises(ValueError, match=message):
        read_based(tmp_path / 'top.yaml', tmp_path / 'shipped')


@pytest.mark.parametrize('row', ROWS)
def test_rows_differ_from_each_other_in_one_thing(row):
    config, whole = (TrainingConfig.read(f'ablation/{name}') for name in (row, 'nermo'))
    assert config.name == row
    assert (config.frames, config.body, config.query) == (whole.frames, 'cmu25', whole.query)
    assert config.architecture in ARCHITECTURES
    assert isinstance(make_network(config).config, ARCHITECTURES[config.architecture][1])
    if config.architecture == 'nermo' and row != 'nermo':
        sizes = config.network.items() - whole.network.items()
        assert len(sizes) + (config.outer != whole.outer) == 1
    else:
        like = whole if row in ('nermo', 'motion') else TrainingConfig.read('cmu25')
        assert config.outer == like.outer
