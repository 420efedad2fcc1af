# SPDX-License-Identifier: Apache-2.0
import os

import numpy as np
import pytest

from nermo_ros.data.cmu_published import load_published
from nermo_ros.evaluation import published
from nermo_ros.evaluation.horizons import HORIZONS, in_milliseconds
from nermo_ros.evaluation.published import BASELINES, evaluate
from nermo_ros.skeleton.cmu25 import NODES

SIX = [f'test/{action}/{action}_1' for action in published.MEANS['mean_of_6']]


def walk(frames=50, speed=1.0):
    """Every joint goes along z at `speed` metres in the papers' second."""
    body = np.zeros((frames, 25, 3), np.float32)
    body[..., 2] = speed * 0.04 * np.arange(frames)[:, None]
    return body


def test_every_window_counts():
    past, truth = published.windows(walk(50))
    assert (past.shape, truth.shape) == ((16, 10, 25, 3), (16, 6, 25, 3))
    np.testing.assert_allclose(past[3, :, 0, 2], 0.04 * np.arange(3, 13), rtol=1e-6)
    after = truth[3, :, 0, 2] - past[3, -1, 0, 2]
    np.testing.assert_allclose(after, HORIZONS, rtol=1e-5)
    assert len(published.windows(walk(34))[0]) == 0
    assert len(published.windows(walk(35))[0]) == 1


def figures_of(speed):
    """What is said of an error that grows by `speed` metres a second."""
    rows = in_milliseconds(speed * np.array(HORIZONS))
    return {key: pytest.approx(value, abs=0.02) for key, value in rows.items()}


def test_a_walker_s_figures():
    figures = evaluate(BASELINES['zero_velocity'], dict.fromkeys(SIX, walk()))
    assert figures['mean_25_joints']['mean_of_6'] == figures_of(1)
    expected = figures_of(32 / 38)  # six of the 38 nodes never move
    assert figures['mean_of_6'] == figures['mean_of_4'] == expected
    assert figures['per_action']['soccer'] == expected
    moving = evaluate(BASELINES['constant_velocity'], dict.fromkeys(SIX, walk()))
    assert max(moving['mean_of_6'].values()) < 0.02


def test_copies_count_again():
    def wrong(node):
        def predict(times, positions, mask, query):
            forecast = np.repeat(positions[:, -1:], query.shape[1], 1)
            forecast[:, :, NODES.index(node), 0] += 0.38
            return forecast

        return evaluate(predict, {SIX[0]: walk(speed=0)})['per_action']['basketball']['80']

    assert wrong(3) == pytest.approx(10)
    assert (wrong(15), wrong(23), wrong(32)) == pytest.approx((40, 30, 30))


def test_models_see_whole_histories_in_the_papers_clock():
    def predict(times, positions, mask, query):
        np.testing.assert_allclose(
            times, np.tile(0.04 * np.arange(-9, 1), (len(times), 1)), atol=1e-6
        )
        np.testing.assert_allclose(query, np.tile(HORIZONS, (len(times), 1)), rtol=1e-6)
        assert mask.all()
        assert {array.dtype for array in (times, positions, mask, query)} == {np.dtype(np.float32)}
        assert len(times) <= published.CHUNK
        return np.repeat(positions[:, -1:], 6, 1)

    evaluate(predict, {SIX[0]: walk(400)})


@pytest.mark.parametrize('samples', [4, 16])
def test_models_for_other_numbers_of_samples_get_theirs(samples):
    def predict(times, positions, mask, query):
        assert positions.shape[1] == times.shape[1] == mask.shape[1] == samples
        assert mask[:, -min(samples, 10) :].all()
        assert not mask[:, :-10].any()
        np.testing.assert_allclose(times[0], 0.04 * np.arange(1 - samples, 1), atol=1e-6)
        return np.repeat(positions[:, -1:], 6, 1)

    other = evaluate(predict, dict.fromkeys(SIX, walk()), samples)
    assert other == evaluate(BASELINES['zero_velocity'], dict.fromkeys(SIX, walk()))


def test_windows_of_one_action_weigh_the_same_and_actions_too():
    sequences = {
        'test/jumping/jumping_1': walk(35, speed=1), 'test/jumping/jumping_2': walk(37, speed=2),
        'test/running/running_1': walk(300, speed=4), 'test/soccer/soccer_1': walk(40, speed=0),
        'test/walking/walking_1': walk(40, speed=0), 'test/walking/walking_2': walk(34, speed=9),
    }  # fmt: skip
    figures = evaluate(BASELINES['zero_velocity'], sequences)['mean_25_joints']
    assert figures['per_action']['jumping']['1000'] == pytest.approx(1750, abs=1)
    assert figures['mean_of_4']['1000'] == pytest.approx((1750 + 4000) / 4, abs=1)
    assert 'mean_of_5' not in figures
    assert 'mean_of_8' not in figures


def test_which_files_are_for_what():
    keys = ('test/a/a_1', 'test/a/a_5', 'train/a/a_1', 'train/a/a_5', 'train/b/b_15')
    sequences = dict.fromkeys(keys, walk())
    assert list(published.test_files(sequences)) == ['test/a/a_1', 'test/a/a_5']
    assert list(published.validation_files(sequences)) == ['train/a/a_5']


def test_files_that_are_all_too_short():
    with pytest.raises(ValueError, match='35 frames'):
        evaluate(BASELINES['zero_velocity'], {SIX[0]: walk(34)})


@pytest.mark.skipif('NERMO_CMU' not in os.environ, reason='NERMO_CMU names no CMU recordings')
def test_the_papers_baselines_come_out_as_they_must():
    sequences = published.test_files(load_published(os.environ['NERMO_CMU']))
    for name, expected in (
        ('zero_velocity', (22.65, 43.26, 80.12, 96.12, 122.97, 163.66)),
        ('constant_velocity', (12.64, 28.76, 72.80, 99.26, 157.20, 326.06)),
    ):
        figures = evaluate(BASELINES[name], sequences)['mean_of_6']
        assert list(figures.values()) == pytest.approx(expected, abs=0.011)
