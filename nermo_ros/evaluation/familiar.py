# SPDX-License-Identifier: Apache-2.0
"""From which recent miss on a person's motion counts as unfamiliar."""

from collections.abc import Mapping

import numpy as np

from nermo_ros.evaluation.residuals import Residuals
from nermo_ros.evaluation.scores import action

SHARE = 0.99  # of the moments of sequences not learned from, at most, are familiar


def unfamiliar_above(residuals: Mapping[str, Residuals]) -> float:
    """m, the quantile SHARE of the recent misses of all sequences (named as in scores.action);
    every action weighs the same, and every sequence of an action. Infinite where none is known."""
    known = {name: one.misses[np.isfinite(one.misses)] for name, one in residuals.items()}
    known = {name: misses for name, misses in known.items() if misses.size}
    if not known:
        return np.inf
    actions = [action(name) for name in known]
    misses = np.concatenate(list(known.values()))
    weights = np.concatenate(
        [
            np.full(one.size, 1 / one.size / actions.count(mine))
            for one, mine in zip(known.values(), actions, strict=True)
        ]
    )
    order = np.argsort(misses)
    reached = weights[order].cumsum() / weights.sum()
    return float(misses[order][np.searchsorted(reached, SHARE)])
