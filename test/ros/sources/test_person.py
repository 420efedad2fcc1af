# SPDX-License-Identifier: Apache-2.0
"""Several people at once are what each is alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nermo_ros.observation.observation import Observation
from nermo_ros.ros.sources.person import observe, observe_all
from nermo_ros.ros.sources.source import BadMessage, SourceSettings
from nermo_ros.skeleton.sets import JOINT_SETS

WHERE = {'settings': SourceSettings(), 'stamp': 7, 'frame': 'world'}
NUMBERS = st.floats(-3, 3, width=32) | st.sampled_from([0.0, np.nan, np.inf, 1e7])
CONFIDENCES = st.floats(0, 1, width=32) | st.sampled_from([np.nan, -1.0, 2.0])
NAMES = ('body17', 'k4abt32', 'smpl24')


def alone(person, **arrays_of):
    try:
        return observe(person=person, **arrays_of, **WHERE)
    except BadMessage as bad:
        return bad


def same(one, other):
    if isinstance(one, BadMessage):
        return isinstance(other, BadMessage) and (one.reason, one.text) == (
            other.reason,
            other.text,
        )
    assert isinstance(other, Observation) and one.person == other.person
    for name in ('positions', 'states', 'confidences'):
        first, second = getattr(one, name), getattr(other, name)
        assert first.dtype == second.dtype
        np.testing.assert_allclose(first, second, atol=1e-6)
    return True


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(1, 4), st.sampled_from([n for n in NAMES if n in JOINT_SETS]))
def test_all_at_once_is_each_alone(data, count, name):
    joint_set = JOINT_SETS[name]
    shape = count, len(joint_set.joints)
    given_arrays = {
        'positions': data.draw(arrays.arrays(np.float32, (*shape, 3), elements=NUMBERS)),
        'confidences': data.draw(
            st.none() | arrays.arrays(np.float32, shape, elements=CONFIDENCES)
        ),
        'states': data.draw(
            st.none() | arrays.arrays(np.uint8, shape, elements=st.integers(0, 3))
        ),
    }
    people = [f'p{row}' for row in range(count)]
    answers = observe_all(joint_set, people=people, **given_arrays, **WHERE)
    assert len(answers) == count
    for row, person in enumerate(people):
        own = {key: None if v is None else v[row] for key, v in given_arrays.items()}
        assert same(alone(person, joint_set=joint_set, **own), answers[row])


def test_who_is_bad_costs_nobody_else():
    joint_set = JOINT_SETS['body17']
    positions = np.ones((3, 17, 3), np.float32)
    positions[0] = np.nan
    positions[2, 4] = np.inf
    answers = observe_all(joint_set, positions, people=['a', 'b', 'c'], **WHERE)
    assert answers[0].reason == 'nothing_seen' and answers[2].reason == 'bad_positions'
    assert answers[1].person == 'b' and answers[1].states.all()


@pytest.mark.parametrize('bad', ['', 'twice', 'short'])
def test_one_message_gives_the_same_whether_or_not_somebody_in_it_is_wrong(bad):
    pytest.importorskip('rclpy', reason='messages need ROS 2')
    from nermo_ros.msg import Skeleton

    from nermo_ros.ros.sources.skeleton_array import read, write

    random = np.random.default_rng(0)
    people = {name: random.normal(size=(17, 3)).astype(np.float32) for name in 'abc'}
    message = write(people, JOINT_SETS['body17'], 5, 'world')
    whole = read(message, SourceSettings(), 9)
    wrong = {
        '': Skeleton(id='', positions=message.people[0].positions),
        'twice': Skeleton(id='b', positions=message.people[0].positions),
        'short': Skeleton(id='d', positions=message.people[0].positions[:-3]),
    }
    message.people.append(wrong[bad])
    partly = read(message, SourceSettings(), 9)
    assert len(partly.drops) == 1 and not whole.drops
    for one, other in zip(whole.observations, partly.observations, strict=True):
        assert same(one, other)
