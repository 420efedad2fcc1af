# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.data.missing import EVALUATION
from nermo_ros.evaluation import true_time
from nermo_ros.evaluation.horizons import HORIZONS, in_milliseconds, known


def line(frames=400, speed=0.6):
    body = np.random.default_rng(0).normal(0, 0.4, (17, 3))
    way = np.arange(frames)[:, None, None] / 120 * np.array([speed, 0, 0])
    return (body + way).astype(np.float32)


def still(times, positions, mask, query):
    return np.repeat(positions[:, -1:], query.shape[1], 1)


def test_windows_are_those_of_the_protocol():
    times, positions, mask, truth = true_time.windows(line(), 30.0)
    assert len(times) == len(range(40, 400 - 122, 8))
    assert times.shape == (30, 24)
    assert mask[0].any(1).sum() == 11, 'frame 40 has a third of a second behind it'
    assert mask[-1].all()
    np.testing.assert_allclose(np.diff(times[0]), 1 / 30, atol=1e-6)
    np.testing.assert_allclose(positions[0, -1], line()[40], atol=1e-5)
    np.testing.assert_allclose(truth[0, -1], line()[160], atol=1e-5)


def test_fast_cameras_keep_the_newest_24_samples_and_slow_ones_the_last_0_8_s():
    assert true_time.windows(line(), 60.0)[2][-1].any(1).sum() == 24
    assert true_time.windows(line(), 10.0)[2][-1].any(1).sum() == 8


def test_padding_goes_in_front():
    _, positions, mask, _ = true_time.windows(line(), 30.0, samples=32)
    assert not mask[:, :8].any()
    assert not positions[:, :8].any()
    assert mask[-1, 8:].all()


def test_standing_still_errs_by_the_way_walked():
    error = true_time.errors(still, {'a': line(), 'b': line(speed=1.2)})
    np.testing.assert_allclose(error, 0.9 * np.array(HORIZONS), rtol=1e-3)


def test_later_errors_are_those_of_farther_horizons_as_far_as_they_go():
    error = true_time.errors(still, {'a': line()}, later=0.1)
    np.testing.assert_allclose(error[:5], 0.6 * (np.array(HORIZONS[:5]) + 0.1), rtol=1e-3)
    assert np.isnan(error[5])
    assert known(in_milliseconds(error))['1000'] is None


def test_only_the_joints_asked_for_count():
    def wrong_ankle(*arrays):
        forecast = true_time.windows(line(), 30.0)[3].copy()
        forecast[:, :, 7] += 1
        return forecast

    sequences = {'a': line()}
    everyone = true_time.errors(wrong_ankle, sequences)
    np.testing.assert_allclose(everyone, 1.7320508 / 17, rtol=1e-5)
    others = true_time.errors(wrong_ankle, sequences, joints=true_time.NOT_LEGS)
    np.testing.assert_allclose(others, 0, atol=1e-6)


def test_masked_positions_are_not_given_away():
    def peek(times, positions, mask, query):
        assert not positions[mask == 0].any()
        assert (mask == 0).any()
        return still(times, positions, mask, query)

    true_time.errors(peek, {'a': line()}, EVALUATION['random_40'], noise=0.05)


def test_test_sequences_leave_training_and_short_files_out():
    keys = ['test/walking/walking_1', 'train/walking/walking_1', 'test/walking_extra/walking_1']
    sequences = {key: line() for key in keys} | {'test/running/running_1': line(163)}
    assert list(true_time.test_sequences(sequences)) == ['test/walking/walking_1']


def test_in_milliseconds():
    assert list(in_milliseconds(np.arange(6) / 1000)) == ['80', '160', '320', '400', '560', '1000']
    with pytest.raises(ValueError, match='zip'):
        in_milliseconds(np.zeros(5))


def test_other_bodies_do_the_same_at_their_size():
    """What moves with the whole body goes as far as the body is large."""
    seen = []

    def peek(times, positions, mask, query):
        seen.append((positions, mask))
        return still(times, positions, mask, query)

    sequences = {'a': line(3000)}
    same = true_time.errors(still, sequences)
    others = true_time.errors(peek, sequences, bodies=true_time.OTHER_BODIES)
    assert 0.7 < (others / same).mean() < 1
    positions, mask = (np.concatenate(each) for each in zip(*seen, strict=True))
    assert positions.dtype == np.float32 and not positions[mask == 0].any()
    bones = np.linalg.norm(np.diff(positions[:, -1], axis=1), axis=-1)  # of each window
    assert (bones.std(0) > 0.05).all()
    held = positions[mask[:, 12:].all((1, 2))][:, 12:]
    shape = held - held[:, :, :1]
    np.testing.assert_allclose(shape, np.broadcast_to(shape[:, :1], shape.shape), atol=1e-4)
