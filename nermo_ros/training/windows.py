# SPDX-License-Identifier: Apache-2.0
"""Where a run's windows come from."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from nermo_ros.data.windows import RandomCameras, Windows
from nermo_ros.training.config import TrainingConfig


class WindowSource(Protocol):
    """Draws windows with a random generator of its own."""

    rng: np.random.Generator

    def draw(self, count: int) -> Windows:
        """Windows of `count` people."""


def make_windows(
    config: TrainingConfig, sequences: Mapping[str, np.ndarray], rate: float
) -> WindowSource:
    """Of sequences of `rate` Hz, each (frames, J, 3) metres, as the config's cameras see them.

    sequences: keys 'split/action/file', or any other for a sequence that is an action of its own.
    Windows of `frames:` take the sequences as the published protocol reads them, whatever their
    rate. Raises ValueError that names an unknown option or says that no sequence is long enough.
    """
    seed = config.outer.seed
    if config.camera:
        return RandomCameras(
            list(sequences.values()),
            rate,
            config.samples,
            config.query,
            config.camera,
            seed,
            [key.rpartition('/')[0] or key for key in sequences],
        )
    from nermo_ros.data.frames import FrameWindows

    try:
        return FrameWindows(list(sequences.values()), **(config.frames or {}), seed=seed)
    except TypeError as error:
        raise ValueError(f'frames: {error}') from error
