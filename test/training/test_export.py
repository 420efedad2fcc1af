# SPDX-License-Identifier: Apache-2.0
import shutil

import numpy as np
import pytest
import torch

from nermo_ros.inference.backends import open_predictor
from nermo_ros.inference.card import ModelCard, ModelError, write_card
from nermo_ros.inference.golden import PATTERNS
from nermo_ros.inference.models import model_folder, shipped_models
from nermo_ros.training.config import TrainingConfig
from nermo_ros.training.export import compare, export, new_card, random_histories
from nermo_ros.training.network import load_network
from nermo_ros.training.train import train


def too_far(differences):
    """Those above 1e-5 m. Where joints swing each by itself, as no body does, and half of the
    history is left, rounding adds up; for how people move see test_precision.py."""
    allowed = {'nothing': 2e-5, 'last': 5e-5, 'padded': 5e-5}
    return {k: d for k, d in differences.items() if d > allowed.get(k, 1e-5)}


@pytest.fixture(scope='module')
def config(small_config):
    return small_config(steps=20)


@pytest.fixture(scope='module')
def trained(config, windows, tmp_path_factory):
    folder = tmp_path_factory.mktemp('model')
    train(config, windows(config), folder)
    write_card(folder, new_card(config, {}))
    export(folder)
    return folder


def test_the_graph_is_the_network(config, trained):
    network = load_network(config, trained / 'weights.safetensors')
    differences = compare(network, trained, config)
    assert set(differences) == set(PATTERNS)
    assert too_far(differences) == {}
    predictor = open_predictor(trained, 'onnxruntime')
    arrays = random_histories(4, config.samples)
    with torch.no_grad():
        expected = network(*map(torch.from_numpy, arrays)).numpy()
    np.testing.assert_allclose(predictor(*arrays), expected, atol=1e-5)


@pytest.mark.parametrize('model', shipped_models())
def test_shipped_graphs_are_their_networks_to_float_precision(model):
    folder = model_folder(model)
    config = TrainingConfig.parse(ModelCard.read(folder).training['config'])
    differences = compare(load_network(config, folder / 'weights.safetensors'), folder, config)
    assert too_far(differences) == {}


def test_the_card_tells_what_was_trained(config, trained):
    card = ModelCard.read(trained)
    assert card.name == 'body17'
    assert card.samples == config.samples
    assert card.past == 0.5
    assert TrainingConfig.parse(card.training['config']) == config
    assert set(card.hashes) == {'model.onnx', 'weights.safetensors'}


def test_a_graph_that_differs_is_refused_and_not_left_behind(trained, tmp_path, monkeypatch):
    folder = shutil.copytree(trained, tmp_path / 'model')
    monkeypatch.setattr('nermo_ros.training.export.TOLERANCE', 0.0)
    monkeypatch.setattr('nermo_ros.training.export._write_graph', lambda *args: None)
    with pytest.raises(ModelError, match='differs'):
        export(folder)
    assert not (folder / 'model.onnx').exists()
