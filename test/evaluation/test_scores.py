# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.evaluation.residuals import Residuals
from nermo_ros.evaluation.scores import CELLS, EDGES, Scores, action
from nermo_ros.forecast.radii import KNOTS
from nermo_ros.skeleton.body17 import INDEX, JOINTS

HEAD = 1


def draws(windows, scale=1.0, seed=0, missing=0, states=0):
    """Errors are uniform up to `scale` times the knot's number in decimetres."""
    rng = np.random.default_rng(seed)
    top = scale * 0.1 * np.arange(1, len(KNOTS) + 1)[:, None]
    return Residuals(
        errors=rng.random((windows, len(KNOTS), len(JOINTS))) * top,
        growth=np.ones((windows, len(KNOTS), len(JOINTS))),
        missing=np.full(windows, missing),
        states=np.full((windows, len(JOINTS)), states),
        misses=np.full(windows, np.nan),
    )


def levels(*values):
    return np.array(values)[:, None] * np.ones(len(KNOTS))


def table(scores, level):
    return EDGES[scores.quantiles(np.ones(len(scores.names), bool), levels(level))[0]]


def test_quantiles_of_a_known_distribution():
    scores = Scores.of({name: draws(4000, seed=i) for i, name in enumerate('abcd')}, JOINTS)
    got = table(scores, 0.9)[0, 0]
    wanted = 0.9 * 0.1 * np.arange(1, len(KNOTS) + 1)
    assert (got >= 0.98 * wanted).all() and (got <= 1.05 * wanted).all()


def test_quantile_has_the_correction_for_few_scores():
    few = Residuals(
        errors=np.tile(0.1 * 1.1 ** np.arange(35.0)[:, None, None], (1, len(KNOTS), len(JOINTS))),
        growth=np.ones((35, len(KNOTS), len(JOINTS))),
        missing=np.zeros(35, int),
        states=np.zeros((35, len(JOINTS)), int),
        misses=np.full(35, np.nan),
    )
    got = table(Scores.of({'a': few}, JOINTS), 0.965)[0, 0]
    assert (got[HEAD] >= 0.1 * 1.1**34).all(), 'of 35 scores the one at 0.965 * 36, not * 35'
    assert (got[0] < 0.1 * 1.1**34).all(), 'the torso has eight times as many'


def test_actions_weigh_the_same_whatever_their_sequences():
    calm = {f'test/walking/{i}': draws(500, 0.1, i) for i in range(9)}
    wild = {'test/jumping/1': draws(50, 1.0, 9)}
    median = table(Scores.of(calm | wild, JOINTS), 0.5)[0, 0, HEAD, 3]
    # Half of the mass is uniform up to 0.04, the other half up to 0.4.
    assert median == pytest.approx(0.0375, rel=0.07)
    upper = table(Scores.of(calm | wild, JOINTS), 0.9)[0, 0, HEAD, 3]
    assert upper == pytest.approx(0.32, rel=0.15)


def test_thin_cells_take_from_all_missing_classes_then_from_all_groups():
    rich = {name: draws(400, 1.0, i, missing=1) for i, name in enumerate('abcd')}
    scores = Scores.of(rich, JOINTS)
    got = table(scores, 0.9)
    np.testing.assert_array_equal(got[0, 0], got[1, 0])
    assert got[3, 3, HEAD, 3] == pytest.approx(0.36, rel=0.06), 'a state that never was'


def test_a_cell_of_few_sequences_is_thin():
    rows = {name: draws(400, 1.0, i, missing=i < 3) for i, name in enumerate('abcdefgh')}
    wild = {'wild': draws(400, 3.0, 9, missing=3)}
    got = table(Scores.of(rows | wild, JOINTS), 0.9)
    np.testing.assert_array_equal(got[3], got[2])
    assert got[3, 0, HEAD, 3] < 1.2, 'not of the one wild sequence alone'


def test_growth_divides_the_scores():
    plain = draws(400)
    grown = Residuals(
        plain.errors * 2, plain.growth * 2, plain.missing, plain.states, plain.misses
    )
    a, b = (Scores.of({'x': r}, JOINTS) for r in (plain, grown))
    np.testing.assert_array_equal(a.counts, b.counts)
    assert b.growth[0, 0, 0, HEAD, 0] == 2


def test_covered_is_the_share_below():
    scores = Scores.of({'a': draws(1000)}, JOINTS)
    radii = scores.quantiles(np.ones(1, bool), levels(0.8, 1.0))
    inside = scores.covered(0, radii).sum((1, 2, 3))
    assert inside[1] == pytest.approx(1, abs=1e-5)
    assert (inside[0] >= 0.8).all() and (inside[0] < 0.86).all()
    assert radii.shape == (2, *CELLS)
    assert (np.diff(radii, axis=-1) >= 0).all()


def test_unknown_errors_do_not_count():
    some = draws(10)
    some.errors[:, -1] = np.nan
    some.errors[:, 0, INDEX['head']] = np.nan
    counts = Scores.of({'a': some}, JOINTS).counts[0, 0, 0]
    assert counts[HEAD, 0] == 0
    assert counts[:, -1].sum() == 0
    assert counts[:, 1].sum() == 170


@pytest.mark.parametrize(
    'name, says',
    [
        ('test/walking_extra/walking_7', 'walking'),
        ('train/jumping/jumping_5', 'jumping'),
        ('my.bag', 'my.bag'),
    ],
)
def test_actions_by_name(name, says):
    assert action(name) == says
