# SPDX-License-Identifier: Apache-2.0
"""Messages to forecasts without a graph."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nermo_ros.msg import Skeleton, SkeletonArray

from nermo_ros.forecast.forecast import Status
from nermo_ros.inference.backends import open_predictor
from nermo_ros.ros.outputs import predicted
from nermo_ros.ros.parameters import TABLE
from nermo_ros.ros.pipeline import Pipeline
from nermo_ros.ros.sources import SOURCES
from nermo_ros.skeleton.body17 import JOINTS
from nermo_ros.skeleton.sets import JOINT_SETS

SECOND = 10**9
START = 1_000 * SECOND
DEFAULTS = {row.name: row.default for row in TABLE}


class Bench:
    """A pipeline with the counts and warnings that a node would have."""

    def __init__(self, model, **values):
        self.counts, self.warned = Counter(), []
        self.values = {**DEFAULTS, **values}
        self.pipeline = Pipeline(
            self.values,
            open_predictor(model),
            self.counts,
            lambda reason, text: self.warned.append((reason, text)),
        )

    def see(self, seconds, people=('ada',), *, late=0.0, frame='world'):
        """People standing about, seen at `seconds` and received `late` s after."""
        where = {
            person: np.array([[row, 0.1, 0.1 * (j + 1)] for j in range(len(JOINTS))], np.float32)
            for row, person in enumerate(people)
        }
        stamp = START + round(seconds * SECOND)
        source = self.pipeline.source
        joint_set = JOINT_SETS[source.joint_set or 'body17']
        message = source.write(where, joint_set, stamp, frame)
        return self.pipeline.take(message, stamp + round(late * SECOND))

    def forecast(self, seconds):
        return self.pipeline.forecast(START + round(seconds * SECOND))


@pytest.fixture
def bench(tiny_model):
    return lambda **values: Bench(tiny_model, **values)


def test_from_messages_to_a_forecast(bench):
    made = bench()
    assert [made.see(0.1 * n, ('ada', 'bob')) for n in range(4)] == [2] * 4
    forecast = made.forecast(0.3)
    assert forecast.ids == ('ada', 'bob') and list(forecast.status) == [Status.OK] * 2
    assert forecast.reference == START + round(0.3 * SECOND)
    assert made.pipeline.gate.frame == 'world'
    assert not any(made.counts.values()) and not made.warned


CAMERA = [0.0, 0.0, 1.5, 2**-0.5, 0.0, 0.0, -(2**-0.5)]  # its z looks ahead, its y down


def test_warns_once_where_z_is_not_up(bench):
    for values, warned in (({}, 1), ({'target_frame': 'map', 'sensor_transform': CAMERA}, 0)):
        made = bench(**values)
        for n in range(3):
            body = np.full((len(JOINTS), 3), 2.0, np.float32)
            body[:, 1] = -0.1 * np.arange(len(JOINTS))  # up, in an optical frame
            message = made.pipeline.source.write(
                {'ada': body}, JOINT_SETS['body17'], START + n * SECOND // 10, 'optical'
            )
            assert made.pipeline.take(message, START + n * SECOND // 10) == 1
        assert [reason for reason, _ in made.warned] == ['not_upright'] * warned
        assert not any(made.counts.values())


@pytest.mark.parametrize('late', [-1000.0, 0.0, 1000.0])
def test_a_sensors_clock_may_differ_from_ours(bench, late):
    made = bench()
    for n in range(4):
        made.see(0.1 * n, late=late)
    received = START + round((0.3 + late) * SECOND)
    assert not made.pipeline.expire(received)
    assert made.pipeline.forecast(received).status[0] == Status.OK
    soon, later = (received + round(s * SECOND) for s in (0.5, 1.5))
    assert made.pipeline.silence(soon) == pytest.approx(0.5)
    assert made.pipeline.forecast(soon).status[0] == Status.STALE
    assert made.pipeline.expire(later) == ['ada']


def test_times_count_from_now_where_latency_is_compensated(bench):
    made = bench(step=0.1, horizon=0.5)
    for n in range(4):
        made.see(0.1 * n, late=0.06)
    steps = np.arange(1, 6) * 0.1
    for passed in (0.06, 0.16, 0.66):
        forecast = made.forecast(0.3 + passed)
        assert forecast.reference == START + round(0.3 * SECOND)
        np.testing.assert_allclose(forecast.times, passed + steps, atol=1e-6)
        moved = forecast.positions[0, :, 0, 0] / 0.5  # m over the speed of the tiny model
        np.testing.assert_allclose(moved, np.minimum(forecast.times, 1), atol=1e-6)
    off = bench(step=0.1, horizon=0.5, compensate_latency=False)
    off.see(0.0, late=0.06)
    np.testing.assert_allclose(off.forecast(0.4).times, steps, atol=1e-6)
    off.pipeline.update({**off.values, 'compensate_latency': True})
    np.testing.assert_allclose(off.forecast(0.4).times, 0.4 + steps, atol=1e-6)


@pytest.mark.parametrize('late', [-1000.0, -0.2, 0.8, 1000.0])
def test_of_a_clock_that_is_not_ours_only_the_time_here_is_compensated(bench, late):
    made = bench(step=0.1)
    made.see(0.0, late=late)
    assert made.forecast(late + 0.05).times[0] == pytest.approx(0.15, abs=1e-6)
    assert [reason for reason, _ in made.warned] == ['clock_offset']
    quiet = bench(compensate_latency=False)
    quiet.see(0.0, late=late)
    assert not quiet.warned


def test_a_sensor_that_stamps_late_is_set_right(bench):
    made = bench(sensor_latency=0.08, step=0.1)
    for n in range(4):
        made.see(0.1 * n, late=0.02)
    forecast = made.forecast(0.32)
    assert forecast.reference == START + round(0.22 * SECOND)
    assert forecast.times[0] == pytest.approx(0.2, abs=1e-6)


def test_duplicates_and_other_drops_are_counted_and_told(bench):
    made = bench()
    made.see(0.0)
    assert made.see(0.0) == 0
    assert made.see(0.1, frame='elsewhere') == 0
    assert made.counts == {'duplicate_stamp': 1, 'no_transform': 1}
    assert [reason for reason, _ in made.warned] == ['duplicate_stamp', 'no_transform']
    assert all(text for _, text in made.warned)


def test_stamps_that_go_back_begin_anew(bench):
    made = bench()
    for n in range(4):
        made.see(100 + 0.1 * n)
    assert made.see(0.0) == 1
    assert made.counts == {'clock_jump': 1}
    forecast = made.forecast(0.0)
    assert forecast.reference == START and forecast.status[0] == Status.WARMING_UP


def test_a_late_sample_does_not_move_time_back(bench):
    made = bench()
    for seconds in (0.0, 0.1, 0.3, 0.2):
        made.see(seconds)
    assert made.forecast(0.3).reference == START + round(0.3 * SECOND)


def test_at_any_times(bench):
    made = bench()
    for n in range(4):
        made.see(0.1 * n)
    now = START + round(0.3 * SECOND)
    forecast = made.pipeline.forecast_at(np.array([1.0, -1.0, 0.2], np.float32), None, now)
    assert forecast.reference == now and forecast.positions.shape == (1, 3, 17, 3)
    early = made.pipeline.forecast_at(np.array([0.2], np.float32), now - SECOND // 10, now)
    np.testing.assert_allclose(early.positions[0, 0, :, 0], 0.5 * 0.1, atol=1e-5)
    assert early.ages[0] == pytest.approx(-0.1)


@pytest.mark.parametrize('times', [[1.1], [-1.1], [np.nan], [], [0.0, np.inf]])
def test_times_that_cannot_be_answered(bench, times):
    made = bench()
    made.see(0.0)
    with pytest.raises(ValueError, match='times'):
        made.pipeline.forecast_at(np.array(times, np.float32), None, START)


@pytest.mark.parametrize(
    ('values', 'reason'),
    [
        ({'horizon': 2.0}, 'set horizon to at most 1.0'),
        ({'min_history': 2.0}, 'set min_history to at most 1.0'),
        ({'sensor_transform': [0, 0, 0, 0, 0, 0, 1]}, 'without target_frame'),
        ({'source': 'kinect_markers', 'frozen_samples': 1}, 'frozen_samples'),
    ],
)
def test_values_that_do_not_fit_say_what_to_set(bench, values, reason):
    with pytest.raises(ValueError, match=reason):
        bench(**values)


def test_update_takes_effect_or_is_refused_whole(bench):
    made = bench()
    made.see(0.0)
    made.pipeline.update({**made.values, 'horizon': 0.4, 'step': 0.1})
    assert len(made.forecast(0.0).times) == 4
    with pytest.raises(ValueError):
        made.pipeline.update({**made.values, 'horizon': 4.0})
    assert len(made.forecast(0.0).times) == 4


@pytest.mark.parametrize('source', [name for name, row in SOURCES.items() if row.write])
def test_every_source_goes_through(bench, source, driver_messages):
    named = source in ('pose_array', 'hiros_skeletons')
    made = bench(source=source, joint_set='body17' if named else '')
    where = {'1': np.random.default_rng(0).normal(size=(17, 3)).astype(np.float32)}
    row = SOURCES[source]
    joint_set = JOINT_SETS[row.joint_set or 'body17']
    for n in range(5):
        moved = {'1': where['1'] + np.float32(0.01 * n)}
        message = row.write(moved, joint_set, START + n * SECOND // 20, 'world')
        assert made.pipeline.take(message, START) == 1, made.warned
    assert len(made.forecast(0.2).ids) == 1


def test_frozen_joints_are_lost_where_the_source_does_not_tell(bench):
    telling, guessing = bench(source='skeleton_array'), bench(source='kinect_markers')
    for made in (telling, guessing):
        for n in range(8):
            made.see(0.05 * n, ('1',))
    assert (telling.forecast(0.35).observed_fraction == 1).all()
    assert telling.forecast(0.35).ages[0] == 0
    assert guessing.forecast(0.35).ages[0] == pytest.approx(0.3)  # lost from the third on


def test_clear_forgets_everybody(bench):
    made = bench()
    made.see(0.0)
    made.pipeline.clear()
    with pytest.raises(ValueError, match='nobody is tracked'):
        made.pipeline.forecast_at(np.array([0.1], np.float32), None, START)


def test_messages_without_a_stamp_are_told(bench):
    made = bench()
    message = made.pipeline.source.write(
        {'ada': np.ones((17, 3), np.float32)}, JOINT_SETS['body17'], 0, 'world'
    )
    assert made.pipeline.take(message, START) == 1
    assert [reason for reason, _ in made.warned] == ['unstamped']


NUMBERS = st.floats(width=32, allow_nan=True, allow_infinity=True)
PEOPLE = st.builds(
    Skeleton,
    id=st.sampled_from(['', 'ada', 'bob', '\u00e4 b/c']),
    positions=st.one_of(
        st.lists(NUMBERS, max_size=60), st.lists(NUMBERS, min_size=51, max_size=51)
    ),
    confidences=st.one_of(st.just([]), st.lists(NUMBERS, min_size=17, max_size=17)),
    states=st.one_of(st.just([]), st.lists(st.integers(0, 255), min_size=17, max_size=17)),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    messages=st.lists(
        st.tuples(
            st.lists(PEOPLE, max_size=3),
            st.sampled_from([list(JOINTS), list(JOINTS[:3]), [], ['x'] * 17]),
            st.sampled_from(['world', '', 'other']),
            st.integers(-(2**31), 2**31 - 1),
        ),
        max_size=6,
    )
)
def test_no_message_raises_or_makes_a_forecast_that_is_not_finite(bench, messages):
    made = bench()
    for people, names, frame, seconds in messages:
        message = SkeletonArray(joint_names=names, people=people)
        message.header.frame_id = frame
        message.header.stamp.sec = seconds
        made.pipeline.take(message, START)
        forecast = made.pipeline.forecast(START)
        assert np.isfinite(forecast.positions).all() and np.isfinite(forecast.repaired).all()
        predicted.message(forecast, made.pipeline.gate.frame)
        made.pipeline.expire(START)
