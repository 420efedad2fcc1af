# SPDX-License-Identifier: Apache-2.0
from collections import Counter

from nermo_ros.observation.drop import Drop


def test_counts_by_name_and_by_reason_alike():
    drops = Counter({'clock_jump': 2})
    assert drops[Drop.CLOCK_JUMP] == 2
    assert all(reason.value == reason.name.lower() for reason in Drop)
