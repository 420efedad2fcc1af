# SPDX-License-Identifier: Apache-2.0
"""TensorRT or TensorRT-RTX on an NVIDIA GPU, from an engine that is built once and kept."""

import hashlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.inference import golden, tensorrt_api
from nermo_ros.inference.buckets import Programs
from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.cuda import Cuda
from nermo_ros.inference.engine_cache import EngineCache, EngineKey, default_folder, read_graph
from nermo_ros.inference.gpu import missing_gpu
from nermo_ros.inference.predictor import (
    INPUTS,
    OUTPUT,
    BackendError,
    UnavailableError,
    input_shapes,
)
from nermo_ros.inference.swapping import Swapping, behind_onnx_runtime


class TensorRtPredictor:
    """model.onnx of a model folder as an engine; see Predictor for the call.

    One launch of a CUDA graph and one wait for the device for every 16 people.
    """

    why: tuple[str, ...] = ()

    def __init__(self, card: ModelCard, name: str, trt: Any, loaded: Any, cuda: Cuda):
        self.card, self.name = card, name
        self._trt, self._cuda = trt, cuda
        self._engine, self._runtime = loaded
        self._programs = Programs(name, card, self._program)

    @classmethod
    def load(
        cls, folder: Path, report: Callable[[str], None] = lambda text: None
    ) -> 'TensorRtPredictor':
        """Load folder/model.yaml and the engine of folder/model.onnx, built if need be.

        The engine must agree with ONNX Runtime. Raises ModelError or BackendError.
        """
        cuda, trt, card = Cuda(), None, ModelCard.read(folder)
        try:
            trt, flavour = tensorrt_api.find_tensorrt()
            cache = EngineCache(default_folder(), report)
            graph = read_graph(folder)
            key = engine_key(graph, flavour, trt, cuda)
            loaded = _open(trt, cache, key, graph)
            predictor = cls(card, flavour, trt, loaded, cuda)
            _check(predictor, folder, cache.path(key))
        except BaseException:
            cuda.close()
            raise
        return predictor

    @classmethod
    def load_behind(cls, folder: Path, report: Callable[[str], None]) -> Swapping:
        """ONNX Runtime, which hands over to TensorRT once its engine is there and warm.

        Raises at once what can be told at once: ModelError, BackendError.
        """
        if reason := missing_gpu():
            raise UnavailableError(reason)
        if not any(map(_installed, sum(tensorrt_api.FLAVOURS.values(), ()))):
            raise UnavailableError(f'no TensorRT: install {tensorrt_api.NEEDS}')
        return behind_onnx_runtime(folder, 'tensorrt', lambda: cls.load(folder), report)

    def warm_up(self) -> None:
        """Make every bucket's graph and run it."""
        self._programs.warm_up()

    def __call__(
        self, times: np.ndarray, positions: np.ndarray, mask: np.ndarray, query: np.ndarray
    ) -> np.ndarray:
        """See Predictor."""
        return self._programs(times, positions, mask, query)

    def close(self) -> None:
        """Free engine, graphs and memory; the predictor cannot be called any more."""
        self._programs.close()
        self._engine = self._runtime = None
        self._cuda.close()

    def _program(self, people: int, times: int) -> '_Program':
        context = tensorrt_api.new_context(self._trt, self._engine)
        if context is None:
            raise BackendError(f'{self.name} has no memory left for {people} people')
        shapes = input_shapes(self.card, people, times)
        return _Program(self.name, self._cuda, context, shapes)


class _Program:
    """A Program: pinned host arrays, their copies on the device, and one graph of it all."""

    def __init__(self, name: str, cuda: Cuda, context: Any, shapes: tuple[tuple[int, ...], ...]):
        self._name, self._cuda, self._context = name, cuda, context
        people, times = shapes[3]
        self.inputs = tuple(cuda.pinned(shape) for shape in shapes)
        self.output = cuda.pinned((people, times, *shapes[1][2:]))
        self._device = [cuda.device(array.nbytes) for array in (*self.inputs, self.output)]
        for label, array, address in zip(INPUTS, self.inputs, self._device, strict=False):
            context.set_input_shape(label, array.shape)
            context.set_tensor_address(label, address)
        context.set_tensor_address(OUTPUT, self._device[-1])
        self._cycle()  # what TensorRT prepares at the first run cannot be captured
        cuda.wait()
        try:
            self._launch = cuda.capture(self._cycle)
        except BackendError:  # an engine with work on the host is launched kernel by kernel
            self._launch = self._cycle

    def run(self) -> None:
        self._launch()
        self._cuda.wait()

    def _cycle(self) -> None:
        for array, address in zip(self.inputs, self._device, strict=False):
            self._cuda.to_device(address, array)
        if not self._context.execute_async_v3(int(self._cuda.stream)):
            raise BackendError(f'{self._name} failed: its own lines above say why')
        self._cuda.to_host(self.output, self._device[-1])


def engine_key(graph: bytes, flavour: str, trt: Any, cuda: Cuda) -> EngineKey:
    """Of the graph on this machine."""
    gpu, capability, version = cuda.describe()
    digest = hashlib.sha256(graph).hexdigest()
    return EngineKey(
        gpu, capability, flavour, trt.__version__, version, digest, tensorrt_api.OPTIONS
    )


def _open(trt: Any, cache: EngineCache, key: EngineKey, graph: bytes) -> Any:
    """The engine and its runtime; what TensorRT does not take is built anew, once."""
    for anew in (False, True):
        plan = cache.get(key, lambda: tensorrt_api.build(trt, graph), anew)
        if (loaded := tensorrt_api.deserialize(trt, plan)) is not None:
            return loaded
    cache.forget(key)
    raise BackendError('TensorRT does not take the engine that it has just built')


def _check(predictor: TensorRtPredictor, folder: Path, path: Path) -> None:
    try:
        golden.check(predictor, folder)
    except BackendError as error:
        raise BackendError(f'{error}; engine {path}') from error


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False
