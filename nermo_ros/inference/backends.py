# SPDX-License-Identifier: Apache-2.0
"""Opens a model on a backend by name."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from nermo_ros.inference.models import model_folder
from nermo_ros.inference.predictor import BackendError, Predictor

BACKENDS = {
    'tensorrt': 'nermo_ros.inference.tensorrt_backend:TensorRtPredictor',
    'torch_cuda_graph': 'nermo_ros.inference.torch_cuda_graph_backend:TorchCudaGraphPredictor',
    'native': 'nermo_ros.inference.native_backend:NativePredictor',
    'onnxruntime': 'nermo_ros.inference.onnxruntime_backend:OnnxRuntimePredictor',
    'torch': 'nermo_ros.inference.torch_backend:TorchPredictor',
}
# Best first. The reference is no choice for a node: torch is large, and it is slow.
AUTO = ('tensorrt', 'torch_cuda_graph', 'native', 'onnxruntime')


def open_predictor(
    model: str | Path, backend: str = 'auto', report: Callable[[str], None] | None = None
) -> Predictor:
    """Load `model` (a shipped name or a folder) on `backend` (a name of BACKENDS, or auto).

    auto takes the first of AUTO that works; the predictor's `why` has the reasons of those before
    it. report: where it is given, what takes long to load is prepared in the background while
    ONNX Runtime serves, and report is told, from another thread, how that ends; without it, this
    call waits. Raises ModelError for the model, BackendError for the backend; the message of auto
    says why each one did not work.
    """
    if backend != 'auto' and backend not in BACKENDS:
        raise BackendError(f'no backend {backend!r}: give auto or one of {", ".join(BACKENDS)}')
    folder = model_folder(str(model))
    reasons = []
    for name in AUTO if backend == 'auto' else [backend]:
        module, _, attribute = BACKENDS[name].partition(':')
        try:
            kind = getattr(import_module(module), attribute)
            behind = getattr(kind, 'load_behind', None)
            predictor = behind(folder, report) if behind and report else kind.load(folder)
        except BackendError as error:
            if backend != 'auto':
                raise type(error)(f'backend {name}: {error}') from error
            reasons.append(f'{name}: {error}')
        else:
            predictor.why = tuple(reasons)
            return predictor
    raise BackendError('no backend works here; ' + '; '.join(reasons))
