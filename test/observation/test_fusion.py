# SPDX-License-Identifier: Apache-2.0
"""Two cameras, people of one world."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nermo_ros.observation.fusion import PATIENCE, Fusion, FusionSettings
from nermo_ros.observation.judge import JudgeSettings
from nermo_ros.observation.observation import JointState, Observation

STEP = 33_333_333
BODY = np.random.default_rng(0).normal(scale=0.4, size=(17, 3)).astype(np.float32)
WRIST, ELBOW = 15, 13
LEFT, RIGHT = 0, 1
HALF = STEP // 2


def seen(person, stamp, at=(0, 0, 0), missing=(), confidence=1.0, state=JointState.OBSERVED):
    states = np.full(17, state, np.uint8)
    states[list(missing)] = JointState.MISSING
    positions = np.where(states[:, None] > 0, BODY + np.array(at, np.float32), 0)
    confidences = np.where(states > 0, confidence, 0).astype(np.float32)
    return Observation(stamp, 'map', person, positions.astype(np.float32), states, confidences)


def ids(observations):
    return [each.person for each in observations]


def held(observations, joint=WRIST):
    """Whether the joint is in the one observation."""
    (one,) = observations
    return bool(one.states[joint])


def test_one_person_of_two_cameras_has_one_id_and_each_observation_its_stamp():
    fusion = Fusion()
    people, stamps = set(), []
    for n in range(6):
        for camera, name, shift in ((LEFT, '7', 0), (RIGHT, 'b', HALF)):
            out = fusion.take(camera, [seen(name, n * STEP + shift)])
            people |= set(ids(out))
            stamps += [each.stamp for each in out]
    assert people == {'7'}
    # The second camera has no joint of its own to tell, while the first sees all.
    assert stamps == [n * STEP for n in range(6)]


def test_two_people_are_told_apart_whatever_their_cameras_call_them():
    fusion = Fusion()
    first = fusion.take(LEFT, [seen('1', 0), seen('2', 0, (2, 0, 0))])
    assert ids(first) == ['1', '2']
    second = [seen('1', HALF, (2, 0, 0.05), confidence=0.9), seen('2', HALF, (0, 0.05, 0))]
    hidden = [seen('1', STEP, missing=[WRIST]), seen('2', STEP, (2, 0, 0), missing=[WRIST])]
    fusion.take(RIGHT, second)
    fusion.take(LEFT, hidden)
    out = fusion.take(RIGHT, [seen('1', STEP + HALF, (2, 0, 0)), seen('2', STEP + HALF)])
    by_id = {each.person: each for each in out}
    assert set(by_id) == {'1', '2'}
    np.testing.assert_allclose(by_id['2'].positions[WRIST], BODY[WRIST] + [2, 0, 0], atol=1e-6)
    np.testing.assert_allclose(by_id['1'].positions[WRIST], BODY[WRIST], atol=1e-6)


def test_an_id_that_is_taken_gets_the_cameras_number():
    fusion = Fusion()
    assert ids(fusion.take(LEFT, [seen('1', 0)])) == ['1']
    assert ids(fusion.take(RIGHT, [seen('1', HALF, (3, 0, 0))])) == ['1@2']


def test_a_joint_changes_its_camera_only_when_it_is_lost():
    fusion = Fusion()
    for n in range(3):
        assert held(fusion.take(LEFT, [seen('a', n * STEP)]))
        assert fusion.take(RIGHT, [seen('b', n * STEP + HALF)]) == []
    fusion.take(LEFT, [seen('a', 3 * STEP, missing=[WRIST])])
    out = fusion.take(RIGHT, [seen('b', 3 * STEP + HALF)])
    assert held(out) and not held(out, ELBOW)
    # Back, but the other camera has it now.
    assert not held(fusion.take(LEFT, [seen('a', 4 * STEP)]))


def test_a_silent_camera_loses_its_joints_by_age():
    fusion = Fusion(FusionSettings(stale=0.1))
    fusion.take(LEFT, [seen('a', 0)])
    taken = [bool(fusion.take(RIGHT, [seen('b', n * STEP)])) for n in range(1, 6)]
    assert taken == [False, False, False, True, True]


@pytest.mark.parametrize(
    ('left', 'right', 'changes'),
    [
        ({'confidence': 0.6}, {'confidence': 0.9}, True),
        ({'confidence': 0.8}, {'confidence': 0.9}, False),
        ({'state': JointState.INFERRED}, {'confidence': 0.5}, True),
        ({'confidence': 0.5}, {'state': JointState.INFERRED}, False),
    ],
)
def test_the_better_seen_joint_wins(left, right, changes):
    fusion = Fusion()
    fusion.take(LEFT, [seen('a', 0, **left)])
    assert bool(fusion.take(RIGHT, [seen('b', HALF, **right)])) == changes


def test_a_new_id_of_one_camera_is_known_by_the_other():
    fusion = Fusion()
    for n in range(4):
        fusion.take(LEFT, [seen('a', n * STEP)])
        fusion.take(RIGHT, [seen('b', n * STEP + HALF)])
    assert ids(fusion.take(LEFT, [seen('z', 4 * STEP)])) == ['a']


def test_swapped_ids_of_one_camera_are_noticed():
    fusion = Fusion()
    away = (2, 0, 0)
    for n in range(4):
        fusion.take(LEFT, [seen('1', n * STEP), seen('2', n * STEP, away)])
        fusion.take(RIGHT, [seen('x', n * STEP + HALF), seen('y', n * STEP + HALF, away)])
    for n in range(4, 5 + PATIENCE):
        fusion.take(LEFT, [seen('1', n * STEP), seen('2', n * STEP, away)])
        fusion.take(RIGHT, [seen('y', n * STEP + HALF), seen('x', n * STEP + HALF, away)])
    fusion.take(LEFT, [seen('1', 10 * STEP, missing=[WRIST]), seen('2', 10 * STEP, away)])
    out = fusion.take(RIGHT, [seen('y', 10 * STEP + HALF), seen('x', 10 * STEP + HALF, away)])
    assert ids(out) == ['1']
    np.testing.assert_allclose(out[0].positions[WRIST], BODY[WRIST], atol=1e-6)


def test_who_was_taken_for_two_becomes_one():
    """The first camera sees the upper half, the second the lower one, then both everything."""
    fusion = Fusion()
    upper, lower = range(9, 17), range(0, 9)
    for n in range(3):
        fusion.take(LEFT, [seen('a', n * STEP, missing=lower)])
        fusion.take(RIGHT, [seen('b', n * STEP + HALF, missing=upper)])
    people = set()
    for n in range(3, 6 + PATIENCE):
        people = set(ids(fusion.take(LEFT, [seen('a', n * STEP)])))
        people |= set(ids(fusion.take(RIGHT, [seen('b', n * STEP + HALF)])))
    assert people == {'a'} and fusion.dissolved == ['b']


def test_people_who_left_are_forgotten():
    fusion = Fusion(FusionSettings(timeout=1.0))
    fusion.take(LEFT, [seen('a', 0)])
    assert ids(fusion.take(RIGHT, [seen('b', 2 * 10**9)])) == ['b']


def test_each_camera_is_judged_by_itself():
    """One camera repeats what it has lost, and the other's samples lie between."""
    fusion = Fusion(rules=JudgeSettings(frozen_samples=3))
    rng = np.random.default_rng(1)
    for n in range(4):
        fusion.take(LEFT, [seen('a', n * STEP)])
        out = fusion.take(RIGHT, [seen('b', n * STEP + HALF, rng.normal(0, 0.005, 3))])
    assert held(out)


