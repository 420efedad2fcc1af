# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.evaluation.familiar import SHARE, unfamiliar_above
from nermo_ros.evaluation.residuals import Residuals


def missed(*misses):
    none = np.empty(0)
    return Residuals(none, none, none, none, np.array(misses, float))


def test_of_a_known_distribution():
    one = missed(*np.random.default_rng(0).permutation(np.arange(1, 1001)) / 1000)
    assert unfamiliar_above({'test/walking/1': one}) == pytest.approx(SHARE, abs=2e-3)


def test_actions_weigh_the_same_and_what_is_not_known_does_not_count():
    calm = {f'test/walking/{row}': missed(*[0.01] * 500) for row in range(9)}
    wild = {'test/jumping/1': missed(*np.linspace(0.1, 0.2, 51), np.nan)}
    assert unfamiliar_above(calm | wild) == pytest.approx(0.198, abs=2e-3)
    assert unfamiliar_above({**calm, 'test/sitting/1': missed(np.nan)}) == 0.01


def test_nothing_known_is_never_unfamiliar():
    assert unfamiliar_above({'a': missed(np.nan)}) == np.inf
