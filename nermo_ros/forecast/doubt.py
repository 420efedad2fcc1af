# SPDX-License-Identifier: Apache-2.0
"""How much to doubt a forecast: radii between a floor and a bound, and who is unfamiliar."""

from dataclasses import dataclass

import numpy as np

from nermo_ros.forecast.bound import Limits, bound
from nermo_ros.forecast.memory import Memory
from nermo_ros.forecast.radii import FLOOR, Radii
from nermo_ros.inference.card import ModelCard
from nermo_ros.observation.batch import Batch


@dataclass(frozen=True, eq=False)
class Answer:
    """radii: (P, Q, 17) float32 m; unfamiliar: (P,) bool."""

    radii: np.ndarray
    unfamiliar: np.ndarray


class Doubt:
    """Calibrated radii of a model and of its stand-in, by their cards; memory: of the model's
    forecasts. Raises ValueError where the card's radii are of another version."""

    def __init__(self, card: ModelCard):
        self._model = Radii.read(card.radii, card.joints)
        self._fallback = Radii.read(card.fallback_radii, card.joints)
        self._unfamiliar = float(card.radii.get('unfamiliar_above', np.inf))
        self.memory = Memory()

    @property
    def calibrated(self) -> bool:
        """Whether the model has radii."""
        return self._model is not None

    def __call__(
        self,
        batch: Batch,
        query: np.ndarray,
        forecast: np.ndarray,
        stood_in: np.ndarray,
        limits: Limits,
    ) -> Answer:
        """Of forecasts (P, Q, 17, 3) m at query (P, Q) s after each one's newest sample; stood_in:
        (P,) bool, for whom the fallback answered.

        A radius does not shrink with a later query >= 0, is at least the floor of radii.py and at
        most the bound, which is all there is of a fallback that is not calibrated. Raises
        ValueError where the model is not.
        """
        if self._model is None:
            raise ValueError('the model is not calibrated: run `nermo calibrate`')
        arrays = batch.times, batch.positions, batch.mask
        farthest = bound(*arrays, query, forecast, limits)
        miss = self.memory.miss(batch)
        radii = self._model(batch.times, batch.mask, query, miss)
        if stood_in.any():
            radii[stood_in] = self._of_fallback(batch, query, stood_in)
        radii = np.maximum(np.minimum(radii, farthest), FLOOR).astype(np.float32)
        return Answer(radii, ~stood_in & (miss > self._unfamiliar))

    def _of_fallback(self, batch: Batch, query: np.ndarray, rows: np.ndarray) -> np.ndarray:
        if self._fallback is None:
            return np.full((*query[rows].shape, batch.mask.shape[2]), np.inf)
        return self._fallback(batch.times[rows], batch.mask[rows], query[rows])
