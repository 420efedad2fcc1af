# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nermo_ros.observation.mask import BoneLengths, FrozenJoints, JointSpeed, seen_states
from nermo_ros.skeleton.body17 import INDEX, PARENTS

OBSERVED = np.full(17, 2, np.uint8)
MILLISECOND = 1_000_000


def body(rng=None, noise=0.0):
    """A person whose bones have different lengths, 0.2 m and more, with noise in metres."""
    positions = np.zeros((17, 3), np.float32)
    positions[0] = 1, 2, 1
    for joint in range(1, 17):
        step = np.roll([0.2 + 0.01 * joint, 0, 0], joint)
        positions[joint] = positions[PARENTS[joint]] + step
    if rng is not None:
        positions += rng.normal(0, noise, positions.shape)
    return positions.astype(np.float32)


def missing(states):
    return set(np.flatnonzero(states == 0))


class TestSeenStates:
    def test_everything_seen(self):
        positions, states = seen_states(body(), confidence_threshold=0.3)
        assert (states == 2).all() and (positions == body()).all()
        assert positions.dtype == np.float32 and states.dtype == np.uint8

    @pytest.mark.parametrize('value', [np.nan, np.inf, -np.inf])
    def test_not_finite_is_missing(self, value):
        person = body()
        person[4, 2] = value
        positions, states = seen_states(person, confidence_threshold=0.3)
        assert missing(states) == {4} and (positions[4] == 0).all()

    def test_exact_origin_is_missing_but_not_an_axis(self):
        person = body()
        person[3] = 0
        person[5] = 0, 0, 1e-6
        assert missing(seen_states(person, confidence_threshold=0)[1]) == {3}

    def test_low_score_is_missing(self):
        scores = np.ones(17)
        scores[[2, 6, 9]] = 0.29, 0.3, np.nan
        positions, states = seen_states(body(), scores, confidence_threshold=0.3)
        assert missing(states) == {2, 9} and (positions[2] == 0).all()

    def test_states_of_the_source_stay_unless_worse(self):
        person, states = body(), OBSERVED.copy()
        states[[1, 2, 3]] = 1, 0, 1
        person[3] = np.nan
        positions, judged = seen_states(person, states=states, confidence_threshold=0.3)
        assert list(judged[:5]) == [2, 1, 0, 0, 2] and (positions[2] == 0).all()

    @pytest.mark.parametrize(
        'arguments',
        [
            (np.zeros((17, 2)), None, None),
            (np.zeros(51), None, None),
            (body(), np.ones(16), None),
            (body(), None, np.ones((17, 1))),
            (body(), None, np.full(17, 3)),
            (body(), None, np.full(17, -1)),
        ],
    )
    def test_malformed_input_is_refused_with_advice(self, arguments):
        with pytest.raises(ValueError, match='give'):
            seen_states(*arguments, confidence_threshold=0.3)

    @given(
        hnp.arrays(np.float32, (5, 3), elements=st.floats(width=32)),
        hnp.arrays(np.float64, 5, elements=st.floats()),
        hnp.arrays(np.uint8, 5, elements=st.integers(0, 2)),
    )
    def test_nothing_gets_better_and_nothing_leaks(self, positions, scores, states):
        seen, judged = seen_states(positions, scores, states, confidence_threshold=0.5)
        assert (judged <= states).all() and np.isfinite(seen).all()
        assert (seen[judged == 0] == 0).all()
        assert (seen[judged > 0] == positions[judged > 0]).all()


class TestFrozenJoints:
    def test_third_equal_sample_is_inferred(self):
        rule, rng = FrozenJoints(3), np.random.default_rng(1)
        wrist = INDEX['l_wrist']
        history = []
        for sample in range(5):
            person = body(rng, 0.001)
            person[wrist] = 1.5, 0.5, 1.25
            history.append(rule(sample * MILLISECOND, person, OBSERVED))
        assert [states[wrist] for states in history] == [2, 2, 1, 1, 1]
        assert all((np.delete(states, wrist) == 2).all() for states in history)

    def test_a_move_of_one_bit_thaws(self):
        rule, person = FrozenJoints(2), body()
        rule(0, person, OBSERVED)
        assert (rule(1, person, OBSERVED) == 1).all()
        moved = person.copy()
        moved[7, 0] = np.nextafter(moved[7, 0], np.float32(9))
        states = rule(2, moved, OBSERVED)
        assert states[7] == 2 and (np.delete(states, 7) == 1).all()

    def test_equal_stamps_do_not_count(self):
        rule = FrozenJoints(2)
        for _ in range(4):
            assert (rule(5, body(), OBSERVED) == 2).all()

    def test_missing_joints_stay_missing_and_interrupt(self):
        rule, hidden = FrozenJoints(3), OBSERVED.copy()
        hidden[4] = 0
        person = np.where(hidden[:, None] > 0, body(), 0)
        for stamp in range(4):
            assert rule(stamp, person, hidden)[4] == 0
        assert [rule(stamp, body(), OBSERVED)[4] for stamp in (4, 5, 6)] == [2, 2, 1]


