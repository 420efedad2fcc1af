# SPDX-License-Identifier: Apache-2.0
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from nermo_ros.inference.backends import open_predictor
from nermo_ros.inference.card import ModelCard, ModelError, write_card
from nermo_ros.training.config import TrainingConfig
from nermo_ros.training.export import compare, export, new_card, random_histories
from nermo_ros.training.network import load_network, make_network
from nermo_ros.training.train import train
from nermo_ros.training.windows import make_windows


def swinging(frames=500, seed=0):
    """A body whose joints swing at their own pace, 120 Hz."""
    rng = np.random.default_rng(seed)
    body, pace = rng.normal(0, 0.4, (17, 3)), rng.uniform(2, 6, (17, 1))
    t = np.arange(frames)[:, None, None] / 120
    return (body + 0.1 * np.sin(pace * t + body)).astype(np.float32)


def windows(config):
    return make_windows(config, {'swinging': swinging()}, 120.0)


@pytest.fixture(scope='module')
def config():
    config = TrainingConfig.read('body17')
    small = {'basis': 8, 'vectors': 16, 'scalars': 8, 'blocks': 2}
    outer = replace(config.outer, steps=60, batch=32, every=20)
    return replace(config, network=small, outer=outer)


@pytest.fixture(scope='module')
def trained(config, tmp_path_factory):
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp('model')
    train(config, windows(config), folder, lambda network: {'val': 1.0})
    write_card(folder, new_card(config, {}))
    export(folder)
    return folder


def test_the_loss_goes_down(trained):
    rows = (trained / 'log.csv').read_text().splitlines()
    assert rows[0] == 'step,seconds,loss,val'
    losses = [float(row.split(',')[2]) for row in rows[1:]]
    assert len(losses) == 3
    assert losses[-1] < 0.9 * losses[0]


def test_same_seed_same_weights(config, trained, tmp_path):
    train(config, windows(config), tmp_path)
    assert (tmp_path / 'weights.safetensors').read_bytes() == (
        trained / 'weights.safetensors'
    ).read_bytes()


def test_the_graph_is_the_network(config, trained):
    network = load_network(config, trained / 'weights.safetensors')
    assert compare(network, trained, config) < 1e-5
    predictor = open_predictor(trained, 'onnxruntime')
    arrays = random_histories(4, config.samples)
    with torch.no_grad():
        expected = network(*map(torch.from_numpy, arrays)).numpy()
    np.testing.assert_allclose(predictor(*arrays), expected, atol=1e-5)


def test_the_card_tells_what_was_trained(config, trained):
    card = ModelCard.read(trained)
    assert card.name == 'body17'
    assert card.samples == config.samples
    assert card.past == 0.15
    assert TrainingConfig.parse(card.training['config']) == config
    assert set(card.hashes) == {'model.onnx', 'weights.safetensors'}


def test_a_graph_that_differs_is_refused_and_not_left_behind(trained, tmp_path, monkeypatch):
    folder = shutil.copytree(trained, tmp_path / 'model')
    monkeypatch.setattr('nermo_ros.training.export.TOLERANCE', 0.0)
    monkeypatch.setattr('nermo_ros.training.export._write_graph', lambda *args: None)
    with pytest.raises(ModelError, match='differs'):
        export(folder)
    assert not (folder / 'model.onnx').exists()


def test_weights_that_are_not_there(config, tmp_path):
    with pytest.raises(FileNotFoundError, match='nermo train'):
        load_network(config, tmp_path / 'weights.safetensors')


@pytest.mark.parametrize(
    'text, message', [('name: x', 'not a training config'), ('[]', 'not a training config')]
)
def test_bad_configs_are_named(tmp_path, text, message):
    (tmp_path / 'bad.yaml').write_text(text)
    with pytest.raises(ValueError, match=message):
        TrainingConfig.read(tmp_path / 'bad.yaml')
    with pytest.raises(ValueError, match='body17'):
        TrainingConfig.read(tmp_path / 'absent.yaml')


def test_untrained_networks_start_near_the_closed_form(config):
    arrays = [torch.from_numpy(a) for a in random_histories(2, config.samples)]
    forecast = make_network(config).eval()(*arrays)
    assert forecast.isfinite().all()
