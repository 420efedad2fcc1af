# SPDX-License-Identifier: Apache-2.0
"""What a run learns from and is validated on, of the CMU files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import nn

from nermo_ros.data.cmu import RATE, load_cmu, split
from nermo_ros.data.cmu_published import ROWS_PER_FRAME, load_published
from nermo_ros.evaluation.horizons import in_milliseconds
from nermo_ros.evaluation.published import evaluate, validation_files
from nermo_ros.evaluation.true_time import errors
from nermo_ros.training.config import TrainingConfig
from nermo_ros.training.network import numpy_predictor


@dataclass(frozen=True)
class Recordings:
    """What to learn from and how to validate.

    learned: sequences (frames, J, 3) metres of `rate` Hz by key; validate: errors in mm by horizon
    of a network on those held out, mean over the actions; None when none are.
    """

    learned: dict[str, np.ndarray]
    rate: float
    validate: Callable[[nn.Module], dict[str, float]] | None


def cmu_recordings(config: TrainingConfig, path: Path, hold_out: bool) -> Recordings:
    """The CMU files as the config's windows need them; hold_out: see data.cmu.split.

    Raises FileNotFoundError, or ValueError that names the file or the body.
    """
    return _published(config, path, hold_out) if config.frames else _world(config, path, hold_out)


def _world(config: TrainingConfig, path: Path, hold_out: bool) -> Recordings:
    """body17 in true seconds and metres."""
    if config.body != 'body17':
        raise ValueError(f'the cameras see body17, not {config.body}: give frames: in the config')
    learned, held_out = split(load_cmu(path), hold_out)

    def validate(network: nn.Module) -> dict[str, float]:
        predict = numpy_predictor(network)
        return in_milliseconds(errors(predict, held_out, samples=config.samples))

    return Recordings(learned, RATE, validate if held_out else None)


def _published(config: TrainingConfig, path: Path, hold_out: bool) -> Recordings:
    """cmu25 as the published protocol reads the files."""
    if config.body != 'cmu25':
        raise ValueError(f'the published protocol is of cmu25, not {config.body}')
    if config.frames.rows not in (1, ROWS_PER_FRAME):
        raise ValueError(f'frames: rows is {config.frames.rows}, not 1 or {ROWS_PER_FRAME}')
    every = ROWS_PER_FRAME // config.frames.rows
    learned, _ = split(load_published(path, every), hold_out)
    held_out = validation_files(load_published(path)) if hold_out else {}

    def validate(network: nn.Module) -> dict[str, float]:
        actions = evaluate(numpy_predictor(network), held_out)['per_action'].values()
        return {key: sum(a[key] for a in actions) / len(actions) for key in next(iter(actions))}

    return Recordings(learned, RATE / every, validate if held_out else None)
