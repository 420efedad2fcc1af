# SPDX-License-Identifier: Apache-2.0
"""The TensorRT backend on stand-ins for TensorRT and CUDA; see conftest.py."""

import shutil

import numpy as np
import pytest

from nermo_ros.cli import build_engine
from nermo_ros.inference import build_engine as background
from nermo_ros.inference.backends import open_predictor
from nermo_ros.inference.buckets import BUCKETS
from nermo_ros.inference.engine_cache import EngineCache, default_folder
from nermo_ros.inference.golden import random_histories
from nermo_ros.inference.models import model_folder
from nermo_ros.inference.predictor import BackendError
from nermo_ros.inference.tensorrt_backend import TensorRtPredictor


def load(folder=None, said=None):
    return TensorRtPredictor.load(folder or model_folder('body17'), (said or []).append)


def engine():
    (path,) = default_folder().glob('*.engine')
    return path


@pytest.mark.parametrize('people', [0, 1, 3, 16, 21])
def test_agrees_with_onnx_runtime(fake_gpu, people):
    predictor, reference = load(), open_predictor('body17', 'onnxruntime')
    arrays = random_histories(max(people, 1), predictor.card.samples)
    arrays = [array[:people] for array in arrays]
    np.testing.assert_allclose(predictor(*arrays), reference(*arrays), atol=1e-5)
    assert predictor.name == 'tensorrt'
    predictor.close()


def test_a_cycle_waits_once_and_allocates_nothing_on_the_device(fake_gpu):
    predictor = load()
    predictor.warm_up()
    cuda = fake_gpu.cuda
    assert cuda.calls.count('cudaGraphInstantiate') == len(BUCKETS)
    cuda.calls.clear()
    predictor(*random_histories(16, predictor.card.samples))
    assert cuda.calls == ['cudaGraphLaunch', 'cudaStreamSynchronize']
    predictor.close()
    assert not cuda.memory


def test_what_cannot_be_captured_is_launched_step_by_step(fake_gpu, monkeypatch):
    cuda = fake_gpu.cuda
    monkeypatch.setattr(cuda, '_cudaGraphInstantiate', lambda *_: (900, None), raising=False)
    predictor = load()
    cuda.calls.clear()
    predictor(*random_histories(2, predictor.card.samples))
    assert 'cudaGraphLaunch' not in cuda.calls
    assert cuda.calls.count('cudaStreamSynchronize') == 1


def test_the_engine_is_built_once(fake_gpu):
    load().close()
    load().close()
    assert fake_gpu.builds == 1
    fake_gpu.__version__ = '10.13.2'
    load().close()
    assert fake_gpu.builds == 2 and engine()


def test_an_engine_that_tensorrt_does_not_take_is_built_anew(fake_gpu, monkeypatch):
    good = EngineCache.get
    plans = [b'of another machine']

    def get(self, key, build, anew=False):
        return plans.pop() if plans else good(self, key, build, anew)

    monkeypatch.setattr(EngineCache, 'get', get)
    load().close()
    assert fake_gpu.builds == 1


def test_an_engine_that_is_never_taken_is_an_error_and_forgotten(fake_gpu, monkeypatch):
    monkeypatch.setattr('nermo_ros.inference.tensorrt_api.deserialize', lambda trt, plan: None)
    with pytest.raises(BackendError, match='does not take'):
        load()
    assert fake_gpu.builds == 2 and not list(default_folder().glob('*.engine'))
    assert not fake_gpu.cuda.memory


def test_an_engine_that_disagrees_is_refused(fake_gpu):
    fake_gpu.offset = 0.002
    with pytest.raises(BackendError, match=r'differs from ONNX Runtime by 2\.0e-03 m.*\.engine'):
        load()
    assert not fake_gpu.cuda.memory


def test_a_failed_build_is_an_error_by_name_and_the_next_backend_by_auto(fake_gpu):
    fake_gpu.fails = True
    with pytest.raises(BackendError, match='backend tensorrt: .*built no engine'):
        open_predictor('body17', 'tensorrt')
    predictor = open_predictor('body17')
    assert predictor.name in ('native', 'onnxruntime')
    assert 'tensorrt: TensorRT built no engine' in predictor.why[0]


def test_a_graph_that_cannot_be_read_says_why(fake_gpu, tmp_path):
    folder = shutil.copytree(model_folder('body17'), tmp_path / 'model')
    (folder / 'model.onnx').write_bytes(b'?')
    with pytest.raises(BackendError, match='no graph at all'):
        load(folder)
    (folder / 'model.onnx').unlink()
    with pytest.raises(BackendError, match='nermo export'):
        load(folder)


def test_a_failing_device_is_a_backend_error(fake_gpu, monkeypatch):
    predictor = load()
    monkeypatch.setattr(
        fake_gpu.cuda, '_cudaStreamSynchronize', lambda stream: (719,), raising=False
    )
    with pytest.raises(BackendError, match='cudaStreamSynchronize failed: 719'):
        predictor(*random_histories(1, predictor.card.samples))


def test_the_command_builds_and_keeps_the_engine(fake_gpu, capsys):
    assert build_engine.main(['body17']) == 0
    said = capsys.readouterr().out
    assert 'building an engine of tensorrt' in said and str(engine()) in said
    assert build_engine.main(['body17']) == 0
    assert fake_gpu.builds == 1
    assert build_engine.main(['body17', '--anew']) == 0
    assert fake_gpu.builds == 2
    engine().unlink()
    assert build_engine.main(['body17', '--dry-run']) == 0
    assert 'tensorrt 10.3.0 builds body17' in capsys.readouterr().out
    assert not list(default_folder().glob('*.engine'))


def test_the_background_builder_tells_its_failure_in_its_last_line(fake_gpu, capsys, monkeypatch):
    monkeypatch.setattr('os.nice', lambda step: step)
    assert background.main(str(model_folder('body17')), 'tensorrt') == 0 and engine()
    engine().unlink()
    fake_gpu.fails = True
    assert background.main(str(model_folder('body17')), 'tensorrt') == 1
    assert 'built no engine' in capsys.readouterr().err.splitlines()[-1]
