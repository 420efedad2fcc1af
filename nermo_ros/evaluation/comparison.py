# SPDX-License-Identifier: Apache-2.0
"""A model's forecasts beside those of baselines that saw the same."""

from collections.abc import Iterable, Sequence

import numpy as np

from nermo_ros.evaluation.coverage import Coverage
from nermo_ros.evaluation.horizons import HORIZONS
from nermo_ros.evaluation.score import Score, Truth
from nermo_ros.forecast.baseline import constant_velocity, zero_velocity
from nermo_ros.inference.card import ModelCard
from nermo_ros.observation.batch import Batch
from nermo_ros.observation.observation import JointState, Observation
from nermo_ros.observation.tracks import Tracks
from nermo_ros.skeleton.body17 import JOINTS

BASELINES = {'zero_velocity': zero_velocity, 'constant_velocity': constant_velocity}


class Comparison:
    """Everything that was seen, tracked as the node does by default, and who forecast it how well.

    people: ids; truth: see score.Truth; card: of the model, whose samples and history the
    baselines get too. scores: by 'model' and the names of BASELINES; coverage: of the model's
    radii; messages, forecasts: how many were taken in.
    """

    def __init__(self, people: Sequence[str], truth: Truth, card: ModelCard):
        self.people, self.card = tuple(people), card
        self.scores = {name: Score(people, truth) for name in ('model', *BASELINES)}
        self.coverage = Coverage(people, truth)
        self.messages = self.forecasts = 0
        self._tracks = Tracks()
        self._seen = 0

    def see(self, stamp: int, observations: Iterable[Observation]) -> None:
        """Take in the people of one message; stamp: int ns."""
        self._tracks.expire(stamp)
        for observation in observations:
            self._tracks.add(observation)
            self._seen += int((observation.states == JointState.OBSERVED).sum())
        self.messages += 1

    def batch(self) -> Batch:
        """Everybody's history now."""
        return self._tracks.batch(self.card.samples, self.card.history)

    def add(
        self,
        reference: int,
        time: float,
        ids: Sequence[str],
        times_from_start: np.ndarray,
        positions: np.ndarray,
        radii: np.ndarray | None = None,
    ) -> None:
        """Score a forecast of what has been seen so far, and the baselines from the same.

        reference: int ns, stamp of the forecast; time: s, the same in the truth's time; ids: P;
        times_from_start: (K,) s; positions: (P, K, 17, 3) m; radii: (P, K, 17) m.
        """
        batch = self.batch()
        ages = (reference - batch.stamps) / 1e9
        query = (np.array(HORIZONS) + ages[:, None]).astype(np.float32)
        self.forecasts += 1
        rivals = {
            name: baseline(batch.times, batch.positions, batch.mask, query)
            for name, baseline in BASELINES.items()
        }
        for index, (person, path) in enumerate(zip(ids, positions, strict=True)):
            if person not in batch.ids:
                continue
            row = batch.ids.index(person)
            self.scores['model'].add(person, time, times_from_start, path)
            if radii is not None:
                seen = (batch.mask[row, -1] > 0) & (ages[row] == 0)
                self.coverage.add(person, time, times_from_start, path, radii[index], seen)
            for name, forecast in rivals.items():
                self.scores[name].add(person, time, np.array(HORIZONS), forecast[row])

    @property
    def missing(self) -> float:
        """Share of the joint samples that were not seen, of 17 joints of everybody, 0 to 1."""
        samples = self.messages * len(self.people) * len(JOINTS)
        return 1 - self._seen / samples if samples else 0.0
