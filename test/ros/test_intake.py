# SPDX-License-Identifier: Apache-2.0
"""Several inputs, and tf2 by a plain stand-in of its interface."""

from collections import Counter

import numpy as np
import pytest

from nermo_ros.ros.inputs import make_inputs, needs_transforms
from nermo_ros.ros.intake import Intake
from nermo_ros.ros.parameters import TABLE, refusal
from nermo_ros.ros.sources import SOURCES
from nermo_ros.ros.tf import Rigid, TransformError
from nermo_ros.skeleton.sets import JOINT_SETS

SECOND, MS = 10**9, 10**6
START = 1_000 * SECOND
DEFAULTS = {row.name: row.default for row in TABLE}
BODY = np.random.default_rng(0).normal(scale=0.4, size=(17, 3)).astype(np.float32) + [2, 0, 1]
TWO = {'inputs': ['left', 'right'], 'target_frame': 'map'}
MOUNTS = [0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 2**-0.5, 2**-0.5]


class Rig:
    """An intake with what it drops."""

    def __init__(self, transforms=None, **values):
        self.counts, self.warned = Counter(), []
        self.intake = Intake(
            {**DEFAULTS, **values},
            transforms,
            lambda bad: self.counts.update([bad.reason]),
            lambda reason, text: self.warned.append(reason),
        )

    def see(self, index, ms, people=None, frame='map', late=20):
        people = {'a': BODY} if people is None else people
        one = self.intake.inputs[index]
        stamp = START + ms * MS
        joint_set = JOINT_SETS[one.source.joint_set or 'body17']
        message = one.source.write(people, joint_set, stamp, frame)
        return self.intake.take(message, stamp + late * MS, index)


class Cart:
    """A sensor that drives a metre a second along x, known up to `known` ms."""

    def __init__(self, known):
        self.known = known

    def at(self, target, source, stamp):
        if source == 'nowhere':
            raise TransformError('nowhere does not exist')
        if stamp > START + self.known * MS:
            raise TransformError('extrapolation into the future', early=True)
        return Rigid(np.eye(3), np.array([(stamp - START) / SECOND, 0, 0]))

    def newest(self, target, source):
        return START + self.known * MS


def test_one_input_as_ever():
    rig = Rig()
    (seen,) = rig.see(0, 0)
    assert rig.intake.inputs[0].topic == 'input' and seen.person == 'a'
    assert rig.intake.fusion is None and not rig.intake.waits


def test_two_inputs_see_one_person():
    rig = Rig(**TWO)
    hidden = BODY.copy()
    hidden[15] = np.nan
    (first,) = rig.see(0, 0, {'a': hidden})
    (second,) = rig.see(1, 10, {'b': BODY})
    assert first.person == second.person == 'a'
    assert np.flatnonzero(second.states).tolist() == [15]


def test_each_sensor_has_its_mount():
    rig = Rig(**TWO, sensor_transform=MOUNTS)
    (left,) = rig.see(0, 0, frame='left_camera')
    there = (BODY - [1, 0, 0]) @ np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]])
    hidden = BODY.copy()
    hidden[3] = np.nan
    rig.see(0, 33, {'a': hidden}, frame='left_camera')
    (right,) = rig.see(1, 40, {'b': there.astype(np.float32)}, frame='right_camera')
    assert left.person == right.person
    np.testing.assert_allclose(right.positions[3], BODY[3], atol=1e-5)


def test_sources_may_differ():
    inputs = make_inputs({**DEFAULTS, **TWO, 'inputs': ['kinect_markers:a/b', '/c']}, None)
    assert [(one.name, one.topic) for one in inputs] == [
        ('kinect_markers', 'a/b'), ('skeleton_array', '/c'),
    ]  # fmt: skip
    assert inputs[0].source is SOURCES['kinect_markers']


@pytest.mark.parametrize(
    ('values', 'reason'),
    [
        ({'inputs': ['a', 'b']}, 'set target_frame'),
        ({**TWO, 'inputs': ['a', 'a']}, 'twice'),
        ({**TWO, 'inputs': ['kinect:a', 'b']}, 'choose from'),
        ({**TWO, 'inputs': ['kinect_markers:', 'b']}, 'give topic'),
        ({**TWO, 'sensor_transform': MOUNTS[:7]}, '2 inputs take 14'),
        ({'sensor_transform': MOUNTS, 'target_frame': 'map'}, '1 inputs take 7'),
        ({'sensor_transform': MOUNTS[:7]}, 'without target_frame'),
    ],
)
def test_values_that_contradict_each_other_say_what_to_set(values, reason):
    with pytest.raises(ValueError, match=reason):
        make_inputs({**DEFAULTS, **values}, None)


def test_parameters_are_checked_where_they_are_set():
    assert refusal({'inputs': ['left', 'right']}, DEFAULTS) == ''
    assert 'strings' in refusal({'inputs': [1.0]}, DEFAULTS)
    assert refusal({'sensor_transform': MOUNTS}, DEFAULTS) == ''
    assert 'for each sensor' in refusal({'sensor_transform': MOUNTS[:9]}, DEFAULTS)
    assert 'length 1' in refusal({'sensor_transform': [*MOUNTS[:-1], 5.0]}, DEFAULTS)
    assert 'takes 7' in refusal({'points.transform': MOUNTS}, DEFAULTS)


