# SPDX-License-Identifier: Apache-2.0
import sys
import threading
import time

import numpy as np
import pytest

from nermo_ros.inference import swapping as swapping_module
from nermo_ros.inference import tensorrt_backend
from nermo_ros.inference.backends import open_predictor
from nermo_ros.inference.engine_cache import default_folder
from nermo_ros.inference.golden import random_histories
from nermo_ros.inference.models import model_folder
from nermo_ros.inference.onnxruntime_backend import OnnxRuntimePredictor
from nermo_ros.inference.predictor import BackendError
from nermo_ros.inference.swapping import Swapping

NOTHING = [sys.executable, '-c', '']


class Fast(OnnxRuntimePredictor):
    """The same model under another name, for which loading waits."""

    name = 'fast'
    broken = False

    def __call__(self, *arrays):
        if self.broken:
            raise BackendError('the device is gone')
        return super().__call__(*arrays)


@pytest.fixture
def swapping():
    made = []

    def make(command=NOTHING, load=lambda: Fast.load(model_folder('body17'))):
        said = []
        serving = OnnxRuntimePredictor.load(model_folder('body17'))
        made.append(Swapping(serving, 'fast', command, load, said.append))
        return made[-1], said

    yield make
    for predictor in made:
        predictor.close()


def wait(until, seconds=20.0):
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        time.sleep(0.01)
    assert until()


def test_serves_at_once_and_hands_over_when_the_other_is_warm(swapping):
    go = threading.Event()

    def load():
        assert go.wait(20)
        return Fast.load(model_folder('body17'))

    predictor, said = swapping(load=load)
    assert predictor.name == 'onnxruntime (fast not begun)'
    predictor.warm_up()
    arrays = random_histories(2, predictor.card.samples)
    before = predictor(*arrays)
    assert predictor.name == 'onnxruntime (fast is being prepared)' and not said
    go.set()
    wait(lambda: predictor.name == 'fast')
    np.testing.assert_array_equal(predictor(*arrays), before)
    wait(lambda: said)
    assert said[0].startswith('fast has taken over')


def test_calls_do_not_wait_for_the_preparation(swapping):
    predictor, _ = swapping(command=[sys.executable, '-c', 'import time; time.sleep(60)'])
    predictor.warm_up()
    arrays = random_histories(1, predictor.card.samples)
    began = time.monotonic()
    for _ in range(20):
        predictor(*arrays)
    predictor.close()  # ends the process too
    assert time.monotonic() - began < 5
    wait(lambda: predictor._process.poll() is not None)


def test_a_failed_preparation_is_told_with_its_last_line(swapping):
    code = "import sys; sys.exit('noise\\nthe GPU has no memory left')"
    predictor, said = swapping(command=[sys.executable, '-c', code])
    predictor.warm_up()
    wait(lambda: said)
    assert said == ['fast failed: the GPU has no memory left; onnxruntime goes on']
    assert predictor.name == 'onnxruntime (fast failed: the GPU has no memory left)'
    assert np.isfinite(predictor(*random_histories(1, predictor.card.samples))).all()


def test_a_load_that_raises_anything_is_told(swapping):
    def load():
        raise MemoryError('not enough')

    predictor, said = swapping(load=load)
    predictor.warm_up()
    wait(lambda: said)
    assert 'not enough' in said[0]


def test_a_later_failure_of_the_faster_one_loses_no_answer(swapping):
    predictor, said = swapping()
    predictor.warm_up()
    wait(lambda: predictor.name == 'fast')
    arrays = random_histories(1, predictor.card.samples)
    expected = predictor(*arrays)
    predictor._fast.broken = True
    np.testing.assert_array_equal(predictor(*arrays), expected)
    assert predictor.name == 'onnxruntime (fast failed: the device is gone)'
    assert 'the device is gone' in said[-1]


def test_closing_before_it_was_warmed_up(swapping):
    predictor, _ = swapping()
    predictor.close()
    with pytest.raises(BackendError):
        predictor(*random_histories(1, predictor.card.samples))


def test_a_node_gets_tensorrt_behind_onnx_runtime(fake_gpu, monkeypatch):
    """The stand-ins live in this process alone: the engine is built here, not in a child."""
    said = []
    monkeypatch.setattr(swapping_module, 'sys', type(sys)('sys'))
    swapping_module.sys.executable = '/bin/true'
    monkeypatch.setattr(tensorrt_backend, '_installed', lambda module: True)
    predictor = open_predictor('body17', 'auto', report=said.append)
    assert predictor.name.startswith('onnxruntime (tensorrt') and predictor.why == ()
    predictor.warm_up()
    wait(lambda: predictor.name == 'tensorrt')
    assert fake_gpu.builds == 1 and list(default_folder().glob('*.engine'))
    predictor.close()


def test_what_can_be_told_at_once_is_told_at_once(fake_gpu, monkeypatch):
    monkeypatch.setattr(tensorrt_backend, '_installed', lambda module: False)
    with pytest.raises(BackendError, match='no TensorRT'):
        open_predictor('body17', 'tensorrt', report=print)
