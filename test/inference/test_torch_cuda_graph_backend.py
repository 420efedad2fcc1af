# SPDX-License-Identifier: Apache-2.0
"""What can be told of the CUDA graphs without a GPU; test_gpu.py has the rest."""

import pytest

from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.golden import random_histories
from nermo_ros.inference.models import model_folder
from nermo_ros.inference.predictor import UnavailableError
from nermo_ros.inference.torch_backend import load_network
from nermo_ros.inference.torch_cuda_graph_backend import TorchCudaGraphPredictor

torch = pytest.importorskip('torch', reason='the backend runs PyTorch')
from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402

# These wait for the device or copy from pageable memory, which ends a capture.
UNCAPTURABLE = (
    '_local_scalar_dense',
    'aten.item',
    'nonzero',
    'lift_fresh',
    *(
        f'linalg_{solver}'
        for solver in ('solve', 'inv', 'lu', 'ldl', 'chol', 'eig', 'svd', 'lstsq')
    ),
    'masked_select',
    'unique',
)


def test_nothing_in_the_network_waits_for_the_device():
    folder = model_folder('body17')
    card = ModelCard.read(folder)
    network = load_network(card, folder)
    called = []

    class Listening(TorchDispatchMode):
        def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
            called.append(str(operation))
            return operation(*args, **(kwargs or {}))

    arrays = [torch.from_numpy(array) for array in random_histories(3, card.samples)]
    with torch.inference_mode(), Listening():
        network(*arrays)
    assert len(called) > 50
    assert [name for name in called if any(bad in name for bad in UNCAPTURABLE)] == []


def test_a_torch_without_cuda_says_what_to_install(monkeypatch):
    monkeypatch.setattr('nermo_ros.inference.torch_cuda_graph_backend.missing_gpu', lambda: '')
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    with pytest.raises(UnavailableError, match='install a build for CUDA'):
        TorchCudaGraphPredictor.load(model_folder('body17'))
