# SPDX-License-Identifier: Apache-2.0
"""Stands in for a GPU: CUDA's memory is the host's, and TensorRT's engines run in ONNX Runtime.

What they promise is what NVIDIA's modules promise; test_tensorrt_rtx.py holds the names of the
stand-ins against the real ones.
"""

import ctypes
import enum
import sys
import types

import numpy as np
import pytest

from nermo_ros.inference import gpu
from nermo_ros.inference.engine_cache import FOLDER
from nermo_ros.inference.predictor import INPUTS, OUTPUT


def pytest_configure(config):
    config.addinivalue_line('markers', 'gpu: needs an NVIDIA GPU; skipped, with the reason')


def pytest_runtest_setup(item):
    if item.get_closest_marker('gpu') and (reason := gpu.missing_gpu()):
        pytest.skip(reason)


class FakeCuda:
    """cuda.bindings.runtime of one device: streams run at once, graphs are lists of calls."""

    cudaStreamNonBlocking = 1  # noqa: N815, as NVIDIA spells them
    cudaHostAllocDefault = 0  # noqa: N815
    cudaMemcpyKind = enum.IntEnum(  # noqa: N815
        'cudaMemcpyKind', {'cudaMemcpyHostToDevice': 1, 'cudaMemcpyDeviceToHost': 2}
    )
    cudaStreamCaptureMode = enum.IntEnum(  # noqa: N815
        'cudaStreamCaptureMode', {'cudaStreamCaptureModeThreadLocal': 1}
    )

    def __init__(self):
        self.memory, self.calls, self.captured = {}, [], None
        self.name = b'Fake GPU\0'

    def __getattr__(self, name):
        if not name.startswith('cuda'):
            raise AttributeError(name)

        def call(*arguments):
            self.calls.append(name)
            return getattr(self, f'_{name}', lambda *_: (0,))(*arguments)

        return call

    def enqueue(self, work):
        work() if self.captured is None else self.captured.append(work)

    def _allocate(self, size, *_):
        block = ctypes.create_string_buffer(size)
        self.memory[ctypes.addressof(block)] = block
        return 0, ctypes.addressof(block)

    def _release(self, address):
        return (0 if self.memory.pop(address, None) is not None else 1,)

    _cudaHostAlloc = _cudaMalloc = _allocate  # noqa: N815
    _cudaFreeHost = _cudaFree = _release  # noqa: N815

    def _cudaMemcpyAsync(self, to, source, size, kind, stream):  # noqa: N802
        self.enqueue(lambda: ctypes.memmove(to, source, size))
        return (0,)

    def _cudaStreamCreateWithFlags(self, flags):  # noqa: N802
        return 0, 7

    def _cudaStreamBeginCapture(self, stream, mode):  # noqa: N802
        self.captured = []
        return (0,)

    def _cudaStreamEndCapture(self, stream):  # noqa: N802
        graph, self.captured = self.captured, None
        return 0, graph

    def _cudaGraphInstantiate(self, graph, flags):  # noqa: N802
        return 0, graph

    def _cudaGraphLaunch(self, graph, stream):  # noqa: N802
        for work in graph:
            work()
        return (0,)

    def _cudaGetDeviceProperties(self, index):  # noqa: N802
        return 0, types.SimpleNamespace(name=self.name, major=9, minor=0)

    def _cudaRuntimeGetVersion(self):  # noqa: N802
        return 0, 13000


class FakeTensorRt(types.ModuleType):
    """tensorrt of one version; a plan is the graph behind PLAN, an engine a session of it.

    builds: how often an engine was built; fails: that builds give nothing; offset: [m] by which
    engines are wrong.
    """

    PLAN = b'plan of '
    NetworkDefinitionCreationFlag = enum.IntEnum('Flag', {'STRONGLY_TYPED': 1})
    BuilderFlag = enum.IntEnum('BuilderFlag', {'TF32': 7})

    def __init__(self, cuda):
        super().__init__('tensorrt')
        self.__version__, self.cuda = '10.3.0', cuda
        self.builds, self.fails, self.offset = 0, False, 0.0

    class Logger:
        ERROR = 1

        def __init__(self, level):
            pass

    def Builder(self, logger):  # noqa: N802
        return FakeBuilder(self)

    def OnnxParser(self, network, logger):  # noqa: N802
        return FakeParser(network)

    def Runtime(self, logger):  # noqa: N802
        return FakeRuntime(self)