def test_a_group_is_one_sample_of_the_better_seen_joints():
    fusion = Fusion()
    group = {
        LEFT: [seen('a', 0, missing=[WRIST])],
        RIGHT: [seen('b', 5_000_000, (0.02, 0, 0), missing=[ELBOW])],
    }
    (one,) = fusion.take_together(group)
    assert (one.person, one.stamp) == ('a', 5_000_000) and (one.states == 2).all()
    np.testing.assert_allclose(one.positions[WRIST], BODY[WRIST] + [0.02, 0, 0], atol=1e-6)
    np.testing.assert_allclose(one.positions[ELBOW], BODY[ELBOW], atol=1e-6)
    assert fusion.take_together({}) == [] and fusion.take_together({LEFT: []}) == []


@pytest.mark.parametrize('name', ['distance', 'stale', 'margin', 'timeout'])
def test_settings_must_be_above_zero(name):
    with pytest.raises(ValueError, match=name):
        FusionSettings(**{name: 0.0})


LOOKS = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 40), st.sets(st.sampled_from('abc')), st.booleans()
    ),
    max_size=25,
)


@given(LOOKS)
def test_whatever_comes_ids_differ_and_nothing_is_invented(looks):
    fusion = Fusion()
    places = {'a': (0, 0, 0), 'b': (1.5, 0, 0), 'c': (0, 1.5, 0)}
    for camera, step, people, hidden in looks:
        observations = [
            seen(person, step * STEP, places[person], missing=[WRIST] if hidden else ())
            for person in sorted(people)
        ]
        out = fusion.take(camera, observations)
        assert len(set(ids(out))) == len(out) <= len(observations)
        for each in out:
            assert each.stamp == step * STEP and each.states.any()
            off = each.positions[each.states > 0][:, None] - np.array(list(places.values()))
            source = BODY[each.states > 0][:, None]
            assert (np.linalg.norm(off - source, axis=2).min(axis=1) < 1e-5).all()
