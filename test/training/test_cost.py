# SPDX-License-Identifier: Apache-2.0
import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper
from torch import nn

from nermo_ros.inference.predictor import INPUTS, OUTPUT
from nermo_ros.training.cost import latencies, multiply_adds, parameters

SHAPES = ((1, 10), (1, 10, 4, 3), (1, 10, 4), (1, 5))


class Affine(nn.Module):
    """Every query time gets the same layer of the newest positions."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(12, 12)

    def forward(self, times, positions, mask, query):
        newest = self.layer(positions[:, -1].flatten(1))
        return newest[:, None].expand(-1, query.shape[1], -1).unflatten(2, (4, 3))


@pytest.fixture
def inputs():
    return [np.ones(shape, np.float32) for shape in SHAPES]


def test_parameters_and_multiply_adds_of_a_layer(inputs):
    assert parameters(Affine()) == 12 * 12 + 12
    assert multiply_adds(Affine(), inputs) == 12 * 12


def test_batched_products_count_too(inputs):
    class Squares(nn.Module):
        def forward(self, times, positions, mask, query):
            return positions.transpose(2, 3) @ positions

    assert multiply_adds(Squares(), inputs) == 10 * 3 * 4 * 3


def test_counting_leaves_no_gradients(inputs):
    network = Affine()
    multiply_adds(network, inputs)
    assert all(parameter.grad is None for parameter in network.parameters())
    assert torch.is_grad_enabled()


def graph_of(products, path):
    """A graph that multiplies a 256 x 256 matrix by itself so many times."""
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in zip(INPUTS, SHAPES, strict=True)
    ]
    matrix = helper.make_tensor('m', TensorProto.FLOAT, [256, 256], np.eye(256).ravel())
    nodes = [helper.make_node('ReduceSum', ['times'], ['x0'], keepdims=0)]
    nodes.append(helper.make_node('Add', ['x0', 'm'], ['p0']))
    for index in range(products):
        nodes.append(helper.make_node('MatMul', [f'p{index}', 'm'], [f'p{index + 1}']))
    nodes.append(helper.make_node('Identity', [f'p{products}'], [OUTPUT]))
    output = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [256, 256])
    graph = helper.make_graph(nodes, 'products', values, [output], [matrix])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 18)], ir_version=9)
    onnx.save(model, path)
    return path


def test_latency_grows_with_the_work(inputs, tmp_path):
    graphs = [graph_of(1, tmp_path / 'small.onnx'), graph_of(40, tmp_path / 'large.onnx')]
    took = latencies(graphs, [inputs, inputs], runs=20)
    assert took.shape == (2, 20)
    small, large = np.median(took, 1)
    assert 0 < 5 * small < large < 1
