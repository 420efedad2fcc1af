# SPDX-License-Identifier: Apache-2.0
import pytest
from diagnostic_msgs.msg import DiagnosticStatus

from nermo_ros.ros.diagnostics import REMEMBERED, Condition, Reporter, Statistics

ACTIVE = Condition('active', people=2, backend='onnxruntime', model='tiny 7')


def report(reporter, statistics):
    return reporter(statistics, ACTIVE, 5_000_000_007).status[0]


def test_quiet_until_something_is_dropped_and_quiet_again():
    reporter, statistics = Reporter('/nermo_predict', '/input'), Statistics()
    status = report(reporter, statistics)
    assert status.level == DiagnosticStatus.OK and status.message == 'active'
    statistics.counts.update(no_transform=2, fallback=1)
    status = report(reporter, statistics)
    assert status.level == DiagnosticStatus.WARN
    assert status.message == 'since the last report: fallback 1, no_transform 2'
    status = report(reporter, statistics)
    assert status.level == DiagnosticStatus.OK
    assert {v.key: v.value for v in status.values}['no_transform'] == '2'
    statistics.counts['no_transform'] += 1
    assert report(reporter, statistics).message == 'since the last report: no_transform 1'


def test_values():
    statistics = Statistics(messages=7, forecasts=6)
    statistics.latencies.extend([0.001] * 98 + [0.010] * 2)
    values = {v.key: v.value for v in report(Reporter('/n', '/input'), statistics).values}
    assert values['messages in'] == '7' and values['forecasts out'] == '6'
    assert values['latency p50 [ms]'] == '1.00' and values['latency p99 [ms]'] == '10.00'
    assert values['people'] == '2' and values['state'] == 'active'
    assert values['backend'] == 'onnxruntime' and values['model'] == 'tiny 7'


def test_stages_that_ran_are_told_in_milliseconds():
    statistics = Statistics()
    statistics.stages.add('source', 1_500_000)
    values = {v.key: v.value for v in report(Reporter('/n', '/input'), statistics).values}
    assert values['stage source p50 [ms]'] == values['stage source p99 [ms]'] == '1.500'
    assert not any(key.startswith('stage batch') for key in values)


def test_latencies_are_of_the_newest():
    statistics = Statistics()
    assert statistics.latency(50) == 0
    statistics.latencies.extend([9.0] + [1.0] * REMEMBERED)
    assert statistics.latency(100) == pytest.approx(1.0)


def test_stamp_and_names():
    array = Reporter('/robot/nermo_predict', '/robot/input')(Statistics(), ACTIVE, 5_000_000_007)
    assert (array.header.stamp.sec, array.header.stamp.nanosec) == (5, 7)
    assert array.status[0].name == '/robot/nermo_predict: forecasts'
    assert array.status[0].hardware_id == '/robot/input'
