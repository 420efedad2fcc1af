# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nermo_ros.observation.pairing import Pairing, StampMatcher

MS = 1_000_000


def feed(messages, cameras=2, slop=0.02, wait=0.1):
    """Groups as (camera, stamp in ms) from (camera, stamp in ms, receipt in ms)."""
    pairing = Pairing(range(cameras), StampMatcher(cameras, slop), wait)
    groups = []
    for camera, stamp, receipt in messages:
        groups += pairing.overdue(receipt * MS)
        groups += pairing.add(camera, stamp * MS, receipt * MS, (camera, stamp))
    return [sorted(group.values()) for group in groups + pairing.rest()]


def test_pairs_within_the_slop():
    messages = [(0, 0, 1), (1, 5, 6), (0, 33, 34), (1, 38, 39)]
    assert feed(messages) == [[(0, 0), (1, 5)], [(0, 33), (1, 38)]]


def test_a_message_without_a_partner_goes_alone_once_later_ones_paired():
    messages = [(0, 0, 1), (0, 33, 34), (1, 38, 39)]
    assert feed(messages) == [[(0, 0)], [(0, 33), (1, 38)]]


def test_nobody_waits_longer_than_the_wait():
    messages = [(0, 0, 1), (0, 300, 301)]
    pairing = Pairing(range(2), StampMatcher(2, 0.02), 0.1)
    assert pairing.add(0, 0, 0, 'first') == []
    assert pairing.overdue(50 * MS) == []
    assert pairing.overdue(100 * MS) == [{0: 'first'}]
    assert feed(messages)[0] == [(0, 0)]


def test_out_of_order_and_late():
    messages = [(1, 5, 60), (0, 0, 61), (0, 33, 62), (1, 38, 99)]
    assert feed(messages) == [[(0, 0), (1, 5)], [(0, 33), (1, 38)]]


def test_the_nearest_wins():
    messages = [(0, 0, 1), (0, 12, 13), (1, 10, 14)]
    assert feed(messages) == [[(0, 0)], [(0, 12), (1, 10)]]


def test_three_cameras_wait_for_all():
    messages = [(0, 0, 1), (1, 3, 4), (2, 6, 7), (0, 33, 34)]
    assert feed(messages, cameras=3)[0] == [(0, 0), (1, 3), (2, 6)]


def test_one_camera_waits_for_nobody():
    pairing = Pairing([1], StampMatcher(1, 0.02), 0.1)
    assert pairing.add(1, 0, 0, 'alone') == [{1: 'alone'}]


MESSAGES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 400)), max_size=60, unique=True)


@given(MESSAGES)
def test_every_message_comes_out_once_and_groups_hold_together(messages):
    groups = feed([(camera, stamp, stamp + 5) for camera, stamp in messages], cameras=3)
    out = [each for group in groups for each in group]
    assert sorted(out) == sorted(messages)
    for group in groups:
        stamps = [stamp for _, stamp in group]
        assert max(stamps) - min(stamps) < 20
        assert len({camera for camera, _ in group}) == len(group)


@pytest.mark.parametrize('cameras', [2, 3])
def test_a_memory_has_an_end(cameras):
    matcher = StampMatcher(cameras, 0.02)
    for stamp in range(0, 100 * 33 * MS, 33 * MS):
        assert matcher.add(0, stamp) is None
    assert matcher.add(1, 0) is None  # forgotten
