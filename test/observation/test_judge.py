# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.observation.judge import Judge, JudgeSettings
from nermo_ros.observation.observation import JointState, Observation


def seen(stamp, positions):
    states = np.full(17, JointState.OBSERVED, np.uint8)
    return Observation(stamp, 'world', 'ada', positions, states, np.ones(17, np.float32))


def test_without_rules_everything_stays():
    observation = seen(0, np.ones((17, 3), np.float32))
    assert Judge(JudgeSettings())(observation) is observation


def test_rules_work_together_and_what_they_refuse_is_zero():
    judge = Judge(JudgeSettings(frozen_samples=2, speed_limit=10.0))
    positions = np.random.default_rng(0).normal(size=(17, 3)).astype(np.float32)
    judge(seen(0, positions))
    jumped = positions + 0.001
    jumped[16] += 5.0
    jumped[3] = positions[3]
    judged = judge(seen(33_000_000, jumped.astype(np.float32)))
    assert judged.states[16] == JointState.MISSING and not judged.positions[16].any()
    assert judged.confidences[16] == 0
    assert judged.states[3] == JointState.INFERRED


@pytest.mark.parametrize(
    'settings', [{'frozen_samples': 1}, {'speed_limit': -1.0}, {'bone_tolerance': float('nan')}]
)
def test_settings_that_make_no_sense(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        JudgeSettings(**settings)
