# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.forecast.baseline import constant_velocity, zero_velocity
from nermo_ros.forecast.memory import GRID, MOST, Memory
from nermo_ros.forecast.recent_miss import recent_miss
from nermo_ros.observation.batch import Batch

START = 10**18
EVERYBODY = np.ones(1, bool)


def at(seconds, rate=30.0, speed=1.5, samples=32):
    """One who walks along x, seen `samples` times up to then."""
    times = -np.arange(samples - 1, -1, -1, dtype=np.float32)[None] / np.float32(rate)
    positions = np.zeros((1, samples, 17, 3), np.float32)
    positions[..., 0] = speed * (seconds + times[..., None])
    stamp = np.array([START + round(seconds * 1e9)])
    return Batch(('ada',), stamp, times, positions, np.ones((1, samples, 17), np.float32))


def forecast(method, batch):
    query = np.tile(GRID, (len(batch.ids), 1))
    return method(batch.times, batch.positions, batch.mask, query)


def run(method, rate, cycles=40):
    memory = Memory()
    for cycle in range(cycles):
        batch = at(cycle / rate, rate)
        memory.add(batch, forecast(method, batch), EVERYBODY)
    return memory, batch


@pytest.mark.parametrize('rate', [4.0, 10.0, 15.0, 30.0, 60.0, 120.0])
@pytest.mark.parametrize('method', [zero_velocity, constant_velocity])
def test_as_the_recent_miss_that_is_made_anew(method, rate):
    memory, batch = run(method, rate)
    anew = recent_miss(method, batch.times, batch.positions, batch.mask)
    assert memory.miss(batch) == pytest.approx(anew, abs=1e-3)


def test_not_known_before_the_lag_has_passed_nor_of_strangers():
    memory, batch = run(zero_velocity, 30.0, cycles=5)
    assert np.isnan(memory.miss(batch)).all()
    memory, batch = run(zero_velocity, 30.0)
    stranger = Batch(('bob',), batch.stamps, batch.times, batch.positions, batch.mask)
    assert np.isnan(memory.miss(stranger)).all()


def test_not_known_where_forecasts_are_rare():
    memory, batch = run(zero_velocity, 2.0)
    assert np.isnan(memory.miss(batch)).all()


def test_only_the_models_forecasts_are_kept():
    memory = Memory()
    for cycle in range(10):
        batch = at(cycle / 30)
        memory.add(batch, forecast(zero_velocity, batch), ~EVERYBODY)
    assert np.isnan(memory.miss(batch)).all()


def test_a_joint_that_was_not_seen_by_then_does_not_count():
    memory, batch = run(zero_velocity, 30.0)
    known = memory.miss(batch)
    fresh = Memory()
    for cycle in range(40):
        early = at(cycle / 30)
        early.mask[..., 4] = 0
        fresh.add(early, forecast(zero_velocity, early), EVERYBODY)
    batch.positions[..., 4, :] += 50
    assert fresh.miss(batch) == pytest.approx(known, abs=1e-4)


def test_who_has_left_and_a_clock_set_back_are_forgotten():
    memory, batch = run(zero_velocity, 30.0)
    memory.add(
        Batch((), batch.stamps[:0], *(a[:0] for a in arrays(batch))), np.empty(0), EVERYBODY[:0]
    )
    assert np.isnan(memory.miss(batch)).all()
    memory, _ = run(zero_velocity, 30.0)
    for cycle in range(10):
        early = at(cycle / 30 - 100)
        memory.add(early, forecast(zero_velocity, early), EVERYBODY)
    assert memory.miss(early) == pytest.approx(
        recent_miss(zero_velocity, *arrays(early)), abs=1e-3
    )
    memory.clear()
    assert np.isnan(memory.miss(early)).all()


def arrays(batch):
    return batch.times, batch.positions, batch.mask


def test_it_does_not_grow_without_end():
    memory, _ = run(zero_velocity, 1000.0, cycles=3 * MOST)
    assert len(memory._kept['ada']) == MOST
