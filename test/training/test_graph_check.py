# SPDX-License-Identifier: Apache-2.0
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from nermo_ros.inference.card import ModelError
from nermo_ros.inference.models import model_folder, shipped_models
from nermo_ros.training.graph_check import check_graph


def graph(*nodes, kind=TensorProto.FLOAT, constants=()):
    """A model of x (P, 4, 4) -> y of the same kind."""
    ends = [helper.make_tensor_value_info(name, kind, ['P', 4, 4]) for name in 'xy']
    made = helper.make_graph(list(nodes), 'g', ends[:1], ends[1:], list(constants))
    return helper.make_model(made, opset_imports=[helper.make_opsetid('', 18)], ir_version=8)


def node(kind, inputs='x', outputs='y', **attributes):
    return helper.make_node(kind, inputs.split(), outputs.split(), **attributes)


@pytest.mark.parametrize('model', shipped_models())
def test_the_shipped_graphs_are_single_precision_and_run_everywhere(model):
    check_graph(onnx.load(model_folder(model) / 'model.onnx'))


def test_a_plain_graph_passes():
    check_graph(graph(node('MatMul', 'x x', 'a'), node('Sin', 'a')))


def test_operators_that_a_backend_lacks_are_named():
    with pytest.raises(ModelError, match=r"\['Det'\]"):
        check_graph(graph(node('Det', 'x', 'd'), node('Mul', 'x x')))


def test_double_precision_within_the_graph_is_found():
    up, down = (
        node('Cast', 'x', 'wide', to=TensorProto.DOUBLE),
        node('Cast', 'sine', 'y', to=TensorProto.FLOAT),
    )
    with pytest.raises(ModelError, match=r'sine \(DOUBLE\), wide \(DOUBLE\)'):
        check_graph(graph(up, node('Sin', 'wide', 'sine'), down))


@pytest.mark.parametrize('kind', [TensorProto.DOUBLE, TensorProto.FLOAT16])
def test_inputs_and_constants_of_another_precision_are_found(kind):
    with pytest.raises(ModelError, match='x .*, y '):
        check_graph(graph(node('Sin'), kind=kind))
    half = onnx.numpy_helper.from_array(np.ones(1, np.float64), 'half')
    with pytest.raises(ModelError, match='half'):
        check_graph(
            graph(
                node('Cast', 'half', 'single', to=TensorProto.FLOAT),
                node('Mul', 'x single'),
                constants=[half],
            )
        )


def test_functions_are_refused():
    model = graph(node('Twice', domain='own'))
    opset = [helper.make_opsetid('', 18)]
    twice = helper.make_function('own', 'Twice', ['x'], ['y'], [node('Add', 'x x')], opset)
    model.functions.append(twice)
    model.opset_import.append(helper.make_opsetid('own', 1))
    with pytest.raises(ModelError, match="functions: \\['Twice'\\]"):
        check_graph(model)