@pytest.mark.parametrize(
    ('values', 'needed'),
    [
        ({}, False),
        ({'target_frame': 'map'}, True),
        ({'target_frame': 'map', 'sensor_transform': MOUNTS[:7]}, False),
        ({'source': 'ros4hri'}, True),
    ],
)
def test_tf2_is_opened_only_where_it_is_asked(values, needed):
    assert needs_transforms({**DEFAULTS, **values}) == needed


def test_an_observation_waits_for_its_transform_and_comes_at_its_own_stamp():
    cart = Cart(known=-10)
    rig = Rig(cart, target_frame='map')
    assert rig.see(0, 0, frame='camera') == []
    now = START + 50 * MS
    assert rig.intake.poll(now) == [] and not rig.counts
    cart.known = 30
    (seen,) = rig.intake.poll(now)
    assert seen.stamp == START
    np.testing.assert_allclose(seen.positions, BODY, atol=1e-6)
    assert rig.intake.poll(now) == []


def test_what_waits_too_long_or_has_no_transform_is_dropped_and_counted():
    rig = Rig(Cart(known=-10), target_frame='map')
    rig.see(0, 0, frame='camera')
    rig.see(0, 33, frame='nowhere')
    assert rig.counts == {'no_transform': 1}
    assert rig.intake.poll(START + 500 * MS) == []
    assert rig.counts == {'no_transform': 2}


def test_a_camera_that_stops_is_told_and_the_other_goes_on():
    rig = Rig(**TWO)
    for n in range(3):
        rig.see(0, 33 * n)
        rig.see(1, 33 * n + 10, {'b': BODY})
    rig.intake.tell_silent(START + 100 * MS)
    assert not rig.counts
    out = [rig.see(1, 33 * n + 10, {'b': BODY}) for n in range(3, 40)]
    assert [seen.person for (seen,) in out[4:]] == ['a'] * 33
    rig.intake.tell_silent(START + 33 * 40 * MS)
    assert rig.counts == {'silent_input': 1}


def test_a_camera_that_never_spoke_is_told():
    rig = Rig(**TWO)
    for n in range(40):
        rig.see(0, 33 * n)
    rig.intake.tell_silent(START + 33 * 40 * MS)
    assert rig.counts == {'silent_input': 1}


def test_clocks_that_differ_are_told_and_a_bag_that_starts_anew_is_not():
    rig = Rig(**TWO)
    rig.see(0, 0)
    assert rig.see(1, 60_000, {'b': BODY}, late=-59_980) == []
    assert rig.counts == {'clocks_differ': 1}
    bag = Rig(**TWO)
    for n in (0, 1, 2):
        bag.see(0, 10_000 + 33 * n)
        bag.see(1, 10_010 + 33 * n, {'b': BODY})
    bag.intake.clear()
    assert bag.see(0, 0) and not bag.counts


def test_a_slop_makes_one_sample_of_two_frames():
    rig = Rig(**TWO, fusion_slop=0.02)
    hidden = BODY.copy()
    hidden[15] = np.nan
    rig.see(0, 0)  # one camera alone waits for nobody
    rig.see(1, 5)
    out = [rig.see(0, 33, {'a': hidden}), rig.see(1, 38, {'b': BODY})]
    assert out[0] == []
    (seen,) = out[1]
    assert (seen.person, seen.stamp) == ('a', START + 38 * MS)
    assert (seen.states == 2).all()


def test_with_a_slop_a_camera_that_stops_costs_a_short_wait_and_then_nothing():
    rig = Rig(**TWO, fusion_slop=0.02)
    rig.see(0, 0)
    rig.see(1, 5)
    assert rig.see(0, 33) == []
    (late,) = rig.intake.poll(START + (33 + 20 + 101) * MS)
    assert late.stamp == START + 33 * MS
    assert [len(rig.see(0, 2000 + 33 * n)) for n in range(3)] == [1, 1, 1]


def test_sources_in_tf2_are_read_when_it_has_more():
    class Bodies(Cart):
        def at(self, target, source, stamp):
            where = super().at(target, 'body', stamp)
            return Rigid(where.rotation, where.translation + [len(source), 1, 1])

    from types import SimpleNamespace as Plain

    cart = Bodies(known=0)
    rig = Rig(cart, source='ros4hri', target_frame='map')
    (seen,) = rig.intake.take(Plain(ids=['ab']), START + 5 * MS)
    assert seen.stamp == START and rig.intake.waits
    assert rig.intake.poll(START + 20 * MS) == []
    cart.known = 33
    (seen,) = rig.intake.poll(START + 40 * MS)
    assert seen.stamp == START + 33 * MS
    assert rig.intake.take(Plain(ids=[]), START + 50 * MS) == []
