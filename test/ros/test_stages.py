# SPDX-License-Identifier: Apache-2.0
import time

import pytest

from nermo_ros.ros.stages import REMEMBERED, STAGES, Stages


def test_nothing_ran_nothing_told():
    assert Stages().percentiles(50, 99) == {}


def test_percentiles_are_seconds_of_each_stage():
    stages = Stages()
    for nanoseconds in (1000, 2000, 6000):
        stages.add('batch', nanoseconds)
    stages.add('source', 500)
    found = stages.percentiles(0, 50, 100)
    assert list(found) == ['source', 'batch']
    assert found['batch'] == pytest.approx([1e-6, 2e-6, 6e-6])
    assert found['source'] == pytest.approx([5e-7] * 3)


def test_laps_follow_each_other():
    stages = Stages()
    began = time.perf_counter_ns()
    time.sleep(0.002)
    middle = stages.lap('source', began)
    end = stages.lap('observation', middle)
    assert began < middle <= end <= time.perf_counter_ns()
    assert stages.percentiles(50)['source'][0] == pytest.approx((middle - began) / 1e9)
    assert stages.percentiles(50)['observation'][0] == pytest.approx((end - middle) / 1e9)


def test_only_the_newest_count():
    stages = Stages()
    for nanoseconds in [10**9] * 5 + [1000] * REMEMBERED:
        stages.add('outputs', nanoseconds)
    assert stages.percentiles(100)['outputs'] == pytest.approx([1e-6])


@pytest.mark.parametrize('stage', STAGES)
def test_each_stage_is_told_by_its_name(stage):
    stages = Stages()
    stages.add(stage, 1)
    assert list(stages.percentiles(50)) == [stage]


def test_a_stage_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError):
        Stages().lap('nonsense', 0)
