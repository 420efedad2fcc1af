# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.evaluation import calibration
from nermo_ros.evaluation.calibration import calibrate, figures, overall, report
from nermo_ros.evaluation.residuals import Residuals
from nermo_ros.evaluation.scores import Scores
from nermo_ros.forecast.radii import KNOTS, MISSING_NAMES, STATES
from nermo_ros.skeleton.body17 import JOINTS


def motions(rng, count, spread=0.2, windows=240):
    """Exchangeable sequences: each has its own scale, errors grow with time and with absence."""
    sequences = {}
    for index in range(count):
        scale = np.exp(spread * rng.standard_normal())
        missing = np.arange(windows) % len(MISSING_NAMES)
        states = rng.integers(0, len(STATES), (windows, len(JOINTS)))
        size = 0.02 + 0.2 * np.array(KNOTS)[:, None] + 0.03 * states[:, None] + 0.02 * scale
        noise = np.linalg.norm(rng.standard_normal((windows, len(KNOTS), len(JOINTS), 3)), axis=-1)
        sequences[f'test/action/{index}'] = Residuals(
            errors=scale * size * noise,
            growth=np.ones((windows, len(KNOTS), len(JOINTS))),
            missing=missing,
            states=states,
            misses=np.full(windows, np.nan),
        )
    return sequences


def inside(radii, residuals):
    row = residuals.missing[:, None], residuals.states
    return residuals.errors <= radii.table[(*row, radii.groups)].swapaxes(1, 2)


@pytest.mark.parametrize('asked', [0.8, 0.95])
def test_new_sequences_are_covered_as_asked_and_as_reported(asked):
    measured, reported = [], []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        scores = Scores.of(motions(rng, 12, windows=60), JOINTS)
        radii, left_out = calibrate(scores, JOINTS, asked)
        fresh = motions(rng, 100, windows=60).values()
        measured.append(np.mean([inside(radii, one) for one in fresh]))
        reported.append(overall(scores, left_out.coverage))
    assert np.mean(measured) == pytest.approx(asked, abs=0.035)
    np.testing.assert_allclose(np.mean(reported, 0), asked, atol=0.04)


def test_one_wild_sequence_is_not_covered_by_its_own_errors():
    rng = np.random.default_rng(0)
    sequences = motions(rng, 6, spread=0.05)
    wild = sequences['test/action/3']
    sequences['test/action/3'] = Residuals(
        wild.errors * 10, wild.growth, wild.missing, wild.states, wild.misses
    )
    _, left_out = calibrate(Scores.of(sequences, JOINTS), JOINTS)
    assert (left_out.coverage[3] < 0.5).all()
    assert (left_out.coverage[[0, 1, 2, 4, 5]] > 0.9).all()


def test_the_level_is_raised_where_sequences_differ():
    rng = np.random.default_rng(0)
    alike, unlike = (
        calibrate(Scores.of(motions(rng, 12, spread), JOINTS), JOINTS)[1].levels
        for spread in (0.0, 0.8)
    )
    assert unlike.mean() > alike.mean() >= 0.95


def test_radii_never_shrink_and_figures_say_what_was_measured():
    scores = Scores.of(motions(np.random.default_rng(0), 8), JOINTS)
    radii, left_out = calibrate(scores, JOINTS)
    assert (np.diff(radii.table, axis=-1) >= 0).all()
    measured = figures(scores, left_out, 0.95)
    assert measured['sequences'] == 8 and measured['actions'] == 1
    row = measured['coverage_percent']['under_5_percent']
    assert list(row) == ['0', '40', '80', '160', '320', '400', '560', '750', '1000']
    assert row['80'] == pytest.approx(100 * np.mean(left_out.coverage[:, 0, 2]), abs=0.06)
    assert measured['mean_radius_mm']['under_5_percent']['1000'] > 100
    assert 'mean radius [mm] over 50 percent' in report(measured)


def test_what_was_never_tested_is_a_dash():
    sequences = motions(np.random.default_rng(0), 4)
    for one in sequences.values():
        one.missing[:] = 0
    scores = Scores.of(sequences, JOINTS)
    measured = figures(scores, calibrate(scores, JOINTS)[1], 0.95)
    assert measured['coverage_percent']['over_50_percent']['400'] is None
    assert '  -' in report(measured)


def test_many_sequences_are_left_out_in_parts(monkeypatch):
    monkeypatch.setattr(calibration, 'MOST_PARTS', 4)
    scores = Scores.of(motions(np.random.default_rng(0), 10, windows=40), JOINTS)
    _, left_out = calibrate(scores, JOINTS)
    assert np.isfinite(left_out.coverage).all()
    assert len(np.unique(left_out.levels, axis=0)) <= 4


def test_two_sequences_at_least():
    with pytest.raises(ValueError, match='at least two'):
        calibrate(Scores.of(motions(np.random.default_rng(0), 1), JOINTS), JOINTS)
