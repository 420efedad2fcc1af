# SPDX-License-Identifier: Apache-2.0
import csv
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from nermo_ros.evaluation.true_time import errors
from nermo_ros.training.network import make_network, numpy_predictor
from nermo_ros.training.train import geometric_mean, train


def rows(folder):
    with (folder / 'log.csv').open(newline='') as file:
        return list(csv.DictReader(file))


def weights(folder):
    return (folder / 'weights.safetensors').read_bytes()


def test_what_is_learned_forecasts_better(small_config, windows, swinging, tmp_path):
    config = small_config()

    def validate(network):
        forecast = errors(numpy_predictor(network), {'': swinging()}, samples=config.samples)
        return {'val': float(forecast.mean())}

    train(config, windows(config), tmp_path, validate)
    assert list(rows(tmp_path)[0]) == ['step', 'seconds', 'loss', 'val']
    found = [float(row['val']) for row in rows(tmp_path)]
    assert len(found) == 3
    assert found[-1] < 0.8 * validate(make_network(config).eval())['val']


def test_same_seed_same_weights(small_config, windows, tmp_path):
    for name, seed in {'a': 0, 'b': 0, 'c': 1}.items():
        config = small_config(steps=5, seed=seed)
        train(config, windows(config), tmp_path / name)
    assert weights(tmp_path / 'a') == weights(tmp_path / 'b')
    assert weights(tmp_path / 'a') != weights(tmp_path / 'c')


def test_a_resumed_run_is_the_run_that_was_not_interrupted(small_config, windows, tmp_path):
    config = small_config(steps=20, every=10, patience=5)
    assert config.network.get('dropout', 0.1) > 0  # so that torch's generator matters

    def validate(network):
        return {'val': float(sum(p.abs().sum() for p in network.parameters()))}

    class PowerCutError(Exception):
        pass

    def cut(network):
        if (tmp_path / 'cut' / 'checkpoint.pt').exists():
            raise PowerCutError
        return validate(network)

    train(config, windows(config), tmp_path / 'straight', validate)
    with pytest.raises(PowerCutError):
        train(config, windows(config), tmp_path / 'cut', cut)
    assert not (tmp_path / 'cut' / 'weights.safetensors').exists()
    train(config, windows(config), tmp_path / 'cut', validate, resume=True)
    assert weights(tmp_path / 'cut') == weights(tmp_path / 'straight')
    logs = [
        [(r['step'], r['loss'], r['val']) for r in rows(tmp_path / f)] for f in ('cut', 'straight')
    ]
    assert logs[0] == logs[1]
    assert [row[0] for row in logs[0]] == ['10', '20']


def test_stops_early_and_keeps_the_best(small_config, windows, tmp_path):
    config, seen = small_config(steps=60, every=5, patience=2), []

    def validate(network):
        seen.append({key: value.clone() for key, value in network.state_dict().items()})
        return {'80': abs(len(seen) - 3) + 1.0, '400': 10.0}

    train(config, windows(config), tmp_path, validate)
    assert [row['step'] for row in rows(tmp_path)] == ['5', '10', '15', '20', '25']
    kept = load_file(tmp_path / 'weights.safetensors')
    assert all(torch.equal(kept[key], value) for key, value in seen[2].items())
    assert not all(torch.equal(kept[key], value) for key, value in seen[4].items())


def test_without_patience_the_last_average_is_kept(small_config, windows, tmp_path):
    config, seen = small_config(steps=10, every=5), []

    def validate(network):
        seen.append({key: value.clone() for key, value in network.state_dict().items()})
        return {'80': float(len(seen))}

    train(config, windows(config), tmp_path, validate)
    kept = load_file(tmp_path / 'weights.safetensors')
    assert all(torch.equal(kept[key], value) for key, value in seen[1].items())


def test_a_loss_that_is_not_finite_names_the_step(small_config, windows, tmp_path):
    class Broken:
        def __init__(self, whole):
            self.whole, self.rng, self.query, self.drawn = whole, whole.rng, whole.query, 0

        def draw(self, count):
            self.drawn += 1
            drawn = self.whole.draw(count)
            return replace(drawn, future=drawn.future * np.nan) if self.drawn == 7 else drawn

    config = small_config(steps=10, every=5)
    with pytest.raises(FloatingPointError, match='step 7'):
        train(config, Broken(windows(config)), tmp_path)
    assert torch.load(tmp_path / 'checkpoint.pt')['progress']['step'] == 5


def test_starts_from_given_weights(small_config, windows, tmp_path):
    config = small_config(steps=5)
    first = train(config, windows(config), tmp_path / 'first')
    still = small_config(steps=1, rate=1e-12, decay=0.0)
    second = train(still, windows(still), tmp_path / 'second', start=first.state_dict())
    for key, value in first.state_dict().items():
        torch.testing.assert_close(second.state_dict()[key], value)


@pytest.mark.parametrize('figures, score', [({'a': 4.0, 'b': 9.0}, 6.0), ({'a': 2.0}, 2.0)])
def test_geometric_mean(figures, score):
    assert geometric_mean(figures) == pytest.approx(score)
