# SPDX-License-Identifier: Apache-2.0
"""What a network costs: parameters, multiply-adds and the time of one forecast."""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from nermo_ros.inference.onnxruntime_backend import INPUTS, OUTPUT


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


def latency(graph: Path, inputs: Sequence[np.ndarray], runs: int = 200) -> float:
    """Median time in seconds of one call of an exported graph, one thread of ONNX Runtime."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(graph), options, providers=['CPUExecutionProvider'])
    feed = dict(zip(INPUTS, inputs, strict=True))
    took = np.zeros(runs)
    for _ in range(10):
        session.run([OUTPUT], feed)
    for run in range(runs):
        began = time.perf_counter()
        session.run([OUTPUT], feed)
        took[run] = time.perf_counter() - began
    return float(np.median(took))
