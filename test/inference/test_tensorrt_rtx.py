# SPDX-License-Identifier: Apache-2.0
"""TensorRT itself, without a GPU: it reads the shipped graphs and builds engines of them.

TensorRT-RTX builds on a machine that has none. `make test-rtx` installs it and runs this.
"""

import os
import time

import pytest

from nermo_ros.cli import build_engine
from nermo_ros.inference import tensorrt_api
from nermo_ros.inference.models import model_folder, shipped_models
from nermo_ros.inference.predictor import INPUTS, BackendError, UnavailableError
from nermo_ros.inference.tensorrt_backend import read_graph

MOST_SECONDS = 10.0


@pytest.fixture(scope='module')
def trt():
    try:
        return tensorrt_api.find_tensorrt()[0]
    except UnavailableError as error:
        if 'NERMO_NEEDS_TENSORRT' in os.environ:
            raise
        pytest.skip(f'{error}; or run `make test-rtx`')


@pytest.mark.parametrize('model', shipped_models())
def test_the_shipped_graphs_build_within_ten_seconds(trt, model):
    graph = read_graph(model_folder(model))
    taken = []
    while len(taken) < 3 and min(taken, default=MOST_SECONDS) >= MOST_SECONDS:
        began = time.monotonic()
        plan = tensorrt_api.build(trt, graph)
        taken.append(time.monotonic() - began)  # others may be using the machine
    assert min(taken) < MOST_SECONDS
    assert len(plan) > len(graph) / 2


def test_the_dry_run_of_the_command(trt, capsys):
    assert build_engine.main(['--dry-run', 'body17']) == 0
    assert f'{trt.__version__} builds body17 in' in capsys.readouterr().out


def test_what_is_no_graph_is_refused_with_the_parsers_words(trt):
    with pytest.raises(BackendError, match='cannot read the graph: .+'):
        tensorrt_api.build(trt, b'not a graph')


def test_an_operator_that_tensorrt_lacks_is_refused(trt):
    onnx = pytest.importorskip('onnx', reason='it writes the graph')
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    taken = helper.make_tensor_value_info('times', kind, ['P', 4, 4])
    given = helper.make_tensor_value_info('d', kind, ['P'])
    nodes = [helper.make_node('Det', ['times'], ['d'])]
    model = helper.make_model(
        helper.make_graph(nodes, 'g', [taken], [given]),
        opset_imports=[helper.make_opsetid('', 18)],
        ir_version=8,
    )
    with pytest.raises(BackendError, match='Det'):
        tensorrt_api.build(trt, model.SerializeToString())


def test_every_operator_that_export_allows_is_one_of_tensorrts(trt):
    pytest.importorskip('onnx', reason='export needs it')
    from nermo_ros.training.graph_check import OPERATORS

    logger = trt.Logger(trt.Logger.ERROR)
    parser = trt.OnnxParser(trt.Builder(logger).create_network(0), logger)
    assert not parser.supports_operator('Det')
    assert [name for name in OPERATORS if not parser.supports_operator(name)] == []


def test_garbage_is_no_engine(trt):
    assert tensorrt_api.deserialize(trt, b'not an engine') is None


def test_the_stand_ins_of_the_other_tests_call_things_by_their_names(trt):
    for owner, names in {
        'ICudaEngine': ('create_execution_context',),
        'IExecutionContext': ('set_input_shape', 'set_tensor_address', 'execute_async_v3'),
        'Runtime': ('deserialize_cuda_engine',),
        'INetworkDefinition': ('num_inputs', 'get_input'),
        'Builder': ('create_network', 'create_builder_config', 'create_optimization_profile'),
    }.items():
        assert [name for name in names if not hasattr(getattr(trt, owner), name)] == []


def test_cuda_is_called_by_its_names():
    runtime = pytest.importorskip('cuda.bindings.runtime', reason='cuda-bindings is not installed')
    functions = (
        'FreeHost Free GetDeviceProperties GraphDestroy GraphExecDestroy GraphInstantiate '
        'GraphLaunch HostAlloc Malloc MemcpyAsync RuntimeGetVersion StreamBeginCapture '
        'StreamCreateWithFlags StreamDestroy StreamEndCapture StreamSynchronize'
    )
    assert [name for name in functions.split() if not hasattr(runtime, f'cuda{name}')] == []
    assert runtime.cudaMemcpyKind.cudaMemcpyHostToDevice == 1
    assert runtime.cudaMemcpyKind.cudaMemcpyDeviceToHost == 2
    assert hasattr(runtime.cudaStreamCaptureMode, 'cudaStreamCaptureModeThreadLocal')
    assert isinstance(runtime.cudaRuntimeGetVersion(), tuple)


def test_the_graphs_inputs_are_the_ones_that_are_bound(trt):
    builder = trt.Builder(trt.Logger(trt.Logger.ERROR))
    network = builder.create_network(0)
    parser = trt.OnnxParser(network, trt.Logger(trt.Logger.ERROR))
    assert parser.parse(read_graph(model_folder('body17')))
    assert {network.get_input(i).name for i in range(network.num_inputs)} == set(INPUTS)
