# SPDX-License-Identifier: Apache-2.0
"""What the node's log says about the backend."""

import pytest

from nermo_ros.inference.backends import AUTO
from nermo_ros.inference.models import shipped_models
from nermo_ros.inference.predictor import BackendError
from nermo_ros.ros.loading import load


class Log(list):
    """Keeps what a node's logger is told."""

    info = list.append


def test_why_better_backends_are_not_used_is_logged_once(monkeypatch):
    monkeypatch.setattr('nermo_ros.inference.gpu.DRIVER', 'no_driver.so')
    log = Log()
    predictor = load({'model': shipped_models()[0], 'backend': 'auto'}, log)
    better = AUTO[: AUTO.index(predictor.name.split()[0])]
    unused = [text for text in log if text.startswith('not used')]
    assert [text.split(':')[1].strip() for text in unused][:2] == ['tensorrt', 'torch_cuda_graph']
    assert len(unused) in (len(better), len(better) - 1)  # one may still be prepared
    assert all('no_driver.so' in text for text in unused[:2])
    predictor.close()


def test_a_named_backend_that_fails_is_an_error(monkeypatch):
    monkeypatch.setattr('nermo_ros.inference.gpu.DRIVER', 'no_driver.so')
    with pytest.raises(BackendError, match='backend tensorrt: no NVIDIA driver'):
        load({'model': 'body17', 'backend': 'tensorrt'}, Log())
