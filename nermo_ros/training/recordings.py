# SPDX-License-Identifier: Apache-2.0
"""What a run learns from and is validated on, of the data set that its config names."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import nn

from nermo_ros.data import h36m, threedpw
from nermo_ros.data.cmu import RATE, load_cmu, split
from nermo_ros.data.cmu_published import ROWS_PER_FRAME, load_published
from nermo_ros.evaluation.horizons import in_milliseconds
from nermo_ros.evaluation.published import evaluate, validation_files
from nermo_ros.evaluation.research_sets import evaluate_3dpw, evaluate_h36m
from nermo_ros.evaluation.true_time import errors
from nermo_ros.training.config import TrainingConfig
from nermo_ros.training.network import numpy_predictor


@dataclass(frozen=True)
class Recordings:
    """What to learn from and how to validate.

    name: of the data set; learned: sequences (frames, J, 3) metres of `rate` Hz by key; validate:
    errors in mm by horizon of a network on those held out, mean over the actions; None when none
    are.
    """

    name: str
    learned: dict[str, np.ndarray]
    rate: float
    validate: Callable[[nn.Module], dict[str, float]] | None


def read_recordings(config: TrainingConfig, path: Path, hold_out: bool) -> Recordings:
    """The files of the config's data set as its windows need them.

    hold_out: of CMU, see data.cmu.split; the other sets have subjects or people for validation,
    which are never learned from. Raises FileNotFoundError, or ValueError that names the file, the
    body or the known sets.
    """
    if config.dataset not in READERS:
        raise ValueError(f'no dataset {config.dataset!r}: give one of {", ".join(READERS)}')
    return READERS[config.dataset](config, path, hold_out)


def _cmu(config: TrainingConfig, path: Path, hold_out: bool) -> Recordings:
    read = _cmu_published if config.frames else _cmu_world
    return read(config, path, hold_out)


def _cmu_world(config: TrainingConfig, path: Path, hold_out: bool) -> Recordings:
    """body17 in true seconds and metres."""
    if config.body != 'body17':
        raise ValueError(f'the cameras see body17, not {config.body}: give frames: in the config')
    learned, held_out = split(load_cmu(path), hold_out)

    def validate(network: nn.Module) -> dict[str, float]:
        predict = numpy_predictor(network)
        return in_milliseconds(errors(predict, held_out, samples=config.samples))

    return Recordings('CMU-MoCap', learned, RATE, validate if held_out else None)


def _cmu_published(config: TrainingConfig, path: Path, hold_out: bool) -> Recordings:
    """cmu25 as the published protocol reads the files."""
    every = _every(config, 'cmu25', ROWS_PER_FRAME)
    learned, _ = split(load_published(path, every), hold_out)
    held_out = validation_files(load_published(path)) if hold_out else {}

    def validate(network: nn.Module) -> dict[str, float]:
        actions = evaluate(numpy_predictor(network), held_out)['per_action'].values()
        return {key: sum(a[key] for a in actions) / len(actions) for key in next(iter(actions))}

    return Recordings('CMU-MoCap', learned, RATE / every, validate if held_out else None)


def _h36m(config: TrainingConfig, path: Path, _: bool) -> Recordings:
    """h36m22 of the training subjects, validated on the windows of the validation subject."""
    every = _every(config, 'h36m22', h36m.ROWS_PER_FRAME)
    learned = h36m.load_h36m(path, h36m.TRAINING, every)
    held_out = h36m.load_h36m(path, h36m.VALIDATION)

    def validate(network: nn.Module) -> dict[str, float]:
        predict = numpy_predictor(network)
        return evaluate_h36m(predict, held_out, samples=config.samples)['mean']

    return Recordings('Human3.6M', learned, h36m.RATE / every, validate)


def _3dpw(config: TrainingConfig, path: Path, _: bool) -> Recordings:
    """smpl23 of the people in train, validated on every window of those in validation."""
    every = _every(config, 'smpl23', rows_per_frame=1)
    learned = threedpw.load_3dpw(path, 'train')
    held_out = threedpw.load_3dpw(path, 'validation')

    def validate(network: nn.Module) -> dict[str, float]:
        return evaluate_3dpw(numpy_predictor(network), held_out, config.samples)['mean']

    return Recordings('3DPW', learned, threedpw.RATE / every, validate)


READERS = {'cmu': _cmu, 'h36m': _h36m, '3dpw': _3dpw}


def _every(config: TrainingConfig, body: str, rows_per_frame: int) -> int:
    """Which rows of a file are learned from; ValueError where the config is not the protocol's."""
    if config.frames is None:
        raise ValueError(f'{config.dataset} is read by its published protocol: give frames:')
    if config.body != body:
        raise ValueError(
            f'the published protocol of {config.dataset} is of {body}, not {config.body}'
        )
    if config.frames.rows not in {1, rows_per_frame}:
        known = ' or '.join(map(str, sorted({1, rows_per_frame})))
        raise ValueError(f'frames: rows is {config.frames.rows}, not {known}')
    return rows_per_frame // config.frames.rows
