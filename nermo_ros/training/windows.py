# SPDX-License-Identifier: Apache-2.0
"""Where a run's windows come from."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from nermo_ros.data.frames import FrameWindows
from nermo_ros.data.windows import RandomCameras, Windows
from nermo_ros.skeleton.body import find_body
from nermo_ros.training.config import TrainingConfig


class WindowSource(Protocol):
    """Draws windows, by a random generator of its own, that ask for the same times (Q,) s."""

    rng: np.random.Generator
    query: np.ndarray

    def draw(self, count: int) -> Windows:
        """Windows of `count` people."""


def make_windows(
    config: TrainingConfig, sequences: Mapping[str, np.ndarray], rate: float
) -> WindowSource:
    """Of sequences (frames, J, 3) metres as the config's cameras or frames see them.

    sequences: keys 'split/action/file', or any other for a sequence that is an action of its own;
    rate: of theirs, Hz, for cameras. Raises ValueError when no sequence is long enough.
    """
    arrays, seed = list(sequences.values()), config.outer.seed
    actions = [key.rpartition('/')[0] or key for key in sequences]
    if config.frames:
        mirror = find_body(config.body).mirror
        return FrameWindows(arrays, config.frames, seed, actions, mirror)
    return RandomCameras(arrays, rate, config.samples, config.query, config.camera, seed, actions)