class TestBoneLengths:
    def learn(self, rule, samples=20, scale=1.0, noise=0.005):
        rng = np.random.default_rng(samples)
        refused = set()
        for stamp in range(samples):
            refused |= missing(rule(stamp, scale * body(rng, noise), OBSERVED))
        return refused

    def test_noise_is_left_alone(self):
        assert self.learn(BoneLengths(0.3), 200) == set()

    @pytest.mark.parametrize('factor', [0.3, 2.0])
    def test_long_and_short_bones_cost_the_outer_joint(self, factor):
        rule = BoneLengths(0.3)
        self.learn(rule)
        person, wrist, elbow = body(), INDEX['r_wrist'], INDEX['r_elbow']
        person[wrist] = person[elbow] + factor * (person[wrist] - person[elbow])
        assert missing(rule(99, person, OBSERVED)) == {wrist}

    def test_a_refused_joint_spares_the_one_beyond(self):
        rule = BoneLengths(0.3)
        self.learn(rule)
        person = body()
        person[INDEX['l_elbow']] += 3
        assert missing(rule(99, person, OBSERVED)) == {INDEX['l_elbow']}

    def test_does_not_judge_before_it_has_seen_enough(self):
        rule = BoneLengths(0.3, least=15)
        self.learn(rule, 13)
        assert missing(rule(98, 3 * body(), OBSERVED)) == set()
        longer = body()
        longer[INDEX['head']] += 1
        assert missing(rule(99, longer, OBSERVED)) == {INDEX['head']}

    def test_inferred_joints_teach_nothing(self):
        rule = BoneLengths(0.3)
        for stamp in range(50):
            rule(stamp, body(), np.minimum(OBSERVED, 1))
        assert missing(rule(99, 3 * body(), OBSERVED)) == set()

    def test_unseen_inner_joint_is_not_held_against_the_outer(self):
        rule, states = BoneLengths(0.3), OBSERVED.copy()
        self.learn(rule)
        states[INDEX['l_knee']] = 0
        person = body()
        person[INDEX['l_knee']] = 0
        assert missing(rule(99, person, states)) == {INDEX['l_knee']}

    def test_a_wrong_start_heals(self):
        rule = BoneLengths(0.3, window=31)
        assert self.learn(rule, 30, scale=2.0) == set()
        assert self.learn(rule, 10) != set()
        self.learn(rule, 10)
        assert self.learn(rule, 20) == set()

    def test_bones_of_no_length_are_left_alone(self):
        rule = BoneLengths(0.3)
        rng = np.random.default_rng(0)
        for stamp in range(40):
            person = body(rng, 0.002)
            person[INDEX['neck']] = person[INDEX['chest']] + rng.normal(0, 0.004, 3)
            assert missing(rule(stamp, person, OBSERVED)) == set()


class TestJointSpeed:
    def test_a_leap_is_missing_and_the_way_back_is_not(self):
        rule, leap = JointSpeed(10), body()
        leap[8] += 1
        rule(0, body(), OBSERVED)
        assert missing(rule(33 * MILLISECOND, leap, OBSERVED)) == {8}
        assert missing(rule(66 * MILLISECOND, body(), OBSERVED)) == set()

    def test_a_wrong_start_heals(self):
        rule, wrong = JointSpeed(10), body()
        wrong[8] += 1
        rule(0, wrong, OBSERVED)
        refused = [missing(rule(t * MILLISECOND, body(), OBSERVED)) for t in (100, 150, 200, 250)]
        assert refused == [{8}, {8}, set(), set()]

    def test_quick_samples_may_jitter(self):
        rule, jitter = JointSpeed(10), body()
        jitter += 0.02
        rule(0, body(), OBSERVED)
        assert missing(rule(MILLISECOND // 10, jitter, OBSERVED)) == set()

    def test_missing_joints_are_not_remembered(self):
        rule, hidden = JointSpeed(10), OBSERVED.copy()
        hidden[3] = 0
        rule(0, np.where(hidden[:, None] > 0, body(), 0), hidden)
        assert missing(rule(MILLISECOND, body(), OBSERVED)) == set()
