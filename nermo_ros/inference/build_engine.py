# SPDX-License-Identifier: Apache-2.0
"""Builds a model's engine into the cache; as a program, in the background of a node."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from nermo_ros.inference import tensorrt_api
from nermo_ros.inference.card import ModelError
from nermo_ros.inference.cuda import Cuda
from nermo_ros.inference.engine_cache import EngineCache, default_folder, read_graph
from nermo_ros.inference.native.compiler import describe, find_compiler, library_key
from nermo_ros.inference.native_backend import compile_checked
from nermo_ros.inference.predictor import BackendError
from nermo_ros.inference.tensorrt_backend import engine_key

NICE = 10  # of the background's builder


Report = Callable[[str], None]


def build_tensorrt(folder: Path, report: Report, anew: bool = False) -> Path:
    """Where the engine of folder/model.onnx for this GPU is, built where it was not there.

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


def build_native(folder: Path, report: Report, anew: bool = False) -> Path:
    """As build_tensorrt, for this processor."""
    cache, key = EngineCache(default_folder(), report), library_key(read_graph(folder))
    cache.get(key, lambda: compile_checked(folder), anew)
    return cache.path(key)


BUILDERS: dict[str, Callable[[Path, Report, bool], Path]] = {
    'tensorrt': build_tensorrt,
    'native': build_native,
}


def try_build(folder: Path, backend: str) -> tuple[str, float, int]:
    """What built an engine that is not kept, in how many seconds, of how many bytes.

    TensorRT-RTX can do that without a GPU. Raises BackendError.
    """
    began = time.monotonic()
    if backend == 'native':
        builder, plan = describe(find_compiler()), compile_checked(folder)
    else:
        trt, flavour = tensorrt_api.find_tensorrt()
        builder, plan = f'{flavour} {trt.__version__}', tensorrt_api.build(trt, read_graph(folder))
    return builder, time.monotonic() - began, len(plan)


def main(folder: str, backend: str) -> int:
    """Exit status; the last line on stderr says what went wrong."""
    os.nice(NICE)
    try:
        BUILDERS[backend](Path(folder), print, False)
    except (BackendError, ModelError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
