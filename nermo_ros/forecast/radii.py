# SPDX-License-Identifier: Apache-2.0
"""Radii of balls that hold a joint with the probability that was calibrated.

A radius is looked up by the joint's group, by what share of the person's joint samples is missing
and by how long ago the joint itself was seen; it grows with time and with the recent miss.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nermo_ros.observation.batch import real_samples
from nermo_ros.skeleton.groups import GROUPS, group_indices

# Upper ends of the classes below the last one: a person's share of missing joint samples, and the
# seconds since a joint was seen; the last state is of joints that were not seen at all.
MISSING = (0.05, 0.3, 0.5)
MISSING_NAMES = ('under_5_percent', 'under_30_percent', 'under_50_percent', 'over_50_percent')
AGES = (0.05, 0.15)
STATES = ('fresh', 'late', 'stale', 'never_seen')

# s; between them radii are linear in time.
KNOTS = (0.0, 0.04, 0.08, 0.16, 0.32, 0.40, 0.56, 0.75, 1.0)
# Power of the recent miss with which radii grow at the knots: it tells much about what comes next
# and little about what comes in a second (slopes of log error on log miss, CMU test files).
POWERS = (0.9, 0.9, 0.9, 0.9, 0.9, 0.8, 0.6, 0.3, 0.1)
TYPICAL_MISS = 0.03  # m, where a radius is as in the table; also where the miss is not known
LEAST_MISS = 0.005  # m, below which a miss is luck
FLOOR = 0.005  # m, no radius is less

# As arrays; the edges up to what rounding takes.
_MISSING, _AGES = np.array(MISSING) + 1e-6, np.array(AGES) + 1e-4
_KNOTS, _STEPS, _POWERS = np.array(KNOTS), np.diff(KNOTS), np.array(POWERS)

# What a table was fitted for, written beside it: it means nothing under other values.
RULE = {
    'missing_below': list(MISSING),
    'seen_within': list(AGES),
    'knots': list(KNOTS),
    'powers': list(POWERS),
    'typical_miss': TYPICAL_MISS,
    'least_miss': LEAST_MISS,
    'least_growth_of_unseen': 1.0,
}


def missing_class(times: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(P,) index in MISSING_NAMES; times (P, N), mask (P, N, J)."""
    real = real_samples(times)
    seen = (mask.sum(2) * real).sum(1) / (real.sum(1) * mask.shape[2])
    return _class(1 - seen, _MISSING)


def joint_state(times: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(P, J) index in STATES, by the time from a joint's newest sample to time zero."""
    newest = np.where(mask > 0, times[..., None], -np.inf).max(1, initial=-np.inf)
    state = _class(-newest, _AGES)
    return np.where(np.isfinite(newest), state, len(STATES) - 1)


def growth(miss: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Factor of radii (P, J, K) at KNOTS for recent misses (P,) m, NaN where not known, and joint
    states (P, J): at least 1 for a joint that was not just seen, as a small miss tells of the
    others only."""
    miss = np.where(np.isfinite(miss), np.maximum(miss, LEAST_MISS), TYPICAL_MISS)
    factor = (miss / TYPICAL_MISS)[:, None] ** _POWERS
    fresh = (states == STATES.index('fresh'))[..., None]
    return np.where(fresh, factor[:, None], np.maximum(factor, 1)[:, None])


@dataclass(frozen=True, eq=False)
class Radii:
    """coverage: the probability; table: (missing classes, states, groups, knots) m, at the typical
    recent miss, increasing over the knots; groups: (J,) index in GROUPS of the model's joints."""

    coverage: float
    table: np.ndarray
    groups: np.ndarray

    @classmethod
    def read(cls, radii: Mapping[str, Any], joints: Sequence[str]) -> 'Radii | None':
        """From a card's `radii` and `joints`; None where the model is not calibrated.

        Raises ValueError where the mapping is not one of as_dict.
        """
        if not radii:
            return None
        try:
            rows = [
                [[radii['metres'][m][state][group] for group in GROUPS] for state in STATES]
                for m in MISSING_NAMES
            ]
            table = np.array(rows, float)
            same = {name: radii[name] for name in RULE} == RULE and table.shape[-1] == len(KNOTS)
            coverage = float(radii['coverage'])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f'radii of the card lack {error}: run `nermo calibrate`') from error
        if not same or not (np.isfinite(table) & (table >= 0)).all():
            raise ValueError('radii of the card are of another version: run `nermo calibrate`')
        return cls(coverage, np.maximum.accumulate(table, -1), group_indices(joints))

    def as_dict(self) -> dict[str, Any]:
        """As it stands in model.yaml, under `radii`."""
        metres = {
            missing: {
                state: {
                    group: [round(float(radius), 4) for radius in self.table[m, s, g]]
                    for g, group in enumerate(GROUPS)
                }
                for s, state in enumerate(STATES)
            }
            for m, missing in enumerate(MISSING_NAMES)
        }
        return {'coverage': self.coverage, **RULE, 'metres': metres}

    def __call__(
        self,
        times: np.ndarray,
        mask: np.ndarray,
        query: np.ndarray,
        miss: np.ndarray | None = None,
    ) -> np.ndarray:
        """(P, Q, J) m: times (P, N) s, mask (P, N, J) and query (P, Q) s as the predictor got
        them; miss: (P,) m of recent_miss, default: not known.

        Increasing in the query; past the last knot it goes on as between the last two, before the
        first it is the first's.
        """
        miss = np.full(len(times), np.nan) if miss is None else miss
        states = joint_state(times, mask)
        row = missing_class(times, mask)[:, None], states, self.groups
        at_knots = self.table[row] * growth(miss, states)  # (P, J, K)
        at_knots = np.maximum.accumulate(at_knots, -1)
        return np.maximum(_linear(at_knots, query), FLOOR).astype(np.float32)


def _linear(at_knots: np.ndarray, query: np.ndarray) -> np.ndarray:
    """(P, J, K) at KNOTS -> (P, Q, J) at query (P, Q)."""
    left = np.searchsorted(_KNOTS[1:-1], query, 'right')
    share = np.maximum((query - _KNOTS[left]) / _STEPS[left], 0)[..., None]
    people, at_knots = np.arange(len(query))[:, None], at_knots.swapaxes(1, 2)
    low = at_knots[people, left]
    return low + share * (at_knots[people, left + 1] - low)


def _class(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """How many of the edges a value has reached."""
    return np.asarray((values[..., None] >= edges).sum(-1))
