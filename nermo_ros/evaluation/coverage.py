# SPDX-License-Identifier: Apache-2.0
"""How often joints came to be inside the radii that were told beforehand."""

from collections.abc import Sequence

import numpy as np

from nermo_ros.evaluation.horizons import HORIZONS
from nermo_ros.evaluation.score import Truth, at_horizons

JOINTS = ('all', 'seen', 'hidden')  # seen, hidden: in the newest observation of a forecast
Figures = dict[str, dict[str, dict[str, float | None]]]


class Coverage:
    """Counts joints inside and outside of their radii at HORIZONS.

    people, truth: as in score.Score, and what counts too.
    """

    def __init__(self, people: Sequence[str], truth: Truth):
        self.people, self.truth = tuple(people), truth
        shape = len(JOINTS), len(HORIZONS)
        self._inside, self._count = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self._radii = np.zeros(shape)

    def add(
        self,
        person: str,
        time: float,
        times_from_start: np.ndarray,
        positions: np.ndarray,
        radii: np.ndarray,
        seen: np.ndarray,
    ) -> None:
        """Take in one person's forecast.

        time: s in the truth's time at which it starts; times_from_start: (K,) s, increasing;
        positions: (K, 17, 3) m, radii: (K, 17) m, linear between the steps; seen: (17,) bool,
        joints in the observation at its start.
        """
        truth = self.truth(time + np.array(HORIZONS))[self.people.index(person)]
        error = np.linalg.norm(at_horizons(times_from_start, positions) - truth, axis=-1)
        radius = at_horizons(times_from_start, radii[..., None])[..., 0]
        known = np.isfinite(error)
        for row, chosen in enumerate((np.ones_like(seen), seen, ~seen)):
            counted = known & chosen
            self._inside[row] += (counted & (error <= radius)).sum(1)
            self._radii[row] += np.where(counted, radius, 0).sum(1)
            self._count[row] += counted.sum(1)

    def figures(self) -> Figures:
        """inside_percent and mean radius_mm by JOINTS and horizon in ms, None where none
        counted."""
        return {
            'inside_percent': _rows(100 * self._inside, self._count),
            'radius_mm': _rows(1000 * self._radii, self._count),
        }


def _rows(sums: np.ndarray, counts: np.ndarray) -> dict[str, dict[str, float | None]]:
    keys = [f'{1000 * horizon:.0f}' for horizon in HORIZONS]
    return {
        name: {
            key: round(float(value / count), 1) if count else None
            for key, value, count in zip(keys, *each, strict=True)
        }
        for name, *each in zip(JOINTS, sums, counts, strict=True)
    }
