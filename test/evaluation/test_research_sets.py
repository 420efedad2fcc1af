# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.evaluation.published import BASELINES
from nermo_ros.evaluation.research_sets import evaluate_3dpw, evaluate_h36m

ZERO, CONSTANT = BASELINES['zero_velocity'], BASELINES['constant_velocity']


def walk(frames, joints, speed, period):
    """Every joint goes along z at `speed` m/s."""
    body = np.zeros((frames, joints, 3), np.float32)
    body[..., 2] = speed * period * np.arange(frames)[:, None]
    return body


def h36m(speeds):
    return {
        f'S5/{action}_{number}': walk(300, 22, speed, 0.04)
        for action, speed in speeds.items()
        for number in (1, 2)
    }


def test_h36m_is_the_mean_over_actions_and_32_joints():
    figures = evaluate_h36m(ZERO, h36m({'walking': 1.0, 'eating': 0.5}))
    assert figures['per_action']['walking']['400'] == pytest.approx(400 * 28 / 32, abs=0.05)
    assert figures['mean']['80'] == pytest.approx(60 * 28 / 32, abs=0.05)
    assert figures['mean_22_joints']['1000'] == pytest.approx(750, abs=0.1)
    assert max(evaluate_h36m(CONSTANT, h36m({'walking': 1.0}))['mean'].values()) < 0.1


def test_h36m_windows_are_as_many_as_the_papers():
    seen = []

    def count(times, positions, mask, query):
        seen.append(len(positions))
        return ZERO(times, positions, mask, query)

    evaluate_h36m(count, h36m({'posing': 1.0}))
    assert sum(seen) == 256
    seen.clear()
    evaluate_h36m(count, h36m({'posing': 1.0}), count=8)
    assert sum(seen) == 8


def test_h36m_says_what_is_missing():
    with pytest.raises(ValueError, match='walking has 1 files'):
        evaluate_h36m(ZERO, {'S5/walking_1': walk(300, 22, 1, 0.04)})
    short = {f'S5/walking_{number}': walk(100, 22, 1, 0.04) for number in (1, 2)}
    with pytest.raises(ValueError, match='walking: files of 100'):
        evaluate_h36m(ZERO, short)


def test_3dpw_is_the_mean_over_windows_and_24_joints():
    people = {'test/a/0': walk(40, 23, 1, 1 / 30), 'test/b/0': walk(42, 23, 2, 1 / 30)}
    people['test/c/0'] = walk(39, 23, 50, 1 / 30)
    figures = evaluate_3dpw(ZERO, people)
    assert list(figures['mean']) == ['200', '400', '600', '800', '1000']
    assert figures['mean_23_joints']['1000'] == pytest.approx(1750, abs=0.2)
    assert figures['mean']['200'] == pytest.approx(350 * 23 / 24, abs=0.1)
    assert max(evaluate_3dpw(CONSTANT, people)['mean'].values()) < 0.1
    with pytest.raises(ValueError, match='40 frames'):
        evaluate_3dpw(ZERO, {'test/c/0': people['test/c/0']})
