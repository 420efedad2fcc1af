# SPDX-License-Identifier: Apache-2.0
"""An exported graph as one person's, with every size known and every constant computed."""

import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.inference.predictor import INPUTS, BackendError, UnavailableError

TIMES = 32  # query times that one run answers: the node asks for 32 by default


@dataclass(frozen=True)
class Node:
    """An operator of ONNX; '' among the inputs is one that was left out."""

    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Graph:
    """nodes in the order of their work; constants and shapes by name of the value."""

    nodes: tuple[Node, ...]
    constants: dict[str, np.ndarray]
    shapes: dict[str, tuple[int, ...]]
    inputs: tuple[str, ...]
    output: str


def need_onnx() -> None:
    """Raises UnavailableError where a graph cannot be read."""
    for package in ('onnx', 'onnxruntime'):
        if find_spec(package) is None:
            raise UnavailableError(f'{package} is not installed: pip install {package}')


def one_person(graph: bytes, samples: int) -> Graph:
    """The graph of `nermo export` for one person's history of so many samples, and TIMES times.

    Raises UnavailableError without the package onnx, BackendError for what is no such graph.
    """
    need_onnx()
    import onnx
    import onnxruntime

    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'folded.onnx'
            options = _options(onnxruntime)
            level = onnxruntime.GraphOptimizationLevel
            options.graph_optimization_level = level.ORT_ENABLE_BASIC  # standard operators only
            options.optimized_model_filepath = str(path)
            for name, size in _open_sizes(onnx, graph, samples):
                options.add_free_dimension_override_by_name(name, size)
            onnxruntime.InferenceSession(graph, options, providers=['CPUExecutionProvider'])
            model = onnx.load(path)
        values = _values(onnx, onnxruntime, model)
    except Exception as error:  # the libraries' own errors share no narrower base class
        raise BackendError(f'the graph cannot be read: {error}') from error
    wrong = {name: a.dtype for name, a in values.items() if a.dtype not in (np.float32, bool)}
    if wrong:
        raise BackendError(f'the graph computes with other numbers than float32: {wrong}')
    constants = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
    return Graph(
        nodes=tuple(
            Node(
                node.op_type,
                tuple(node.input),
                tuple(node.output),
                {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute},
            )
            for node in model.graph.node
        ),
        constants=constants,
        shapes={name: array.shape for name, array in {**constants, **values}.items()},
        inputs=tuple(each.name for each in model.graph.input),
        output=model.graph.output[0].name,
    )


def _open_sizes(onnx: Any, graph: bytes, samples: int) -> set[tuple[str, int]]:
    """The names of the sizes that a graph leaves open, and what they are."""
    return {
        (size.dim_param, (1, TIMES if each.name == 'query' else samples)[axis])
        for each in onnx.load_from_string(graph).graph.input
        for axis, size in enumerate(each.type.tensor_type.shape.dim)
        if size.dim_param
    }


def _options(onnxruntime: Any) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options


def _values(onnx: Any, onnxruntime: Any, model: Any) -> dict[str, np.ndarray]:
    """Of every input and result, from a run: sizes are known for certain then."""
    every = onnx.ModelProto()
    every.CopyFrom(model)
    told = {each.name for each in model.graph.output}
    names = [name for node in model.graph.node for name in node.output if name]
    every.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in told)
    options = _options(onnxruntime)
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        every.SerializeToString(), options, providers=['CPUExecutionProvider']
    )
    feed = {each.name: np.ones(each.shape, np.float32) for each in session.get_inputs()}
    if set(feed) != set(INPUTS):
        raise ValueError(f'it takes {sorted(feed)} instead of {INPUTS}')
    return {**feed, **dict(zip(names, session.run(names, feed), strict=True))}
