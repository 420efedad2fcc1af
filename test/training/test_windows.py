# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

from nermo_ros.data.windows import RandomCameras
from nermo_ros.training.config import TrainingConfig
from nermo_ros.training.windows import Mixture, make_windows


def test_cameras_and_frames(small_config, windows):
    config = small_config()
    drawn = windows(config).draw(3)
    assert drawn.positions.shape == (3, config.samples, 17, 3)
    np.testing.assert_allclose(drawn.query[0], config.query)
    config = TrainingConfig.read('cmu25')
    walk = np.random.default_rng(0).normal(0, 0.01, (100, 25, 3)).cumsum(0)
    drawn = make_windows(config, {'walk': walk}, 120.0).draw(3)
    assert drawn.positions.shape == (3, config.samples, 25, 3)
    np.testing.assert_allclose(drawn.query[0], config.query, atol=1e-6)


def test_files_of_an_action_share_what_balance_gives_it(small_config):
    config = small_config()
    config = replace(config, camera=replace(config.camera, balance=1.0))
    files = {f'train/{name}': np.zeros((300, 17, 3)) for name in ('a/1', 'a/2', 'a/3', 'b/1')}
    source = make_windows(config, files, 120.0)
    assert isinstance(source, RandomCameras)
    np.testing.assert_allclose(source.weights, [1 / 6, 1 / 6, 1 / 6, 1 / 2])


def test_a_mixture_draws_its_shares_from_one_generator(small_config, swinging):
    config = small_config()

    def mixture():
        kinds = (swinging(300), swinging(300) + 100)
        return Mixture([make_windows(config, {'': kind}, 120.0) for kind in kinds], [3, 1])

    source = mixture()
    drawn = source.draw(400)
    assert drawn.times.shape == (400, config.samples)
    far = abs(drawn.future).max((1, 2, 3)) > 30
    assert far.mean() == pytest.approx(0.25, abs=0.1)
    assert 0 < far[:200].mean() < 0.5  # not one kind after the other
    state = source.rng.bit_generator.state
    expected = source.draw(5)
    other = mixture()
    other.rng.bit_generator.state = state
    np.testing.assert_array_equal(other.draw(5).positions, expected.positions)
