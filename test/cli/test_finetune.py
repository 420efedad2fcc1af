# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.cli.finetune import main
from nermo_ros.recordings.recording import Recording

torch = pytest.importorskip('torch', reason='fine-tuning needs torch')


def exits(arguments, capsys):
    with pytest.raises(SystemExit) as raised:
        main([str(argument) for argument in arguments])
    assert raised.value.code == 1
    return capsys.readouterr().err


def test_what_is_not_there_is_named(tmp_path, capsys):
    out = tmp_path / 'out'
    assert 'absent.npz' in exits([tmp_path / 'absent.npz', '--out', out], capsys)
    assert 'no model' in exits([tmp_path, '--out', out, '--model', tmp_path / 'absent'], capsys)
    assert not out.exists()


def test_a_short_recording_is_refused(tmp_path, capsys):
    still = np.zeros((1, 60, 17, 3), np.float32)
    Recording('short', 30.0, ('anna',), still).save(tmp_path / 'short.npz')
    assert 'record more' in exits([tmp_path / 'short.npz', '--out', tmp_path / 'out'], capsys)


def test_the_model_itself_is_not_overwritten(tmp_path, capsys):
    (tmp_path / 'model.yaml').write_text('')
    error = exits([tmp_path, '--model', tmp_path, '--out', tmp_path], capsys)
    assert 'give another' in error
