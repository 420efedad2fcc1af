# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
import torch

from nermo_ros.data.frames import FrameSettings, FrameWindows
from nermo_ros.training.config import TrainingConfig
from nermo_ros.training.loss import loss_weights
from nermo_ros.training.plain import HistoryOnly
from nermo_ros.training.windows import make_windows


@pytest.fixture
def sequence():
    return np.random.default_rng(0).standard_normal((90, 25, 3)).astype(np.float32)


def test_asks_for_the_history_alone(sequence):
    plain, whole = (FrameWindows([sequence], FrameSettings(), 3) for _ in range(2))
    windows, expected = HistoryOnly(plain).draw(4), whole.draw(4)
    np.testing.assert_array_equal(windows.query, expected.times)
    np.testing.assert_array_equal(windows.future, expected.positions)
    assert (windows.query <= 0).all()
    assert windows.known.all()


def test_a_time_counts_where_every_joint_was_seen(sequence):
    settings = FrameSettings(missing=1.0, dropout=(0.01, 0.05))
    windows = HistoryOnly(FrameWindows([sequence], settings, 3)).draw(16)
    np.testing.assert_array_equal(windows.known, windows.mask.all(2))
    assert 0 < windows.known.mean() < 1


def test_every_time_of_a_history_weighs_the_same(sequence):
    query = torch.tensor(HistoryOnly(FrameWindows([sequence])).query)
    assert loss_weights(query).tolist() == [1.0] * 10


def test_the_config_chooses(sequence):
    plain, whole = (TrainingConfig.read(f'ablation/{name}') for name in ('nermo_plain', 'nermo'))
    assert isinstance(make_windows(plain, {'train/walking/walking_1': sequence}, 60), HistoryOnly)
    assert isinstance(make_windows(whole, {'train/walking/walking_1': sequence}, 60), FrameWindows)
