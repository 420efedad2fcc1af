# SPDX-License-Identifier: Apache-2.0
"""What is timed against each other: the model on every backend, and what others would run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.cli.bench.turns import Call
from nermo_ros.inference.card import ModelCard

QUERIES = 25  # times that one forecast answers, evenly up to the model's horizon


@dataclass
class Contenders:
    """calls: by name, for a number of people; backends: the names that are the model's own;
    closers: what frees them; not_run: why the others are not here."""

    calls: dict[str, Callable[[int], Call]] = field(default_factory=dict)
    backends: list[str] = field(default_factory=list)
    closers: list[Callable[[], None]] = field(default_factory=list)
    not_run: dict[str, str] = field(default_factory=dict)

    def close(self) -> None:
        for close in self.closers:
            close()


def inputs(card: ModelCard, people: int, seed: int = 0) -> list[np.ndarray]:
    """times, positions, mask, query of people who are seen whole all the time."""
    joints = len(card.joints)
    times = np.linspace(-card.history, 0, card.samples, dtype=np.float32)
    steps = np.random.default_rng(seed).standard_normal((people, card.samples, joints, 3))
    query = card.horizon * np.arange(1, QUERIES + 1, dtype=np.float32) / QUERIES
    return [
        np.tile(times, (people, 1)),
        (0.01 * steps.cumsum(1)).astype(np.float32),
        np.ones((people, card.samples, joints), np.float32),
        np.tile(query.astype(np.float32), (people, 1)),
    ]


def contenders(model: Path, backends: list[str], sizes: dict[str, Any], work: Path) -> Contenders:
    """The model on each of the backends that works here, then the baselines.

    sizes: what differs from the published sizes of the baselines; work: folder for their graphs.
    """
    from nermo_ros.cli.bench.baselines import add_networks
    from nermo_ros.forecast.baseline import zero_velocity
    from nermo_ros.inference.backends import open_predictor
    from nermo_ros.inference.predictor import BackendError

    found = Contenders()
    for backend in backends:
        try:
            predictor = open_predictor(model, backend)
            predictor.warm_up()
        except BackendError as error:
            found.not_run[backend] = str(error)
            continue
        found.backends.append(backend)
        found.calls[backend] = _on_histories(predictor, predictor.card)
        found.closers.append(predictor.close)
    found.calls['zero_velocity'] = _on_histories(zero_velocity, ModelCard.read(model))
    add_networks(found, sizes, work)
    return found


def _on_histories(predict: Callable[..., Any], card: ModelCard) -> Callable[[int], Call]:
    def of(people: int) -> Call:
        arrays = inputs(card, people)
        return lambda: predict(*arrays)

    return of
