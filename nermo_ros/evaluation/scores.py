# SPDX-License-Identifier: Apache-2.0
"""Errors on held-out sequences as histograms, so that leaving a sequence out is a subtraction.

A cell is a missing class, a joint's state, a joint group and a knot in time. A score is an error
divided by the growth that its radius would have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nermo_ros.evaluation.residuals import Residuals
from nermo_ros.forecast.radii import FLOOR, KNOTS, MISSING_NAMES, STATES
from nermo_ros.skeleton.groups import GROUPS, group_indices

EDGES = np.geomspace(FLOOR, 5.0, 256)  # m, upper ends of the bins, 2.7 % apart
CELLS = (len(MISSING_NAMES), len(STATES), len(GROUPS), len(KNOTS))
LEAST_SCORES, LEAST_SEQUENCES = 30, 4  # a cell is thin unless so many sequences have so many
POOLS = ((), (0,), (0, 2), (0, 1, 2))  # axes of CELLS over which a thin cell looks further


@dataclass(frozen=True)
class Scores:
    """S sequences. names: S; actions: (S,) index of each one's action; counts: (S, *CELLS) scores;
    below: (S, *CELLS, bins), share of a sequence's scores at that knot that are in the cell and at
    most the bin's edge; growth: (S, *CELLS), mean growth."""

    names: tuple[str, ...]
    actions: np.ndarray
    counts: np.ndarray
    below: np.ndarray
    growth: np.ndarray

    @classmethod
    def of(cls, residuals: Mapping[str, Residuals], joints: Sequence[str]) -> 'Scores':
        """residuals by sequence, named as in action()."""
        groups = group_indices(joints)
        rows = [_histogram(one, groups) for one in residuals.values()]
        histograms, growths = (np.stack(arrays) for arrays in zip(*rows, strict=True))
        counts = histograms.sum(-1)
        total = counts.sum((1, 2, 3), keepdims=True)[..., None]
        _, actions = np.unique([action(name) for name in residuals], return_inverse=True)
        return cls(
            names=tuple(residuals),
            actions=actions,
            counts=counts,
            below=(histograms.cumsum(-1) / np.maximum(total, 1)).astype(np.float32),
            growth=growths / np.maximum(counts, 1),
        )

    def mixture(self, keep: np.ndarray) -> np.ndarray:
        """`below` of the kept sequences (S,) as one: every action weighs the same at a knot, and
        every sequence of an action."""
        has = (self.counts.sum((1, 2, 3)) > 0) & keep[:, None]  # (S, K)
        same = self.actions[:, None] == self.actions
        siblings = same.astype(float) @ has
        weights = np.where(has, 1 / np.maximum(siblings, 1), 0).astype(np.float32)
        return np.einsum('sk,smagkb->magkb', weights, self.below, optimize=True)

    def quantiles(self, keep: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """(L, *CELLS) index in EDGES of the mixture's quantiles at levels (L, K), increasing over
        the knots and from one state of a joint to that of one seen longer ago; (n + 1) / n of the
        level for the n scores of a cell."""
        below, counts = self.mixture(keep), self.counts[keep]
        least = min(LEAST_SEQUENCES, len(counts))
        found = np.zeros((len(levels), *CELLS), np.intp)
        settled = np.zeros(CELLS, bool)
        for axes in POOLS:
            pooled = below.sum(axes, keepdims=True)
            scores = counts.sum(tuple(axis + 1 for axis in axes), keepdims=True)
            corrected = 1 + 1 / np.maximum(scores.sum(0), 1)
            for row, level in zip(found, levels, strict=True):
                wanted = np.minimum(level * corrected, 1) * pooled[..., -1]
                index = (pooled < wanted[..., None] - 1e-6 * pooled[..., -1:]).sum(-1)
                row[...] = np.where(settled, row, index)
            settled |= (scores >= LEAST_SCORES).sum(0) >= least
        found = np.maximum.accumulate(np.minimum(found, len(EDGES) - 1), -1)
        # Thin cells are uneven, and doubt must not shrink while a joint stays unseen.
        seen = found[:, :, :-1]
        np.maximum.accumulate(seen, 2, out=seen)
        return found

    def covered(self, sequence: int, radii: np.ndarray) -> np.ndarray:
        """(..., *CELLS) share of the scores at the knot that are in the cell and within
        its radius; radii: (..., *CELLS) index in EDGES."""
        below = np.broadcast_to(self.below[sequence], (*radii.shape, len(EDGES)))
        return np.take_along_axis(below, radii[..., None], -1)[..., 0]


def action(name: str) -> str:
    """Of 'split/action/file', walking_extra being walking; any other name is its own action."""
    parts = name.split('/')
    return parts[1].removesuffix('_extra') if len(parts) == 3 else name


def _histogram(residuals: Residuals, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts (*CELLS, bins) of the scores and the sums (*CELLS) of their growth."""
    errors = residuals.errors  # (W, K, J)
    growth = residuals.growth
    cell = np.ravel_multi_index(
        np.broadcast_arrays(
            residuals.missing[:, None, None],
            residuals.states[:, None],
            groups,
            np.arange(len(KNOTS))[:, None],
        ),
        CELLS,
    )
    known = np.isfinite(errors)
    score = np.searchsorted(EDGES, errors[known] / growth[known]).clip(0, len(EDGES) - 1)
    size = int(np.prod(CELLS))
    counts = np.bincount(cell[known] * len(EDGES) + score, minlength=size * len(EDGES))
    sums = np.bincount(cell[known], growth[known], minlength=size)
    return counts.reshape(*CELLS, -1), sums.reshape(CELLS)
