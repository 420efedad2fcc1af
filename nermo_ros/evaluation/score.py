# SPDX-License-Identifier: Apache-2.0
"""How far forecasts were from what then happened."""

from collections.abc import Callable, Sequence

import numpy as np

from nermo_ros.evaluation.horizons import HORIZONS

# Where everyone truly was: times (K,) s -> (people, K, 17, 3) m, NaN where nobody knows.
Truth = Callable[[np.ndarray], np.ndarray]
SLACK = 1e-4  # s, by which float32 times may miss a horizon


class Score:
    """Collects the errors of one forecaster at HORIZONS, by person.

    A joint counts where the truth has it: not where it was never measured, nor at a horizon past
    the end of the recording, nor at one that the forecast does not reach.
    """

    def __init__(self, people: Sequence[str], truth: Truth):
        self.people, self.truth = tuple(people), truth
        self._sums = np.zeros((len(self.people), len(HORIZONS)))
        self._counts = np.zeros((len(self.people), len(HORIZONS)), np.int64)

    def add(
        self, person: str, time: float, times_from_start: np.ndarray, positions: np.ndarray
    ) -> None:
        """Take in one person's forecast.

        time: s in the truth's time at which it starts; times_from_start: (K,) s, increasing;
        positions: (K, 17, 3) m, interpolated linearly between the steps. Raises KeyError for
        somebody who is not among the people.
        """
        if person not in self.people:
            raise KeyError(f'{person!r} is none of {", ".join(self.people)}')
        row = self.people.index(person)
        forecast = at_horizons(times_from_start, positions)
        error = np.linalg.norm(forecast - self.truth(time + np.array(HORIZONS))[row], axis=-1)
        counts = np.isfinite(error)
        self._sums[row] += np.where(counts, error, 0).sum(1)
        self._counts[row] += counts.sum(1)

    def mean(self, person: str | None = None) -> np.ndarray:
        """(6,) m over one person's, or everybody's, joints; NaN where none counted."""
        rows = slice(None) if person is None else [self.people.index(person)]
        sums, counts = self._sums[rows].sum(0), self._counts[rows].sum(0)
        return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def at_horizons(times: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """A forecast (K, 17, 3) m at times (K,) s -> (6, 17, 3) at HORIZONS, NaN beyond its times."""
    times, horizons = np.asarray(times, np.float64), np.array(HORIZONS)
    units = np.eye(len(times))
    weights = np.stack([np.interp(horizons, times, unit) for unit in units], axis=1)
    reached = (horizons >= times[0] - SLACK) & (horizons <= times[-1] + SLACK)
    at = np.einsum('hk,kjc->hjc', weights, positions)
    return np.where(reached[:, None, None], at, np.nan)
