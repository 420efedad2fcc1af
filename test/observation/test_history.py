# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nermo_ros.observation.drop import Drop
from nermo_ros.observation.history import History

SECOND = 1_000_000_000
OBSERVED = np.full(17, 2, np.uint8)


def person(value):
    return np.full((17, 3), value, np.float32)


def filled(*seconds, span=10.0, capacity=8):
    """A history with a sample at each time, whose coordinates are that time."""
    history = History(span, capacity)
    for second in seconds:
        assert history.add(round(second * SECOND), person(second), OBSERVED) is None
    return history


def seconds(history):
    return [stamp / SECOND for stamp in history.stamps]


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_any_order_gives_the_sorted_history(stamps):
    history = History(100.0, 64)
    for place, stamp in enumerate(stamps):
        expected = Drop.DUPLICATE_STAMP if stamp in stamps[:place] else None
        assert history.add(stamp, person(stamp), OBSERVED) == expected
    assert list(history.stamps) == sorted(set(stamps))
    assert (history.positions[:, 5, 1] == history.stamps).all()
    assert history.states.shape == (len(history), 17)


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=80), st.integers(1, 12), st.integers(1, 30)
)
def test_is_what_a_sorted_list_would_hold(stamps, capacity, span):
    """Against the same rules on a plain list; many more samples than fit make the arrays wrap."""
    history, expected = History(span / SECOND, capacity), []
    for stamp in stamps:
        late = expected and (
            stamp < expected[-1] - span or (len(expected) == capacity and stamp < expected[0])
        )
        reason = history.add(stamp, person(stamp), OBSERVED)
        if late:
            assert reason == Drop.TOO_OLD
        elif stamp in expected:
            assert reason == Drop.DUPLICATE_STAMP
        else:
            assert reason is None
            expected = sorted([*expected, stamp])
            expected = [each for each in expected if each >= expected[-1] - span][-capacity:]
        assert list(history.stamps) == expected
        assert list(history.positions[:, 0, 0]) == expected


def test_capacity_keeps_the_newest():
    assert seconds(filled(*range(30), span=100, capacity=8)) == list(range(22, 30))


def test_seconds_keep_the_newest():
    assert seconds(filled(0, 0.5, 1.0, 1.4, 2.0, span=1.0)) == [1.0, 1.4, 2.0]


def test_late_sample_in_the_window_is_put_in_its_place():
    history = filled(1.0, 1.3, 1.1, 1.2)
    np.testing.assert_allclose(history.positions[:, 0, 0], [1.0, 1.1, 1.2, 1.3])


def test_late_sample_before_the_window_is_too_old():
    history = filled(1.0, 3.0, span=1.0)
    assert history.add(SECOND, person(9), OBSERVED) == Drop.TOO_OLD
    assert seconds(history) == [3.0]


def test_duplicate_leaves_the_first():
    history = filled(1.0)
    assert history.refusal(SECOND) == Drop.DUPLICATE_STAMP
    assert history.add(SECOND, person(9), OBSERVED) == Drop.DUPLICATE_STAMP
    assert (history.positions == 1).all()


def test_missing_joints_have_no_position():
    history, states = filled(), OBSERVED.copy()
    states[3] = 0
    positions = person(4)
    positions[3] = np.nan
    history.add(0, positions, states)
    assert (history.positions[0, 3] == 0).all() and (history.positions[0, 4] == 4).all()


@pytest.mark.parametrize(
    ('times', 'period'), [((), 0), ((1,), 0), ((1, 2, 3, 7), 1), ((1, 1.5), 0.5)]
)
def test_period(times, period):
    assert filled(*times).period == period


class TestWindow:
    def test_newest_samples(self):
        assert filled(1, 2, 3, 4).window(2, 10, worst=2) == slice(2, 4)

    def test_no_older_than_seconds(self):
        assert filled(1, 2, 3, 4).window(9, 2, worst=2) == slice(1, 4)

    def test_ends_with_the_newest_sample_that_serves(self):
        history = filled(1, 2)
        history.add(3 * SECOND, person(3), np.minimum(OBSERVED, 1))
        history.add(4 * SECOND, person(4), np.zeros(17, np.uint8))
        assert history.window(9, 10, worst=2) == slice(0, 2)
        assert history.window(9, 10, worst=1) == slice(0, 3)
        assert history.window(9, 1, worst=1) == slice(1, 3)

    def test_nothing_serves(self):
        history = History(10.0, 8)
        for second in (1, 2):
            history.add(second * SECOND, person(0), np.zeros(17, np.uint8))
        assert history.window(1, 10, worst=1) == slice(1, 2)
