# SPDX-License-Identifier: Apache-2.0
"""What can be told of the CUDA graphs without a GPU; test_gpu.py has the rest."""

import numpy as np
import pytest

from nermo_ros.inference.backends import open_predictor
from nermo_ros.inference.golden import random_histories
from nermo_ros.inference.predictor import UnavailableError
from nermo_ros.inference.torch_backend import load_network
from nermo_ros.inference.torch_cuda_graph_backend import TorchCudaGraphPredictor, traced

torch = pytest.importorskip('torch', reason='the backend runs PyTorch')
# These wait for the device or copy from pageable memory, which ends a capture.
UNCAPTURABLE = (
    '_local_scalar_dense',
    'nonzero',
    'lift_fresh',
    'linalg',
    'masked_select',
    'unique',
)


@pytest.fixture(scope='module')
def shipped():
    from nermo_ros.inference.models import model_folder

    folder = model_folder('body17')
    card = open_predictor('body17', 'onnxruntime').card
    return card, traced(card, load_network(card, folder), 'cpu')


def test_nothing_in_the_network_waits_for_the_device(shipped):
    called = [str(node.target) for node in shipped[1].graph.nodes if node.op == 'call_function']
    assert len(called) > 50
    assert [name for name in called if any(bad in name for bad in UNCAPTURABLE)] == []


@pytest.mark.parametrize(('people', 'times'), [(1, 32), (16, 32), (2, 256)])
def test_the_traced_network_takes_every_bucket(shipped, people, times):
    card, network = shipped
    *history, _ = random_histories(people, card.samples)
    query = np.tile(np.linspace(-0.5, 1, times, dtype=np.float32), (people, 1))
    with torch.inference_mode():
        answer = network(*map(torch.from_numpy, (*history, query))).numpy()
    expected = open_predictor('body17', 'onnxruntime')(*history, query)
    np.testing.assert_allclose(answer, expected, atol=1e-4)


def test_a_torch_without_cuda_says_what_to_install(monkeypatch):
    from nermo_ros.inference.models import model_folder

    monkeypatch.setattr('nermo_ros.inference.torch_cuda_graph_backend.missing_gpu', lambda: '')
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    with pytest.raises(UnavailableError, match='install a build for CUDA'):
        TorchCudaGraphPredictor.load(model_folder('body17'))
