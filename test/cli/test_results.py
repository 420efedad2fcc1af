# SPDX-License-Identifier: Apache-2.0
import json
from pathlib import Path

import pytest

from nermo_ros.cli.results import main, results
from nermo_ros.evaluation.measured import Measured, mean_and_spread

ROOT = Path(__file__).parents[2]
KEYS = ('80', '160', '320', '400', '560', '1000')


def row(first):
    return {key: first + index for index, key in enumerate(KEYS)}


def published(first):
    """What `nermo evaluate --protocol published` writes, one action and one mean of it."""
    figures = {'per_action': {'walking': row(first)}, 'mean_of_4': row(first)}
    figures['mean_25_joints'] = {'mean_of_4': row(1.3 * first)}
    return {
        'protocol': 'published',
        'dataset': 'cmu',
        'files': ['test/walking/walking_1'],
        'validation': False,
        **figures,
        'baselines': {'zero_velocity': {**figures, 'mean_of_4': row(70)}},
    }


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / 'docs/results'
    (folder / 'published').mkdir(parents=True)
    for seed, first in enumerate((10.0, 12.0)):
        (folder / f'published/cmu25_{seed}.json').write_text(json.dumps(published(first)))
    (folder / 'published/simlpe_0.json').write_text(json.dumps(published(20.0)))
    return folder


def test_the_document_in_the_repository_is_what_the_figures_say():
    document = ROOT / 'docs/results.md'
    assert document.read_text() == results(ROOT / 'docs/results', document), 'run `make results`'


def test_rows_are_means_over_seeds_beside_baselines_and_peers(folder):
    text = results(folder, folder.parent / 'results.md')
    means = [line for line in text.splitlines() if '11.00 ± 1.41' in line]
    assert any('nermo_ros cmu25' in line and '12.00 ± 1.41' in line for line in means)
    assert '70.00' in text
    assert 'PGBIG' in text


def test_what_was_not_run_is_named(folder):
    text = results(folder, folder.parent / 'results.md')
    (line,) = [line for line in text.splitlines() if line.startswith('Not run: ')]
    assert 'published/nermo_0.json' in line
    assert 'cost.json' in line
    assert 'cmu25_0' not in line


def test_writes_document_and_figures(folder):
    pytest.importorskip('matplotlib')
    out = folder.parent / 'results.md'
    assert main([str(folder), '--out', str(out)]) == 0
    linked = ['error_over_horizon.png', 'film_strip.png']
    assert all(f'results/{name}' in out.read_text() for name in linked)
    assert all((folder / name).stat().st_size < 150_000 for name in linked)


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('published/cmu25.json', '{}', 'name it ROW_SEED.json'),
        ('published/cmu25_3.json', '{', 'is not JSON'),
        ('published/cmu25_3.json', '{}', 'lacks per_action'),
        ('cost.json', '[]', 'lacks models'),
    ],
)
def test_broken_figures_are_refused(folder, capsys, name, content, message):
    (folder / name).write_text(content)
    assert main([str(folder), '--out', str(folder.parent / 'results.md')]) == 1
    assert message in capsys.readouterr().err
    assert not (folder.parent / 'results.md').exists()


def test_no_folder_is_told(tmp_path, capsys):
    assert main([str(tmp_path / 'no'), '--out', str(tmp_path / 'x.md')]) == 1
    assert 'let the commands write there' in capsys.readouterr().err


def test_spread_is_of_several_seeds_only(folder):
    measured = Measured.read(folder)
    assert mean_and_spread(measured.of_row('simlpe', 'mean_of_4'))[1] is None
    mean, spread = mean_and_spread(measured.of_row('cmu25', 'mean_of_4'))
    assert mean['80'] == 11
    assert spread['80'] == pytest.approx(2**0.5)
