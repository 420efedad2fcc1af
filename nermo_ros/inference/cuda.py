# SPDX-License-Identifier: Apache-2.0
"""The CUDA runtime through NVIDIA's own bindings: memory, a stream, graphs."""

import ctypes
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nermo_ros.inference.gpu import missing_gpu
from nermo_ros.inference.predictor import BackendError, UnavailableError

NEEDS = "pip install 'cuda-bindings>=12.6'"


class Cuda:
    """Device 0; what it hands out is freed by close().

    Raises UnavailableError without a GPU or without the bindings, BackendError where a call fails.
    """

    def __init__(self) -> None:
        if reason := missing_gpu():
            raise UnavailableError(reason)
        try:
            from cuda.bindings import runtime
        except ImportError as error:
            raise UnavailableError(f'cuda.bindings is not installed: {NEEDS}') from error
        self._api = runtime
        self._free: list[tuple[str, Any]] = []
        self.stream = self.call('cudaStreamCreateWithFlags', runtime.cudaStreamNonBlocking)
        self._free.append(('cudaStreamDestroy', self.stream))

    def call(self, name: str, *arguments: Any) -> Any:
        """What the function returns beside its status."""
        status, *values = getattr(self._api, name)(*arguments)
        if int(status):
            raise BackendError(f'{name} failed: {getattr(status, "name", status)}')
        return values[0] if values else None

    def describe(self) -> tuple[str, str, str]:
        """Name of the GPU, its compute capability, version of CUDA."""
        device = self.call('cudaGetDeviceProperties', 0)
        name = device.name.decode() if isinstance(device.name, bytes) else str(device.name)
        cuda = self.call('cudaRuntimeGetVersion')
        return name.strip('\0'), f'{device.major}.{device.minor}', str(cuda)

    def pinned(self, shape: tuple[int, ...]) -> np.ndarray:
        """float32 zeros in host memory that the device copies from and to by itself."""
        count = math.prod(shape)
        address = self.call('cudaHostAlloc', 4 * count, self._api.cudaHostAllocDefault)
        self._free.append(('cudaFreeHost', address))
        memory = (ctypes.c_float * count).from_address(int(address))
        array = np.ctypeslib.as_array(memory).reshape(shape)
        array[:] = 0
        return array

    def device(self, size: int) -> int:
        """Address of `size` bytes on the device."""
        address = self.call('cudaMalloc', size)
        self._free.append(('cudaFree', address))
        return int(address)

    def to_device(self, address: int, array: np.ndarray) -> None:
        """Copy an array of pinned(), in the order of the stream."""
        kind = self._api.cudaMemcpyKind.cudaMemcpyHostToDevice
        self.call('cudaMemcpyAsync', address, array.ctypes.data, array.nbytes, kind, self.stream)

    def to_host(self, array: np.ndarray, address: int) -> None:
        """Copy into an array of pinned(), in the order of the stream."""
        kind = self._api.cudaMemcpyKind.cudaMemcpyDeviceToHost
        self.call('cudaMemcpyAsync', array.ctypes.data, address, array.nbytes, kind, self.stream)

    def capture(self, work: Callable[[], None]) -> Callable[[], None]:
        """What work() puts on the stream, as one graph; calling the result launches it."""
        mode = self._api.cudaStreamCaptureMode.cudaStreamCaptureModeThreadLocal
        self.call('cudaStreamBeginCapture', self.stream, mode)
        try:
            work()
        finally:
            graph = self.call('cudaStreamEndCapture', self.stream)
        executable = self.call('cudaGraphInstantiate', graph, 0)
        self.call('cudaGraphDestroy', graph)
        self._free.append(('cudaGraphExecDestroy', executable))
        return lambda: self.call('cudaGraphLaunch', executable, self.stream)

    def wait(self) -> None:
        """Until the stream is done."""
        self.call('cudaStreamSynchronize', self.stream)

    def close(self) -> None:
        """Free all that was handed out; arrays of pinned() must not be touched any more."""
        while self._free:
            self.call(*self._free.pop())
