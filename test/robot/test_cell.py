# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.forecast.capsules import capsules
from nermo_ros.recordings.recording import Recording
from nermo_ros.robot.cell import NEITHER, STEP, Cell, Drive, next_speed, staying
from nermo_ros.robot.figures import figures, over_starts, stops
from nermo_ros.robot.path import Path
from nermo_ros.robot.sight import Sight, times_until
from nermo_ros.robot.speed import Rule

RULE = Rule()
LATENCY = 0.1
RATE = 30


def cell(x):
    """Somebody, all of whose joints are at x (frames,) m across the path, seen at 30 Hz as is."""
    positions = np.zeros((1, len(x), 17, 3), np.float32)
    positions[0, ..., 0], positions[..., 1], positions[..., 2] = np.array(x)[:, None], -0.15, 1.1
    recording = Recording('made', RATE, ('one',), positions)
    sights = [
        Sight(number / RATE, {'present': capsules(positions[:, number, None])})
        for number in range(len(x))
    ]
    return Cell(Path(), recording, sights, times_until(RULE.window), LATENCY)


def test_nobody_near_is_as_fast_as_nobody_told():
    far = cell(np.full(150, 5.0))
    free, watched = (far.drive(RULE, policy, 0.5) for policy in (NEITHER, 'present'))
    least = 2 * (far.path.half / RULE.speed + RULE.speed / RULE.braking)
    assert free.finished and free.times[-1] - 0.5 == pytest.approx(least, abs=0.05)
    assert np.allclose(free.way, watched.way)
    assert stops(free) == 0
    assert free.speed.max() == pytest.approx(RULE.speed)
    assert np.abs(np.diff(free.speed)).max() <= RULE.braking * STEP + 2e-2


def test_waits_for_somebody_and_goes_on():
    there = cell(np.where(np.arange(240) < 120, 0.0, 5.0))
    drive = there.drive(RULE, 'present', 0.5)
    assert stops(drive) == 1
    assert drive.finished and drive.times[-1] > 4.0
    moving = drive.speed > 0.01
    assert drive.separation[moving].min() >= RULE.clearance - 1e-6
    assert drive.times[drive.way > 0.4].min() > 120 / RATE


def test_is_told_late_by_the_latency():
    sudden = cell(np.where(np.arange(150) < 30, 5.0, 0.0))
    drive = sudden.drive(RULE, 'present', 0.5)
    assert drive.speed[drive.times < 1.0 + LATENCY - STEP].max() == pytest.approx(RULE.speed)
    assert drive.speed[-1] == 0 and not drive.finished
    assert drive.times[-1] == pytest.approx(sudden.recording.duration, abs=2 * STEP)


def test_speed_changes_no_faster_than_braking_allows():
    for limit, left in ((0.6, 1.0), (0.0, 1.0), (0.6, 0.0)):
        change = next_speed(RULE, 0.3, limit, left) - 0.3
        assert abs(change) <= RULE.braking * STEP + 1e-12
    assert next_speed(RULE, 0.0, 0.0, 1.0) == 0


def test_figures_of_a_known_drive():
    speed = np.array([0, 0.5, 0.5] + 24 * [0.0] + [0.5, 0.5] + 4 * [0.0] + [0.5])
    separation = np.full(len(speed), 0.5)
    separation[1], separation[10] = 0.04, -0.02
    times = np.arange(len(speed)) * STEP
    drive = Drive(times, np.linspace(0, 1, len(speed)), speed, separation, True)
    each = figures(drive, 0.05)
    assert each['stops'] == 1  # four steps are no stop
    assert each['standing_s'] == pytest.approx(28 * STEP)
    assert each['separation_m'] == -0.02 and each['separation_moving_m'] == 0.04
    assert each['below_s'] == pytest.approx(2 * STEP)
    assert each['below_moving_s'] == pytest.approx(STEP)
    assert each['speed_below'] == 0.5


def test_who_never_moves_has_no_separation_while_moving():
    still = Drive(np.arange(40) * STEP, np.zeros(40), np.zeros(40), np.ones(40), False)
    result = over_starts([still, still], 0.05)
    assert result['separation_moving_m'] == {'mean': None, 'worst': None}
    assert result['finished'] == 0 and result['stops'] == {'mean': 1.0, 'worst': 1.0}


def test_staying_goes_on_as_in_the_last_frame():
    made = cell(np.arange(10.0)).recording
    longer = staying(made, 1.0)
    assert longer.duration == pytest.approx(made.duration + 1.0)
    assert np.array_equal(longer.at(longer.duration), made.at(made.duration))