class FakeBuilder:
    def __init__(self, trt):
        self.trt = trt

    def create_network(self, flags):
        assert flags == 1 << 1
        return types.SimpleNamespace(graph=None)

    def create_builder_config(self):
        return types.SimpleNamespace(
            clear_flag=lambda flag: None, add_optimization_profile=lambda profile: 0
        )

    def create_optimization_profile(self):
        return types.SimpleNamespace(set_shape=self.set_shape)

    @staticmethod
    def set_shape(name, least, usual, most):
        assert name in INPUTS and all(
            a <= b <= c for a, b, c in zip(least, usual, most, strict=True)
        )

    def build_serialized_network(self, network, config):
        self.trt.builds += 1
        return None if self.trt.fails else FakeTensorRt.PLAN + network.graph


class FakeParser:
    num_errors = 1

    def __init__(self, network):
        self.network = network

    def get_error(self, index):
        return types.SimpleNamespace(desc=lambda: 'no graph at all', node_operator=str)

    def parse(self, graph):
        import onnxruntime

        try:
            session = onnxruntime.InferenceSession(graph, providers=['CPUExecutionProvider'])
        except Exception:
            return False
        shapes = {
            value.name: [-1 if isinstance(size, str) else size for size in value.shape]
            for value in session.get_inputs()
        }
        inputs = [types.SimpleNamespace(name=n, shape=s) for n, s in shapes.items()]
        self.network.graph, self.network.num_inputs = graph, len(inputs)
        self.network.get_input = inputs.__getitem__
        return True


class FakeRuntime:
    def __init__(self, trt):
        self.trt = trt

    def deserialize_cuda_engine(self, plan):
        if not plan.startswith(FakeTensorRt.PLAN):
            return None
        import onnxruntime

        graph = plan.removeprefix(FakeTensorRt.PLAN)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(graph, options, providers=['CPUExecutionProvider'])
        return types.SimpleNamespace(
            create_execution_context=lambda: FakeContext(self.trt, session)
        )


class FakeContext:
    def __init__(self, trt, session):
        self.trt, self.session, self.shapes, self.addresses = trt, session, {}, {}

    def set_input_shape(self, name, shape):
        self.shapes[name] = shape
        return True

    def set_tensor_address(self, name, address):
        assert address in self.trt.cuda.memory
        self.addresses[name] = address
        return True

    def execute_async_v3(self, stream):
        assert stream == 7 and set(self.addresses) == {*INPUTS, OUTPUT}
        self.trt.cuda.enqueue(self._run)
        return True

    def _run(self):
        feed = {name: self._array(name, self.shapes[name]) for name in INPUTS}
        answer = self.session.run([OUTPUT], feed)[0] + np.float32(self.trt.offset)
        self._array(OUTPUT, answer.shape)[...] = answer

    def _array(self, name, shape):
        memory = (ctypes.c_float * int(np.prod(shape))).from_address(self.addresses[name])
        return np.ctypeslib.as_array(memory).reshape(shape)


@pytest.fixture
def fake_gpu(monkeypatch, tmp_path):
    """The stand-in for tensorrt, installed beside one for CUDA, with a cache of its own."""
    cuda = FakeCuda()
    trt = FakeTensorRt(cuda)
    bindings = types.ModuleType('cuda.bindings')
    bindings.runtime = cuda
    monkeypatch.setitem(sys.modules, 'cuda', types.ModuleType('cuda'))
    monkeypatch.setitem(sys.modules, 'cuda.bindings', bindings)
    monkeypatch.setitem(sys.modules, 'tensorrt', trt)
    monkeypatch.setattr('nermo_ros.inference.cuda.missing_gpu', lambda: '')
    monkeypatch.setattr('nermo_ros.inference.tensorrt_backend.missing_gpu', lambda: '')
    monkeypatch.setenv(FOLDER, str(tmp_path / 'engines'))
    return trt
