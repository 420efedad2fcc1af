# SPDX-License-Identifier: Apache-2.0
"""On an NVIDIA GPU: parity of what runs there with ONNX Runtime, over buckets and patterns."""

import numpy as np
import pytest

from nermo_ros.inference.backends import open_predictor
from nermo_ros.inference.golden import PATTERNS, patterned, random_histories
from nermo_ros.inference.gpu import missing_gpu
from nermo_ros.inference.models import shipped_models
from nermo_ros.inference.predictor import UnavailableError


def test_a_machine_without_a_driver_says_so(monkeypatch):
    monkeypatch.setattr('nermo_ros.inference.gpu.DRIVER', 'libcuda_that_is_not_there.so')
    assert 'libcuda_that_is_not_there.so' in missing_gpu()


@pytest.mark.gpu
@pytest.mark.parametrize('model', shipped_models())
@pytest.mark.parametrize('backend', ['torch_cuda_graph', 'tensorrt'])
def test_agrees_with_onnx_runtime(backend, model):
    try:
        predictor = open_predictor(model, backend)
    except UnavailableError as error:
        pytest.skip(str(error))
    predictor.warm_up()
    reference = open_predictor(model, 'onnxruntime')
    samples, joints = predictor.card.samples, len(predictor.card.joints)
    for people in (1, 2, 3, 8, 16, 33):
        for pattern in PATTERNS:
            arrays = patterned(pattern, random_histories(people, samples, joints, seed=people))
            np.testing.assert_allclose(predictor(*arrays), reference(*arrays), atol=1e-4)
    predictor.close()
