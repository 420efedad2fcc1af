# SPDX-License-Identifier: Apache-2.0
"""message_filters and our own merge find the same."""

import sys

import numpy as np
import pytest

from nermo_ros.observation.pairing import StampMatcher
from nermo_ros.ros.matcher import FilterMatcher, make_matcher

MS = 1_000_000


def test_without_message_filters_it_is_our_own(monkeypatch):
    monkeypatch.setitem(sys.modules, 'message_filters', None)
    assert isinstance(make_matcher(2, 0.02), StampMatcher)


@pytest.mark.parametrize('cameras', [2, 3])
@pytest.mark.parametrize('seed', range(5))
def test_both_find_the_same_groups(cameras, seed):
    pytest.importorskip(
        'message_filters', reason='message_filters comes with a ROS 2 installation only'
    )
    random = np.random.default_rng(seed)
    messages = [
        (float(stamp + random.uniform(0, 60)), camera, int(stamp * MS))
        for camera in range(cameras)
        for stamp in np.arange(0, 2000, 33.3) + random.uniform(0, 33) + random.normal(0, 2, 61)
        if random.random() > 0.1
    ]
    theirs, ours = FilterMatcher(cameras, 0.02), StampMatcher(cameras, 0.02)
    found = 0
    for _, camera, stamp in sorted(messages):
        group = ours.add(camera, abs(stamp))
        assert theirs.add(camera, abs(stamp)) == group
        found += group is not None
    assert found or cameras == 3
