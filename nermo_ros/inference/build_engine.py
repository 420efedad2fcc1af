# SPDX-License-Identifier: Apache-2.0
"""Builds a model's TensorRT engine into the cache; as a program, in the background of a node."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from nermo_ros.inference import tensorrt_api
from nermo_ros.inference.card import ModelError
from nermo_ros.inference.cuda import Cuda
from nermo_ros.inference.engine_cache import EngineCache, default_folder
from nermo_ros.inference.predictor import BackendError
from nermo_ros.inference.tensorrt_backend import engine_key, read_graph

NICE = 10  # of the background's builder


def build_engine(folder: Path, report: Callable[[str], None], anew: bool = False) -> Path:
    """Where the engine of folder/model.onnx for this machine is, built where it was not there.

    Raises BackendError.
    """
    graph, cuda = read_graph(folder), Cuda()
    try:
        trt, flavour = tensorrt_api.find_tensorrt()
        key = engine_key(graph, flavour, trt, cuda)
        cache = EngineCache(default_folder(), report)
        cache.get(key, lambda: tensorrt_api.build(trt, graph), anew)
        return cache.path(key)
    finally:
        cuda.close()


def try_build(folder: Path) -> tuple[str, float, int]:
    """TensorRT and its version, seconds and bytes of an engine that is not kept.

    TensorRT-RTX can do that without a GPU. Raises BackendError.
    """
    graph = read_graph(folder)
    trt, flavour = tensorrt_api.find_tensorrt()
    began = time.monotonic()
    plan = tensorrt_api.build(trt, graph)
    return f'{flavour} {trt.__version__}', time.monotonic() - began, len(plan)


def main(folder: str) -> int:
    """Exit status; the last line on stderr says what went wrong."""
    os.nice(NICE)
    try:
        build_engine(Path(folder), print)
    except (BackendError, ModelError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
