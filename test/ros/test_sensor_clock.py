# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nermo_ros.ros.sensor_clock import LEAST_DELAY, MOST_DELAY, SensorClock

SECOND = 10**9
STAMP = 1_000 * SECOND


def heard(delay, latency=0.0):
    """A clock that has heard one observation, its receipt, and what it said of the clocks."""
    clock, receipt = SensorClock(latency), STAMP + round(delay * SECOND)
    return clock, receipt, clock.hear(STAMP, receipt)


def test_the_way_to_us_counts_where_the_clocks_are_one():
    clock, receipt, differ = heard(0.08)
    assert not differ
    assert clock.age(receipt) == pytest.approx(0.08)
    assert clock.age(receipt + SECOND) == pytest.approx(1.08)
    assert clock.silence(receipt + SECOND) == pytest.approx(1)
    assert clock.time(receipt + SECOND) == STAMP + SECOND


@pytest.mark.parametrize('delay', [-1000, LEAST_DELAY - 0.01, MOST_DELAY + 0.01, 1000])
def test_only_the_time_since_receipt_counts_where_they_differ(delay):
    clock, receipt, differ = heard(delay)
    assert 'synchronise the clocks' in differ
    assert clock.age(receipt) == 0
    assert clock.age(receipt + SECOND) == pytest.approx(1)


def test_a_sensor_known_to_stamp_late_may_be_later():
    assert heard(MOST_DELAY + 0.1)[2] and not heard(MOST_DELAY + 0.1, latency=0.2)[2]


def test_a_late_sample_does_not_change_what_is_known_of_the_clocks():
    clock, receipt, _ = heard(0.08)
    assert not clock.hear(STAMP, receipt + 2 * SECOND)
    assert clock.age(receipt + 2 * SECOND) == pytest.approx(2.08)


@given(st.floats(-2, 2), st.floats(-1, 3), st.floats(0, 3))
def test_age_is_never_negative_and_never_shrinks(delay, passed, more):
    clock, receipt, _ = heard(delay)
    soon = receipt + round(passed * SECOND)
    ages = clock.age(soon), clock.age(soon + round(more * SECOND))
    assert 0 <= ages[0] <= ages[1]
