# SPDX-License-Identifier: Apache-2.0
"""PyTorch on an NVIDIA GPU: one captured CUDA graph a bucket, copies included."""

from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.inference import golden
from nermo_ros.inference.buckets import Programs
from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.gpu import missing_gpu
from nermo_ros.inference.predictor import BackendError, UnavailableError, input_shapes
from nermo_ros.inference.torch_backend import NEEDS, load_network


class TorchCudaGraphPredictor:
    """weights.safetensors of a model folder; see Predictor for the call.

    A network of a few hundred small kernels takes longer to launch than to run: it is launched as
    one graph, and a call waits for the device once for every 16 people.
    """

    name = 'torch_cuda_graph'
    why: tuple[str, ...] = ()

    def __init__(self, card: ModelCard, network: Any):
        import torch

        self.card = card
        self._stream = torch.cuda.Stream()
        self._network = network.cuda()
        self._programs = Programs(self.name, card, self._capture)

    @classmethod
    def load(cls, folder: Path) -> 'TorchCudaGraphPredictor':
        """Load folder/model.yaml and folder/weights.safetensors, and check the answers against
        ONNX Runtime; raises ModelError or BackendError."""
        if reason := missing_gpu():
            raise UnavailableError(reason)
        try:
            import torch
        except ImportError as error:
            raise UnavailableError(f'torch is not installed: {NEEDS}') from error
        if not torch.cuda.is_available():
            raise UnavailableError(
                f'torch {torch.__version__} cannot use the GPU: install a build for CUDA'
            )
        card = ModelCard.read(folder)
        network = load_network(card, folder)
        try:
            predictor = cls(card, network)
            golden.check(predictor, folder)
        except RuntimeError as error:
            raise BackendError(f'torch_cuda_graph cannot load {folder}: {error}') from error
        return predictor

    def warm_up(self) -> None:
        """Capture every bucket's graph and run it."""
        try:
            self._programs.warm_up()
        except RuntimeError as error:
            raise BackendError(f'torch_cuda_graph cannot be captured: {error}') from error

    def __call__(
        self, times: np.ndarray, positions: np.ndarray, mask: np.ndarray, query: np.ndarray
    ) -> np.ndarray:
        """See Predictor."""
        try:
            return self._programs(times, positions, mask, query)
        except RuntimeError as error:
            if isinstance(error, BackendError):
                raise
            raise BackendError(f'torch_cuda_graph failed: {error}') from error

    def close(self) -> None:
        """Free graphs and network; the predictor cannot be called any more."""
        self._programs.close()
        self._network = None

    def _capture(self, people: int, times: int) -> '_Captured':
        shapes = input_shapes(self.card, people, times)
        return _Captured(self._network, shapes, len(self.card.joints), self._stream)


class _Captured:
    """A Program: pinned host arrays, their copies on the device, and the graph between them."""

    def __init__(self, network: Any, shapes: Any, joints: int, stream: Any):
        import torch

        people, times = shapes[3]
        pinned = [torch.zeros(shape, pin_memory=True) for shape in shapes]
        answer = torch.zeros((people, times, joints, 3), pin_memory=True)
        device = [torch.zeros(shape, device='cuda') for shape in shapes]

        def cycle() -> None:
            for to, array in zip(device, pinned, strict=True):
                to.copy_(array, non_blocking=True)
            answer.copy_(network(*device), non_blocking=True)

        with torch.inference_mode():
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                cycle()
            stream.synchronize()
            self._graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self._graph, stream=stream):
                cycle()
        self._stream, self._kept = stream, (pinned, device, answer)
        self.inputs = tuple(array.numpy() for array in pinned)
        self.output = answer.numpy()

    def run(self) -> None:
        import torch

        with torch.cuda.stream(self._stream):
            self._graph.replay()
        self._stream.synchronize()
