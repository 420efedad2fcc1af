# SPDX-License-Identifier: Apache-2.0
"""Where a run's windows come from."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Protocol

import numpy as np

from nermo_ros.data.frames import FrameWindows
from nermo_ros.data.windows import RandomCameras, Windows
from nermo_ros.skeleton.body import find_body
from nermo_ros.training.config import TrainingConfig
from nermo_ros.training.plain import HistoryOnly


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
        windows = FrameWindows(arrays, config.frames, seed, actions, mirror)
        return windows if config.outer.future else HistoryOnly(windows)
    return RandomCameras(arrays, rate, config.samples, config.query, config.camera, seed, actions)


class Mixture:
    """Windows of several sources, shuffled in by their shares, from one random generator."""

    def __init__(self, sources: Sequence[WindowSource], shares: Sequence[float]):
        self.sources, self.shares = tuple(sources), np.array(shares) / sum(shares)
        self.rng, self.query = sources[0].rng, sources[0].query
        for source in sources:
            source.rng = self.rng

    def draw(self, count: int) -> Windows:
        """Windows of `count` people, of each source its share on average."""
        counts = self.rng.multinomial(count, self.shares)
        drawn = [source.draw(n) for source, n in zip(self.sources, counts, strict=True) if n]
        order = self.rng.permutation(count)
        parts = {
            field.name: np.concatenate([getattr(windows, field.name) for windows in drawn])[order]
            for field in fields(Windows)
        }
        return Windows(**parts)
