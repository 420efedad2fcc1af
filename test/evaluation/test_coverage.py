# SPDX-License-Identifier: Apache-2.0
import numpy as np

from nermo_ros.evaluation.coverage import Coverage

STEPS = (np.arange(1, 26) * 0.04).astype(np.float32)
SEEN = np.ones(17, bool)


def truth(times):
    """One person; joint 3 is never known, and nothing after 2 s."""
    positions = np.zeros((1, len(times), 17, 3), np.float32)
    positions[:, :, 3] = positions[:, np.asarray(times) > 2] = np.nan
    return positions


def counted(radius, time=0.0, off=0.1, seen=SEEN):
    coverage = Coverage(('ada',), truth)
    positions = np.zeros((len(STEPS), 17, 3))
    positions[..., 0] = off
    radii = np.full((len(STEPS), 17), radius)
    coverage.add('ada', time, STEPS, positions, radii, seen)
    return coverage.figures()


def test_inside_and_outside():
    assert set(counted(0.11)['inside_percent']['all'].values()) == {100.0}
    assert set(counted(0.09)['inside_percent']['all'].values()) == {0.0}
    assert set(counted(0.09)['radius_mm']['all'].values()) == {90.0}


def test_seen_and_hidden_joints_apart():
    seen = SEEN.copy()
    seen[:5] = False
    coverage = Coverage(('ada',), truth)
    positions, radii = np.full((len(STEPS), 17, 3), 0.05), np.full((len(STEPS), 17), 0.1)
    radii[:, 0] = 0.01
    coverage.add('ada', 0.0, STEPS, positions, radii, seen)
    inside = coverage.figures()['inside_percent']
    assert inside['seen']['400'] == 100.0
    assert inside['hidden']['400'] == 75.0, 'three of four: of joint 3 nothing is known'
    assert inside['all']['400'] == 93.8


def test_nothing_to_count_is_none():
    figures = counted(0.1, time=1.5)
    assert figures['inside_percent']['all']['1000'] is None
    assert figures['radius_mm']['all']['400'] == 100.0
    assert figures['inside_percent']['hidden']['400'] is None
