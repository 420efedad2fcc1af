# SPDX-License-Identifier: Apache-2.0
"""What a network costs: parameters, multiply-adds and the time of one forecast."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from nermo_ros.inference.predictor import INPUTS, OUTPUT

WARM_UP = 10  # calls that do not count: the first ones plan and allocate


def parameters(network: nn.Module) -> int:
    """Learned numbers of a network."""
    return sum(parameter.numel() for parameter in network.parameters())


def multiply_adds(network: nn.Module, inputs: Sequence[np.ndarray]) -> int:
    """Multiply-adds of the matrix products of one call, elementwise work left out.

    inputs: times, positions, mask, query as the network takes them; one person's for the cost of
    one forecast. A linear solver counts as nothing: torch does not count it.
    """
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        network.eval()(*(torch.from_numpy(array) for array in inputs))
    return counter.get_total_flops() // 2


def latencies(
    graphs: Sequence[Path], inputs: Sequence[Sequence[np.ndarray]], runs: int = 200
) -> np.ndarray:
    """Seconds (graphs, runs) of single calls of exported graphs, each with its inputs, on one
    thread of ONNX Runtime.

    The graphs take turns call by call, so that a machine that is busy or slow for a while is so
    for all of them.
    """
    turns = [
        (_session(graph), dict(zip(INPUTS, arrays, strict=True)))
        for graph, arrays in zip(graphs, inputs, strict=True)
    ]
    took = np.zeros((len(turns), WARM_UP + runs))
    for run in range(WARM_UP + runs):
        for row, (session, feed) in zip(took, turns, strict=True):
            began = time.perf_counter()
            session.run([OUTPUT], feed)
            row[run] = time.perf_counter() - began
    return took[:, WARM_UP:]


def _session(graph: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(graph), options, providers=['CPUExecutionProvider'])
