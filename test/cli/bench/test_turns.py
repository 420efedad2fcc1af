# SPDX-License-Identifier: Apache-2.0
import time

import numpy as np
import pytest

from nermo_ros.cli.bench.turns import BLOCK, WARM_UP, allocations, percentiles, take_turns


@pytest.mark.parametrize('runs', [1, BLOCK, 2 * BLOCK + 1])
def test_each_is_called_in_turn_and_as_often_as_asked(runs):
    order = []
    calls = {name: lambda name=name: order.append(name) for name in 'ab'}
    took = take_turns(calls, runs)
    assert {name: len(each) for name, each in took.items()} == {'a': runs, 'b': runs}
    assert order[: 2 * BLOCK] == ['a'] * BLOCK + ['b'] * BLOCK
    assert order.count('a') == order.count('b') >= WARM_UP + runs


def test_what_takes_longer_is_told_so_in_milliseconds():
    took = take_turns({'long': lambda: time.sleep(0.002), 'short': lambda: None}, runs=5)
    assert (took['long'] >= 2).all() and np.median(took['long']) < 200
    assert np.median(took['short']) < 1


def test_the_garbage_collector_is_on_again_even_after_an_error():
    import gc

    def fail():
        assert not gc.isenabled()
        raise KeyError

    with pytest.raises(KeyError):
        take_turns({'bad': fail}, runs=1)
    assert gc.isenabled()


def test_percentiles():
    assert percentiles(np.arange(101) / 7) == {'p50': 7.143, 'p99': 14.143}


def test_allocations_are_of_numpy_too():
    found = allocations(lambda: np.zeros(100_000, np.uint8))
    assert 100_000 <= found['peak'] < 150_000
    assert found['kept'] < 1000


def test_what_is_kept_is_told():
    kept = []
    assert allocations(lambda: kept.append(np.zeros(10_000, np.uint8)))['kept'] >= 10_000


def test_nothing_allocated_nothing_told():
    buffer = np.zeros(1000)
    found = allocations(lambda: buffer.fill(1.0))
    assert found['peak'] < 2000 and found['kept'] < 100
