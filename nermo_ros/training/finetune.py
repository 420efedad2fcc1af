# SPDX-License-Identifier: Apache-2.0
"""Fine-tuning: a trained model goes on learning from a user's own people."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import load_file, save_file
from torch import nn

from nermo_ros.data.cmu import RATE
from nermo_ros.data.windows import CameraSettings
from nermo_ros.evaluation.horizons import in_milliseconds
from nermo_ros.evaluation.true_time import errors
from nermo_ros.inference.card import ModelCard, write_card
from nermo_ros.training.config import TrainingConfig
from nermo_ros.training.export import export, new_card, origin
from nermo_ros.training.network import load_network, numpy_predictor
from nermo_ros.training.train import geometric_mean, train
from nermo_ros.training.windows import Mixture, make_windows

FIRST_NOW = 40  # frame that true_time.windows begins at: before it there is only history
LEARNED = 0.8  # share of each recording; what comes after it is held out
SHORTEST = 6.0  # s of a recording, so that its held-out part has a second of future
OUTER = {'steps': 300, 'batch': 64, 'rate': 2e-4, 'average': 0.98, 'every': 25, 'patience': 4}
# The user's own people and sensor: nearly as they are, no other bones, no other sizes.
CAMERA = CameraSettings(
    stretch=(0.9, 1.1),
    scale=(0.97, 1.03),
    noise=(0.001, 0.01),
    reverse=0.0,
    bones=0.0,
    balance=0.0,
)


@dataclass(frozen=True)
class Gain:
    """Errors in mm by horizon on the held-out parts; kept: whether the new weights were."""

    before: dict[str, float]
    after: dict[str, float]
    kept: bool


def finetune(
    folder: Path,
    own: Mapping[str, np.ndarray],
    out: Path,
    general: Mapping[str, np.ndarray] | None = None,
    outer: Mapping[str, Any] | None = None,
) -> Gain:
    """Train the model in `folder` on, and write weights, graph and card into `out`.

    own: the user's recordings, (frames, 17, 3) metres of 120 Hz, z up; general: others' likewise,
    that half of the windows are drawn from, so that the model forgets less of what others do;
    outer: what differs from OUTER. The last fifth of each recording is held out; it decides when
    to stop, and the former weights stay where none were better on it, so the error after is a
    little optimistic. Raises ValueError when every recording is shorter than SHORTEST.
    """
    card = ModelCard.read(folder)
    config = TrainingConfig.parse(card.training['config'])
    config = replace(
        config, name=out.name, outer=replace(config.outer, **{**OUTER, **(outer or {})})
    )
    learned, held_out = split_in_time(own)
    windows = make_windows(replace(config, camera=CAMERA), learned, RATE)
    if general:
        windows = Mixture([windows, make_windows(config, general, RATE)], [1, 1])
    former = load_file(folder / 'weights.safetensors')

    def validate(network: nn.Module) -> dict[str, float]:
        predict = numpy_predictor(network)
        return in_milliseconds(errors(predict, held_out, samples=config.samples))

    before = validate(load_network(config, folder / 'weights.safetensors'))
    after = validate(train(config, windows, out, validate, start=former))
    kept = geometric_mean(after) < geometric_mean(before)
    if not kept:
        save_file(former, out / 'weights.safetensors')
    told = {
        'from': origin(folder),
        'data': {'files': len(learned), 'frames': sum(map(len, learned.values())), 'rate': RATE},
        'held_out_error_mm': {'before': before, 'after': after if kept else before},
    }
    write_card(out, new_card(config, told))
    export(out)
    return Gain(before, after if kept else before, kept)


def split_in_time(
    sequences: Mapping[str, np.ndarray],
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The beginning of each sequence, and its last fifth with the history that leads there.

    No future of the second is in the first. Sequences shorter than SHORTEST are not used;
    ValueError when none is left.
    """
    long_enough = {k: s for k, s in sequences.items() if len(s) >= SHORTEST * RATE}
    if not long_enough:
        raise ValueError(f'no recording is {SHORTEST:g} s long: record more, or in one piece')
    learned, held_out = {}, {}
    for key, sequence in long_enough.items():
        cut = int(LEARNED * len(sequence))
        learned[key] = sequence[:cut]
        held_out[key] = sequence[cut - FIRST_NOW :]
    return learned, held_out
