# SPDX-License-Identifier: Apache-2.0
"""Opens a model on a backend by name."""

from importlib import import_module
from pathlib import Path

from nermo_ros.inference.models import model_folder
from nermo_ros.inference.predictor import BackendError, Predictor

# In the order in which `auto` tries them.
BACKENDS = {'onnxruntime': 'nermo_ros.inference.onnxruntime_backend:OnnxRuntimePredictor'}


def open_predictor(model: str | Path, backend: str = 'auto') -> Predictor:
    """Load `model` (a shipped name or a folder) on `backend` (a name of BACKENDS, or auto).

    auto takes the first backend that works. Raises ModelError for the model, BackendError for the
    backend; the message of auto says why each one did not work.
    """
    if backend != 'auto' and backend not in BACKENDS:
        raise BackendError(f'no backend {backend!r}: give auto or one of {", ".join(BACKENDS)}')
    folder = model_folder(str(model))
    reasons = []
    for name in BACKENDS if backend == 'auto' else [backend]:
        module, cls = BACKENDS[name].split(':')
        try:
            return getattr(import_module(module), cls).load(folder)
        except BackendError as error:
            reasons.append(f'{name}: {error}')
    raise BackendError('no backend works here; ' + '; '.join(reasons))
