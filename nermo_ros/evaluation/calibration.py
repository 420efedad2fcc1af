# SPDX-License-Identifier: Apache-2.0
"""Split-conformal radii from errors on sequences that the model has not learned from.

Windows of a sequence overlap and are of one motion: what is exchangeable is sequences, and of
those there are few, of very unlike actions. So every action weighs the same, and the level of the
quantiles is raised until sequences that are left out are covered as asked. The report leaves each
sequence out once more: neither the level nor the quantiles that it is measured with have seen it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nermo_ros.evaluation.scores import EDGES, Scores
from nermo_ros.evaluation.table import aligned
from nermo_ros.forecast.radii import KNOTS, MISSING_NAMES, STATES, Radii
from nermo_ros.skeleton.groups import group_indices

RAISED = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])  # of what is left to 1
MOST_PARTS = 32  # into which the sequences are divided for leaving out
MISSING_AXIS, STATE_AXIS = 0, 1


@dataclass(frozen=True)
class LeftOut:
    """Of each sequence left out, at KNOTS, NaN where it has none of a class: coverage and radius
    (S, missing classes, K), the radius a mean in m; by_state: coverage (S, states, K); levels:
    (S, K), with what level of the quantiles."""

    coverage: np.ndarray
    radius: np.ndarray
    by_state: np.ndarray
    levels: np.ndarray


def calibrate(
    scores: Scores, joints: tuple[str, ...], coverage: float = 0.95
) -> tuple[Radii, LeftOut]:
    """Radii from all sequences, and how such radii do on sequences that they have not seen.

    Raises ValueError for fewer than two sequences.
    """
    count = len(scores.names)
    if count < 2:
        raise ValueError('radii need at least two sequences that the model has not learned from')
    parts = np.empty(count, int)
    parts[np.argsort(scores.actions, kind='stable')] = np.arange(count) % MOST_PARTS
    levels = (coverage + (1 - coverage) * RAISED)[:, None] * np.ones(len(KNOTS))
    inner = _pairs(scores, parts, levels)
    everything = np.ones(count, bool)
    level = _level(scores, inner[np.arange(count), parts], everything, levels, coverage)
    table = EDGES[scores.quantiles(everything, level[None])[0]]
    left_out = _left_out(scores, parts, inner, levels, coverage)
    return Radii(coverage, table, group_indices(joints)), left_out


def _pairs(scores: Scores, parts: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """(S, parts, missing classes, L, K): coverage of each sequence at each level by the quantiles
    of all but its own and one more part."""
    count = parts.max() + 1
    shape = (len(parts), count, len(MISSING_NAMES), *levels.shape)
    inner = np.full(shape, np.nan, np.float32)
    for a in range(count):
        for b in range(a, count):
            keep = (parts != a) & (parts != b)
            if not keep.any():
                continue
            radii = scores.quantiles(keep, levels)
            for sequence in np.flatnonzero((parts == a) | (parts == b)):
                other = b if parts[sequence] == a else a
                inner[sequence, other] = _coverage(scores, sequence, radii, MISSING_AXIS)
    return inner


def _coverage(scores: Scores, sequence: int, radii: np.ndarray, axis: int) -> np.ndarray:
    """(classes, L, K) of one sequence by radii (L, *CELLS), by the classes on that axis of
    CELLS."""
    others = tuple(i for i in range(3) if i != axis)
    inside = scores.covered(sequence, radii).sum(tuple(i + 1 for i in others))
    total = scores.below[sequence, ..., -1].sum(others)
    share = np.where(total > 0, inside / np.where(total > 0, total, 1), np.nan)
    return share.swapaxes(0, 1)


def _level(
    scores: Scores, inner: np.ndarray, keep: np.ndarray, levels: np.ndarray, coverage: float
) -> np.ndarray:
    """(K,) the level at which left-out sequences are covered as asked, inner (S, missing
    classes, L, K) averaged over the sequences to keep, then actions, then classes."""
    mean = np.nan_to_num(_nanmean(_nanmean(by_action(scores, inner, keep))))  # (L, K)
    columns = zip(mean.T, levels.T, strict=True)
    return np.array([np.interp(coverage, reached, level) for reached, level in columns])


def _left_out(
    scores: Scores, parts: np.ndarray, inner: np.ndarray, levels: np.ndarray, coverage: float
) -> LeftOut:
    rows = []
    for part in range(parts.max() + 1):
        keep = parts != part
        level = _level(scores, inner[:, part], keep, levels, coverage)
        radii = scores.quantiles(keep, level[None])
        for sequence in np.flatnonzero(~keep):
            missing, state = (
                _coverage(scores, sequence, radii, axis)[:, 0]
                for axis in (MISSING_AXIS, STATE_AXIS)
            )
            mean = _mean_radius(scores, sequence, EDGES[radii[0]])
            rows.append((sequence, missing, mean, state, level))
    rows.sort(key=lambda row: row[0])
    return LeftOut(*(np.stack(arrays) for arrays in list(zip(*rows, strict=True))[1:]))


def _mean_radius(scores: Scores, sequence: int, table: np.ndarray) -> np.ndarray:
    """(missing classes, K) m, over a sequence's joints."""
    counts = scores.counts[sequence]
    total = counts.sum((1, 2))
    mean = (counts * scores.growth[sequence] * table).sum((1, 2)) / np.maximum(total, 1)
    return np.where(total > 0, mean, np.nan)


