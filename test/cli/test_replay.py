# SPDX-License-Identifier: Apache-2.0
import json
import subprocess
import sys

import pytest

from nermo_ros.cli.replay import main


@pytest.mark.parametrize('recording, people', [('handover', 2), ('cmu_walking', 1)])
def test_offline_scores_a_shipped_recording(recording, people, tmp_path, capsys):
    out = tmp_path / 'out.json'
    assert main([recording, '--offline', '--drop', '0.2', '--occlude', '--json', str(out)]) == 0
    result = json.loads(out.read_text())
    assert result['persons'] == people
    assert result['answered'] == 1.0
    assert result['missing'] > 0.2
    ours, zero, constant = (
        result[key]['400'] for key in ('mpjpe_mm', 'zero_velocity_mm', 'constant_velocity_mm')
    )
    assert ours < min(zero, constant)
    printed = capsys.readouterr().out
    assert 'constant velocity' in printed
    assert f'{ours:.1f}' in printed


def test_the_same_seed_gives_the_same_figures(tmp_path):
    files = [tmp_path / 'a.json', tmp_path / 'b.json']
    for file in files:
        arguments = ['cmu_walking', '--offline', '--noise', '0.01', '--json', str(file)]
        assert main([*arguments, '--seconds', '1.5']) == 0
    assert files[0].read_text() == files[1].read_text()


def test_offline_needs_neither_ros_nor_torch():
    code = (
        'import sys; from nermo_ros.cli.replay import main;'
        "main(['cmu_walking', '--offline', '--seconds', '0.5']);"
        "sys.exit('rclpy' in sys.modules or 'torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, '-c', code], stdout=subprocess.DEVNULL).returncode == 0


@pytest.mark.parametrize(
    'arguments, says',
    [
        (['absent', '--offline'], 'handover'),
        (['handover', '--offline', '--model', 'absent'], 'no model'),
        (['handover', '--offline', '--drop', '2'], 'drop'),
        (['handover', '--source', 'absent'], 'absent'),
    ],
)
def test_says_what_is_wrong_in_one_line(arguments, says, capsys):
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert says in error
    assert error.count('\n') == 1


@pytest.mark.parametrize(
    'arguments', [['handover', '--offline', '--topic', 'x'], ['handover', '--model', 'x']]
)
def test_options_that_would_be_ignored_are_refused(arguments, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert 'is for replay' in capsys.readouterr().err


def test_nobody_listening_is_said(capsys):
    assert main(['cmu_walking', '--topic', '/nobody_listens', '--wait', '0.5']) == 1
    assert 'nobody_listens' in capsys.readouterr().err
