# SPDX-License-Identifier: Apache-2.0
import pytest

from nermo_ros.forecast.baseline import zero_velocity
from nermo_ros.inference.card import ModelCard
from nermo_ros.skeleton.body17 import JOINTS


class StandStill:
    """Forecasts that nobody moves: a predictor whose errors are known."""

    name = 'still'
    card = ModelCard('still', '1', JOINTS, history=1.0, past=1.0, horizon=1.0, samples=32)
    __call__ = staticmethod(zero_velocity)


@pytest.fixture
def stand_still():
    return StandStill()
