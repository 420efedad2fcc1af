# SPDX-License-Identifier: Apache-2.0
"""TensorRT 10.3 to 11 and TensorRT-RTX, whose Python interfaces are alike: build and load."""

import functools
import importlib
from typing import Any

from nermo_ros.inference.buckets import PEOPLE, TIMES
from nermo_ros.inference.predictor import BackendError, UnavailableError

# tensorrt_rtx is a thin package around its bindings, which can stand alone.
FLAVOURS = {
    'tensorrt': ('tensorrt',),
    'tensorrt_rtx': ('tensorrt_rtx', 'tensorrt_rtx_bindings'),
}
NEEDS = "TensorRT of JetPack or of NVIDIA, or pip install 'nermo_ros[tensorrt-rtx]'"
# Least, usual and most of what is dynamic: people and times.
PROFILE = ((PEOPLE[0], PEOPLE[1], PEOPLE[-1]), (TIMES[0], TIMES[0], TIMES[-1]))
OPTIONS = f'float32, no TF32, people {PROFILE[0]}, times {PROFILE[1]}'


def find_tensorrt() -> tuple[Any, str]:
    """The module that is installed and its flavour's name; raises UnavailableError."""
    reasons = []
    for flavour, modules in FLAVOURS.items():
        for name in modules:
            try:
                return importlib.import_module(name), flavour
            except ImportError as error:
                reasons.append(str(error))
            except Exception as error:  # a broken installation fails in many ways
                reasons.append(f'{name} cannot be loaded: {error}')
    raise UnavailableError(f'no TensorRT ({"; ".join(reasons)}): install {NEEDS}')


@functools.cache
def _logger(trt: Any) -> Any:
    return trt.Logger(trt.Logger.ERROR)


def build(trt: Any, graph: bytes) -> bytes:
    """A serialized engine of an ONNX graph; raises BackendError with the parser's words.

    The network is strongly typed, so that the precision is the file's, in every version alike.
    """
    builder = trt.Builder(_logger(trt))
    typed = getattr(trt.NetworkDefinitionCreationFlag, 'STRONGLY_TYPED', None)
    network = builder.create_network(0 if typed is None else 1 << int(typed))
    parser = trt.OnnxParser(network, _logger(trt))
    if not parser.parse(graph):
        errors = [parser.get_error(i) for i in range(parser.num_errors)]
        said = '; '.join(f'{error.desc()} {error.node_operator()}'.strip() for error in errors)
        raise BackendError(f'TensorRT cannot read the graph: {said}')
    config = builder.create_builder_config()
    if hasattr(trt.BuilderFlag, 'TF32'):
        config.clear_flag(trt.BuilderFlag.TF32)  # ten bits are too few for a fit
    profile = builder.create_optimization_profile()
    for index in range(network.num_inputs):
        value = network.get_input(index)
        shapes = [_with(tuple(value.shape), *sizes) for sizes in zip(*PROFILE, strict=True)]
        profile.set_shape(value.name, *shapes)
    config.add_optimization_profile(profile)
    plan = builder.build_serialized_network(network, config)
    if plan is None:
        raise BackendError('TensorRT built no engine: its own lines above say why')
    return bytes(plan)


def _with(shape: tuple[int, ...], people: int, times: int) -> tuple[int, ...]:
    """The shape with its dynamic sizes (-1) filled in: people come first, times second."""
    return tuple(
        size if size >= 0 else (people if axis == 0 else times) for axis, size in enumerate(shape)
    )


def deserialize(trt: Any, plan: bytes) -> Any:
    """An engine and the runtime that it needs to live; None where TensorRT does not take it."""
    runtime = trt.Runtime(_logger(trt))
    engine = runtime.deserialize_cuda_engine(plan)
    return None if engine is None else (engine, runtime)


def new_context(trt: Any, engine: Any) -> Any:
    """An execution context whose kernels are those of its shapes from its first run on."""
    kinds = getattr(trt, 'DynamicShapesKernelSpecializationStrategy', None)
    if kinds is None:
        return engine.create_execution_context()
    config = engine.create_runtime_config()
    # Lazily, as by default, a captured graph would keep the slower general kernels.
    config.dynamic_shapes_kernel_specialization_strategy = kinds.EAGER
    return engine.create_execution_context(config)
