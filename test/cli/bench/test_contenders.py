# SPDX-License-Identifier: Apache-2.0
import sys

import numpy as np
import pytest

from nermo_ros.cli.bench.baselines import PUBLISHED
from nermo_ros.cli.bench.contenders import QUERIES, contenders, inputs
from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.models import model_folder

FOLDER = model_folder('body17')
SMALL = {'blocks': 1}


def test_inputs_are_what_a_predictor_takes():
    card = ModelCard.read(FOLDER)
    times, positions, mask, query = inputs(card, 3)
    assert times.shape == (3, card.samples) and positions.shape == (3, card.samples, 17, 3)
    assert mask.all() and mask.shape == (3, card.samples, 17) and query.shape == (3, QUERIES)
    assert all(array.dtype == np.float32 for array in (times, positions, mask, query))
    assert times[0, -1] == 0 and query[0, -1] == pytest.approx(card.horizon)


def test_all_that_are_here_forecast_and_the_others_say_why(tmp_path):
    pytest.importorskip('torch')
    pytest.importorskip('onnxscript')
    found = contenders(FOLDER, ['onnxruntime', 'torch_cuda_graph'], SMALL, tmp_path)
    try:
        names = {f'{name}_{way}' for name in PUBLISHED for way in ('eager', 'onnxruntime')}
        assert set(found.calls) == {*found.backends, 'zero_velocity', *names}
        assert {*found.backends, *found.not_run} == {'onnxruntime', 'torch_cuda_graph'}
        assert all(len(why) > 10 for why in found.not_run.values())
        shapes = {name: np.shape(of(2)()) for name, of in found.calls.items()}
        assert {shapes.pop(name) for name in names} == {(2, 25, 22, 3)}
        assert set(shapes.values()) == {(2, QUERIES, 17, 3)}
        for name in PUBLISHED:
            eager, graph = (found.calls[f'{name}_{way}'](2)() for way in ('eager', 'onnxruntime'))
            np.testing.assert_allclose(eager, graph, atol=1e-4)
    finally:
        found.close()


def test_sizes_are_those_of_the_papers():
    pytest.importorskip('torch')
    from nermo_ros.cli.bench.baselines import _network

    counts = {
        name: sum(p.numel() for p in _network(name, sizes)[0].parameters())
        for name, sizes in PUBLISHED.items()
    }
    assert counts['simlpe'] / 1e6 == pytest.approx(0.14, abs=0.005)
    assert counts['ltd'] / 1e6 == pytest.approx(2.56, abs=0.01)


def test_without_torch_the_networks_are_named_as_not_run(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, 'torch', None)
    found = contenders(FOLDER, ['onnxruntime'], SMALL, tmp_path)
    found.close()
    assert set(found.calls) == {'onnxruntime', 'zero_velocity'}
    assert 'torch is not installed' in found.not_run['simlpe_eager']
