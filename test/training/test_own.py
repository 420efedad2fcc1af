# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.recordings.recording import Recording
from nermo_ros.training.own import own_sequences, resample, whole

STRAIGHT = np.arange(60)[:, None, None] * np.ones((1, 17, 3))  # a frame a metre, on every axis


def with_gap(start, end, joint=3):
    gappy = STRAIGHT.copy()
    gappy[start:end, joint] = np.nan
    return gappy


def test_short_gaps_are_filled():
    (filled,) = whole(with_gap(10, 14), 30.0)
    np.testing.assert_allclose(filled, STRAIGHT)


def test_long_gaps_split():
    first, second = whole(with_gap(10, 40), 30.0)
    np.testing.assert_array_equal(first, STRAIGHT[:10])
    np.testing.assert_array_equal(second, STRAIGHT[40:])


@pytest.mark.parametrize('start, end, kept', [(0, 5, slice(5, 60)), (55, 60, slice(0, 55))])
def test_nothing_is_made_up_at_the_ends(start, end, kept):
    (found,) = whole(with_gap(start, end), 30.0)
    np.testing.assert_array_equal(found, STRAIGHT[kept])


def test_a_joint_that_is_never_seen_leaves_nothing():
    assert whole(with_gap(0, 60), 30.0) == []


@pytest.mark.parametrize('rate', [15.0, 30.0, 119.3])
def test_resampling_keeps_motion_and_length(rate):
    t = np.arange(0, 8, 1 / rate)
    straight = t[:, None, None] * np.ones((1, 17, 3), np.float32)
    fine = resample(straight, rate)
    assert len(fine) / 120 == pytest.approx(t[-1], abs=0.01)
    np.testing.assert_allclose(fine[:, 0, 0], np.arange(len(fine)) / 120, atol=1e-4)


def save(folder, positions):
    path = folder / 'own.npz'
    Recording('own', 30.0, ('anna',), positions[None].astype(np.float32)).save(path)
    return path


def test_recordings_become_sequences(tmp_path):
    sequences = own_sequences([save(tmp_path, with_gap(10, 40))])
    assert [len(one) for one in sequences.values()] == [36, 76]
    with pytest.raises(ValueError, match='17 joints'):
        own_sequences([save(tmp_path, with_gap(0, 60))])
