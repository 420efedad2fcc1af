# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest
import torch

from nermo_ros.training.config import TrainingConfig
from nermo_ros.training.windows import make_windows

SMALL = {'basis': 8, 'vectors': 16, 'scalars': 8, 'blocks': 2}


@pytest.fixture(autouse=True, scope='session')
def one_thread():
    torch.set_num_threads(1)


def _swinging(frames=500, seed=0, pace=(2, 6)):
    """A body whose joints swing at their own pace, 120 Hz."""
    rng = np.random.default_rng(seed)
    body, pace = rng.normal(0, 0.4, (17, 3)), rng.uniform(*pace, (17, 1))
    t = np.arange(frames)[:, None, None] / 120
    return (body + 0.1 * np.sin(pace * t + body)).astype(np.float32)


@pytest.fixture(scope='session')
def swinging():
    """Makes such a body's motion."""
    return _swinging


@pytest.fixture(scope='session')
def small_config():
    """Makes a config of a small network and tame cameras; options: of the outer loop."""

    def make(**outer):
        config = TrainingConfig.read('body17')
        outer = {'steps': 60, 'batch': 32, 'every': 20, 'rate': 0.01, **outer}
        clean = replace(config.camera, noisy=0.0, bones=0.0, swap=0.0, reaching=0.0)
        config = replace(config, camera=clean)
        return replace(config, network=SMALL, outer=replace(config.outer, **outer))

    return make


@pytest.fixture(scope='session')
def windows():
    """Makes windows of swinging bodies for a config."""
    return lambda config: make_windows(config, {'swinging': _swinging()}, 120.0)
