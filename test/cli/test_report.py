# SPDX-License-Identifier: Apache-2.0
import json

import numpy as np
import pytest

from nermo_ros.cli.report import summary, text
from nermo_ros.evaluation.comparison import Comparison
from nermo_ros.recordings.recording import Recording

ERRORS = ('mpjpe_mm', 'zero_velocity_mm', 'constant_velocity_mm')


@pytest.fixture
def empty(stand_still):
    still = np.ones((1, 50, 17, 3), np.float32)
    return Comparison(('ada',), Recording('still', 10.0, ('ada',), still).at, stand_still.card)


def test_what_could_not_be_scored_is_null_and_a_dash(empty):
    result = summary(empty, backend='none', model='still 1', recording='still')
    back = json.loads(json.dumps(result, allow_nan=False))
    assert back['mpjpe_mm'] == dict.fromkeys(['80', '160', '320', '400', '560', '1000'])
    assert back['answered'] == 0
    assert text(result).splitlines()[-3].split() == ['model', *'------']


def test_errors_are_in_millimetres_by_horizon_and_person(empty):
    times = np.array([0.04, 1.0])
    empty.see(0, [])
    empty.scores['model'].add('ada', 1.0, times, np.full((2, 17, 3), 1.0) + [0.012, 0, 0])
    result = summary(empty, backend='none', model='still 1', recording='still')
    assert set(result['mpjpe_mm'].values()) == {12.0}
    assert result['people']['ada']['mpjpe_mm'] == result['mpjpe_mm']
    assert result['zero_velocity_mm']['80'] is None
    assert all(key in result for key in ERRORS)


def test_latency_is_told_where_it_is_known(empty):
    known = {'backend': 'none', 'model': 'still 1', 'recording': 'still'}
    assert 'latency' not in text(summary(empty, **known))
    measured = summary(empty, latency_ms={'p50': 1.234, 'p99': 9.87}, **known)
    assert 'p50 1.2 ms, p99 9.9 ms' in text(measured)
    unknown = summary(empty, latency_ms={'p50': None, 'p99': None}, **known)
    assert 'nothing was answered' in text(unknown)
