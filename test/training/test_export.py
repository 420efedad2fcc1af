# SPDX-License-Identifier: Apache-2.0
import shutil

import numpy as np
import pytest
import torch

from nermo_ros.inference.backends import open_predictor
from nermo_ros.inference.card import ModelCard, ModelError, write_card
from nermo_ros.training.config import TrainingConfig
from nermo_ros.training.export import TOLERANCE, compare, export, new_card, random_histories
from nermo_ros.training.network import load_network
from nermo_ros.training.train import train


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
    assert set(differences) == set(TOLERANCE)
    assert all(difference < 1e-5 for difference in differences.values())
    predictor = open_predictor(trained, 'onnxruntime')
    arrays = random_histories(4, config.samples)
    with torch.no_grad():
        expected = network(*map(torch.from_numpy, arrays)).numpy()
    np.testing.assert_allclose(predictor(*arrays), expected, atol=1e-5)


def test_the_card_tells_what_was_trained(config, trained):
    card = ModelCard.read(trained)
    assert card.name == 'body17'
    assert card.samples == config.samples
    assert card.past == 0.5
    assert TrainingConfig.parse(card.training['config']) == config
    assert set(card.hashes) == {'model.onnx', 'weights.safetensors'}


def test_a_graph_that_differs_is_refused_and_not_left_behind(trained, tmp_path, monkeypatch):
    folder = shutil.copytree(trained, tmp_path / 'model')
    for pattern in TOLERANCE:
        monkeypatch.setitem(TOLERANCE, pattern, 0.0)
    monkeypatch.setattr('nermo_ros.training.export._write_graph', lambda *args: None)
    with pytest.raises(ModelError, match='differs'):
        export(folder)
    assert not (folder / 'model.onnx').exists()
