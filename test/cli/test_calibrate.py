# SPDX-License-Identifier: Apache-2.0
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from nermo_ros.cli.calibrate import main
from nermo_ros.forecast.radii import KNOTS, MISSING_NAMES, Radii
from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.models import model_folder
from nermo_ros.recordings import recording as recording_module


def rows(frames, speed):
    """A file in the set's format: the rig slides along at `speed` units a second."""
    rows = np.zeros((frames, 117))
    rows[:, 0] = np.arange(frames) * speed / 120
    rows[:, 1] = 16
    return rows


@pytest.fixture
def data(tmp_path):
    path = tmp_path / 'cmu.npz'
    files = {
        'test/walking/walking_1': rows(180, 25),
        'test/running/running_1': rows(120, 60),
        'train/walking/walking_1': rows(60, 25),
        'train/walking/walking_5': rows(130, 20),
    }
    np.savez(path, **files)
    return path


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(model_folder('body17'), tmp_path / 'model')


def test_radii_go_into_the_card(data, folder, tmp_path, capsys):
    before = yaml.safe_load((folder / 'model.yaml').read_text())
    out = tmp_path / 'out.json'
    assert main(['--model', str(folder), '--data', str(data), '--json', str(out)]) == 0
    card = ModelCard.read(folder)
    radii = Radii.read(card.radii, card.joints)
    assert radii.coverage == 0.95
    assert (radii.table > 0).all()
    fallback = Radii.read(card.fallback_radii, card.joints)
    assert (fallback.table[0, 0, :, 4] > radii.table[0, 0, :, 4]).any()
    assert 0 < card.radii['unfamiliar_above'] < 5
    after = yaml.safe_load((folder / 'model.yaml').read_text())
    changed = {'radii': 0, 'fallback_radii': 0}
    assert {**after, **changed} == {**before, **changed}
    figures = json.loads(out.read_text())
    assert figures['sequences'] == 2
    assert list(figures['coverage_percent']) == list(MISSING_NAMES)
    assert len(figures['mean_radius_mm'][MISSING_NAMES[0]]) == len(KNOTS)
    assert figures['fallback']['sequences'] == 2 and figures['unfamiliar_above_m'] > 0
    told = capsys.readouterr().out
    assert told.count('mean radius [mm] under 5 percent') == 2 and 'UNFAMILIAR from' in told


def test_a_twin_adds_what_it_was_not_shown(data, folder, tmp_path):
    out = tmp_path / 'out.json'
    before = (folder / 'model.yaml').read_text()
    given = ['--model', str(folder), '--data', str(data), '--json', str(out), '--dry-run']
    assert main([*given, '--twin', str(folder)]) == 0
    assert 'train/walking/walking_5' in json.loads(out.read_text())['coverage_percent_by_sequence']
    assert (folder / 'model.yaml').read_text() == before


def test_a_twin_that_was_shown_everything_is_refused(data, folder, capsys):
    text = yaml.safe_load((folder / 'model.yaml').read_text())
    text['training']['data']['files'] = 2
    (folder / 'model.yaml').write_text(yaml.safe_dump(text))
    assert main(['--data', str(data), '--twin', str(folder), '--dry-run']) == 1
    assert '--hold-out' in capsys.readouterr().err


def test_own_recordings_count_by_person(folder, tmp_path):
    out = tmp_path / 'out.json'
    recording = Path(recording_module.__file__).with_name('handover.npz')
    given = ['--model', str(folder), '--recordings', str(recording), '--json', str(out)]
    assert main(given) == 0
    figures = json.loads(out.read_text())
    people = recording_module.load_recording(recording).people
    assert set(figures['coverage_percent_by_sequence']) == {f'handover/{one}' for one in people}
    assert ModelCard.read(folder).radii


@pytest.mark.parametrize(
    'arguments, says',
    [
        (['--data', 'absent.npz'], 'no CMU recordings'),
        (['--data', 'absent.npz', '--model', 'absent'], 'no model'),
        (['--data', 'absent.npz', '--backend', 'absent'], 'no backend'),
    ],
)
def test_says_what_is_wrong_in_one_line(arguments, says, capsys):
    assert main([*arguments, '--dry-run']) == 1
    error = capsys.readouterr().err
    assert says in error
    assert error.count('\n') == 1


@pytest.mark.parametrize('files', [['train/walking/walking_1'], ['test/walking/walking_1']])
def test_too_few_sequences(files, tmp_path, capsys):
    path = tmp_path / 'cmu.npz'
    np.savez(path, **{name: rows(100, 20) for name in files})
    assert main(['--data', str(path), '--dry-run']) == 1
    error = capsys.readouterr().err
    assert 'no test files' in error or 'at least two sequences' in error


@pytest.mark.parametrize('arguments', [[], ['--data', 'x', '--coverage', '95']])
def test_usage(arguments):
    with pytest.raises(SystemExit):
        main(arguments)
