# SPDX-License-Identifier: Apache-2.0
"""Forecasts of a moment ago, kept until what they foretold has been seen.

The recent miss of recent_miss.py without a second call of the model: what `nermo calibrate` makes
anew from the older part of a history, the node made in an earlier cycle and need only remember.
There it had up to LAG more of the past to go by.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from nermo_ros.forecast.recent_miss import LAG, mean_miss
from nermo_ros.observation.batch import Batch

GRID = np.linspace(0, 0.3, 6)  # s after a person's newest observation, remembered; linear between
SLACK = 1e-3  # s, by which a camera's period may be off
MOST = 64  # forecasts remembered of a person: 0.3 s at 200 Hz


@dataclass(frozen=True, eq=False)
class _Kept:
    """stamp: int ns; path: (G, J, 3) m at GRID after it; seen: (J,) bool, joints seen by then."""

    stamp: int
    path: np.ndarray
    seen: np.ndarray


class Memory:
    """Of everybody in the last batch; not for several threads."""

    def __init__(self) -> None:
        self._kept: dict[str, deque[_Kept]] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()

    def add(self, batch: Batch, paths: np.ndarray, valid: np.ndarray) -> None:
        """Keep what the model has just foretold: paths (P, G, J, 3) m at GRID after each one's
        newest sample; valid: (P,) bool, whose are the model's."""
        self._kept = {person: self._kept.get(person, deque(maxlen=MOST)) for person in batch.ids}
        for row in np.flatnonzero(valid):
            kept, stamp = self._kept[batch.ids[row]], int(batch.stamps[row])
            if kept and kept[-1].stamp > stamp:
                kept.clear()  # the clock was set back
            if not kept or kept[-1].stamp < stamp:
                kept.append(_Kept(stamp, paths[row].copy(), batch.mask[row].any(0)))

    def miss(self, batch: Batch) -> np.ndarray:
        """(P,) m, as recent_miss: how far off the newest forecast at least LAG old was; NaN where
        none is kept, or none that reaches to the newest sample."""
        found = {
            row: kept
            for row, (person, stamp) in enumerate(zip(batch.ids, batch.stamps, strict=True))
            if (kept := self._find(person, int(stamp))) is not None
        }
        miss = np.full(len(batch.ids), np.nan)
        if found:
            rows, chosen = list(found), list(found.values())
            start = np.array([kept.stamp for kept in chosen])
            ahead = batch.times[rows] + ((batch.stamps[rows] - start) / 1e9)[:, None]
            seen = np.stack([kept.seen for kept in chosen])
            counted = batch.mask[rows] * ((ahead > SLACK)[..., None] & seen[:, None])
            path = _at(np.stack([kept.path for kept in chosen]), ahead)
            miss[rows] = mean_miss(path, batch.positions[rows], counted)
        return miss

    def _find(self, person: str, stamp: int) -> _Kept | None:
        for kept in reversed(self._kept.get(person, ())):
            age = (stamp - kept.stamp) / 1e9
            if age >= LAG - SLACK:
                return kept if age <= GRID[-1] + SLACK else None
        return None


def _at(paths: np.ndarray, ahead: np.ndarray) -> np.ndarray:
    """Paths (P, G, J, 3) at GRID -> (P, N, J, 3) at `ahead` (P, N) s."""
    place = np.minimum(np.maximum(ahead / GRID[1], 0), len(GRID) - 1)
    left = np.minimum(place.astype(np.intp), len(GRID) - 2)
    share = (place - left)[..., None, None].astype(np.float32)
    rows = np.arange(len(paths))[:, None]
    low, high = paths[rows, left], paths[rows, left + 1]
    return low + share * (high - low)