def by_action(scores: Scores, values: np.ndarray, keep: np.ndarray | None = None) -> np.ndarray:
    """Means (actions, ...) of values (S, ...) over the sequences to keep, without NaN."""
    keep = np.ones(len(values), bool) if keep is None else keep
    rows = [values[keep & (scores.actions == one)] for one in np.unique(scores.actions[keep])]
    return np.stack([_nanmean(row) for row in rows])


def _nanmean(values: np.ndarray) -> np.ndarray:
    known = np.isfinite(values)
    count = known.sum(0)
    return np.where(count > 0, np.where(known, values, 0).sum(0) / np.maximum(count, 1), np.nan)


def figures(scores: Scores, left_out: LeftOut, coverage: float) -> dict[str, Any]:
    """What the report says, percent and mm by class and knot in ms; None where nothing was."""

    def rows(values: np.ndarray, names: tuple[str, ...], unit: float) -> dict[str, Any]:
        return {name: _row(unit * row) for name, row in zip(names, values, strict=True)}

    sequences = {
        name: rows(left_out.coverage[index], MISSING_NAMES, 100)
        for index, name in enumerate(scores.names)
    }
    return {
        'coverage_percent_asked': 100 * coverage,
        'sequences': len(scores.names),
        'actions': len(np.unique(scores.actions)),
        'coverage_percent': rows(overall(scores, left_out.coverage), MISSING_NAMES, 100),
        'mean_radius_mm': rows(overall(scores, left_out.radius), MISSING_NAMES, 1000),
        'coverage_percent_by_joint_state': rows(overall(scores, left_out.by_state), STATES, 100),
        'coverage_percent_by_sequence': sequences,
    }


def overall(scores: Scores, values: np.ndarray) -> np.ndarray:
    """Mean of values (S, ...) over sequences of an action, then actions."""
    return _nanmean(by_action(scores, values))


def _row(values: np.ndarray) -> dict[str, float | None]:
    return {
        f'{1000 * knot:.0f}': round(float(value), 1) if np.isfinite(value) else None
        for knot, value in zip(KNOTS, values, strict=True)
    }


def report(figures: dict[str, Any]) -> str:
    """The figures as a plain text table."""
    head = ['after [ms]', *(f'{1000 * knot:.0f}' for knot in KNOTS)]
    lines = [head]
    for title, key in (
        ('coverage [%]', 'coverage_percent'),
        ('mean radius [mm]', 'mean_radius_mm'),
        ('coverage [%], joint', 'coverage_percent_by_joint_state'),
    ):
        for name, row in figures[key].items():
            cells = ['-' if value is None else f'{value:.1f}' for value in row.values()]
            lines.append([f'{title} {name.replace("_", " ")}', *cells])
    return aligned(lines)
