# SPDX-License-Identifier: Apache-2.0
import json

import pytest

from nermo_ros.cli import cameras

SHORT = ['handover', '--places', '1', '--seconds', '2']


def test_a_second_view_sees_more_and_forecasts_better(tmp_path, capsys):
    files = tmp_path / 'cameras.json', tmp_path / 'cameras.md'
    assert cameras.main([*SHORT, '--json', str(files[0]), '--markdown', str(files[1])]) == 0
    result = json.loads(files[0].read_text())
    rows = result['settings']
    assert list(rows) == list(cameras.SETTINGS)
    one, two, paired, open_view = rows.values()
    assert open_view['unseen'] <= two['unseen'] < one['unseen']
    assert two['hidden_mm']['400'] < one['hidden_mm']['400']
    assert paired['hidden_mm']['400'] < one['hidden_mm']['400']
    assert two['most_people'] == paired['most_people'] == result['people'] == 2
    table = cameras.text(result)
    assert table in capsys.readouterr().out and table in files[1].read_text()
    assert 'nermo cameras handover' in files[1].read_text()


@pytest.mark.parametrize('argv', [['nobody'], [*SHORT, '--model', 'nowhere']])
def test_errors_say_what_to_do(argv, capsys):
    assert cameras.main(argv) == 1
    assert 'nermo cameras: ' in capsys.readouterr().err
