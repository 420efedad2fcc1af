# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nermo_ros.robot.sight import times_until
from nermo_ros.robot.speed import Rule

RULES = st.builds(
    Rule,
    speed=st.floats(0.1, 2),
    braking=st.floats(0.5, 10),
    reaction=st.floats(0.05, 0.5),
    clearance=st.floats(0, 0.5),
)
METRES = st.floats(-1, 5)


def still(separation, times):
    return np.full(len(times), separation)


@given(RULES, METRES, METRES)
def test_more_room_is_never_slower(rule, one, other):
    near, far = sorted((one, other))
    times = times_until(rule.window)
    assert rule.at_distance(near) <= rule.at_distance(far)
    assert rule.allowed(times, still(near, times)) <= rule.allowed(times, still(far, times))


@given(RULES, METRES)
def test_people_who_stay_give_the_formula(rule, separation):
    times = np.append(times_until(rule.window), 10.0)
    assert rule.allowed(times, still(separation, times)) == rule.at_distance(separation)


@given(RULES, METRES)
def test_stands_before_the_clearance_is_used_up(rule, separation):
    speed = rule.at_distance(separation)
    way = speed * rule.reaction + speed**2 / (2 * rule.braking)
    assert speed == 0 or way <= separation - rule.clearance + 1e-9
    assert 0 <= speed <= rule.speed


def test_people_who_come_near_are_as_in_the_standard():
    # d >= v_h (T + v / a) + v T + v^2 / (2 a) + C, solved for v.
    rule = Rule(speed=2.0, braking=2.5, reaction=0.15, clearance=0.05)
    times, walking, distance = times_until(rule.window), 1.6, 1.0
    v = np.sqrt(walking**2 + (2.5 * 0.15) ** 2 + 2 * 2.5 * (distance - 0.05)) - 2.5 * 0.15 - 1.6
    allowed = rule.allowed(times, distance - walking * times)
    assert v - 2.5 * 0.02 <= allowed <= v + 1e-9


def test_nobody_and_somebody_too_near():
    rule = Rule()
    times = times_until(rule.window)
    assert rule.allowed(times, still(np.inf, times)) == rule.speed
    assert rule.allowed(times, still(rule.clearance, times)) == 0
    later = np.where(times < 0.3, 1.0, -1.0)
    assert 0 < rule.allowed(times, later) <= rule.braking * (0.3 - rule.reaction)


@pytest.mark.parametrize('name', ['speed', 'braking', 'reaction', 'clearance'])
@pytest.mark.parametrize('value', [-0.1, np.nan, np.inf])
def test_refuses_senseless_parameters(name, value):
    with pytest.raises(ValueError, match=f'{name} is'):
        Rule(**{name: value})


def test_refuses_separations_that_end_too_early():
    with pytest.raises(ValueError, match='give 0.390 s'):
        Rule().allowed(np.array([0.0, 0.1]), np.ones(2))
