# SPDX-License-Identifier: Apache-2.0
import json
from pathlib import Path

import pytest

from nermo_ros.cli.robot import main
from nermo_ros.cli.robot_report import filled, markdown, sentence
from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.models import model_folder

ROOT = Path(__file__).resolve().parents[2]
AGAIN = 'make robot writes docs/results/robot.json, docs/robot.png, the README and docs/robot.md'
MARKED = '# A\n<!-- robot: sentence -->\nearlier text\n<!-- robot: end -->\nb\n'


@pytest.fixture(scope='module')
def shipped():
    return json.loads((ROOT / 'docs/results/robot.json').read_text())


def test_documents_say_what_the_figures_say(shipped):
    assert sentence(shipped) in (ROOT / 'README.md').read_text(), AGAIN
    assert markdown(shipped) in (ROOT / 'docs/robot.md').read_text(), AGAIN


def test_figures_are_of_the_shipped_model(shipped):
    card = ModelCard.read(model_folder('body17'))
    assert shipped['model'] == f'{card.name} {card.version}', AGAIN


def test_picture_is_small():
    assert (ROOT / 'docs/robot.png').stat().st_size < 200_000


def test_end_to_end(tmp_path, capsys):
    pytest.importorskip('matplotlib', reason='the picture is of the demo extra')
    document = tmp_path / 'page.md'
    document.write_text(MARKED)
    options = ['--json', str(tmp_path / 'robot.json'), '--picture', str(tmp_path / 'robot.png')]
    assert main(['--starts', '1', '--rate', '15', *options, '--fill', str(document)]) == 0
    result = json.loads((tmp_path / 'robot.json').read_text())
    rows = result['policies']
    assert {'neither', 'present', 'walking', 'velocity', 'forecast'} <= set(rows)
    assert rows['neither']['finished'] == 1
    assert rows['neither']['time_s']['mean'] <= rows['forecast']['time_s']['mean']
    assert rows['neither']['stops']['mean'] == 0
    assert sentence(result) in document.read_text() and 'earlier text' not in document.read_text()
    assert (tmp_path / 'robot.png').stat().st_size > 10_000
    assert 'forecast with radii' in capsys.readouterr().out


@pytest.mark.parametrize(
    ('options', 'advice'),
    [
        (['--clearance', '-1'], 'clearance is -1'),
        (['--jitter', '2'], 'camera jitter'),
        (['--model', 'nothing'], 'body17'),
    ],
)
def test_tells_what_is_wrong(options, advice, capsys):
    assert main(options) == 1
    assert advice in capsys.readouterr().err


@pytest.mark.parametrize('options', [['--starts', '0'], ['--speed', '0'], ['--latency', '-1']])
def test_refuses_senseless_options(options):
    with pytest.raises(SystemExit) as refused:
        main(options)
    assert refused.value.code == 2


def test_fills_nothing_where_nothing_is_marked(shipped):
    with pytest.raises(ValueError, match='no place'):
        filled('# A\n', shipped)
    twice = filled(MARKED, shipped)
    assert filled(twice, shipped) == twice
