# SPDX-License-Identifier: Apache-2.0
import pytest

from nermo_ros.cli.main import main
from nermo_ros.inference.gpu import missing_gpu


def test_without_a_gpu_it_says_so(capsys, monkeypatch):
    monkeypatch.setattr('nermo_ros.inference.gpu.DRIVER', 'no_driver.so')
    with pytest.raises(SystemExit) as ended:
        main(['build-engine', 'body17'])
    assert ended.value.code == 1
    assert 'nermo build-engine: no NVIDIA driver (no_driver.so)' in capsys.readouterr().err


def test_an_unknown_model_says_which_there_are(capsys):
    with pytest.raises(SystemExit) as ended:
        main(['build-engine', 'no_such_model'])
    assert ended.value.code == 1
    assert 'body17' in capsys.readouterr().err


@pytest.mark.skipif(bool(missing_gpu()), reason=missing_gpu() or 'there is one')
def test_with_a_gpu_it_is_built_and_kept(capsys, monkeypatch, tmp_path):
    pytest.importorskip('tensorrt', reason='TensorRT is not installed')
    monkeypatch.setenv('NERMO_ENGINE_CACHE', str(tmp_path))
    assert main(['build-engine', 'body17']) == 0
    assert str(tmp_path) in capsys.readouterr().out
    assert list(tmp_path.glob('*.engine'))
