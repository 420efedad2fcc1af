# SPDX-License-Identifier: Apache-2.0
import pytest
import torch

from nermo_ros.model.frames import at_times, cosine_transform, newest_frames


def test_the_transform_is_orthonormal_and_starts_with_the_mean():
    matrix = cosine_transform(35)
    torch.testing.assert_close(matrix @ matrix.T, torch.eye(35), atol=1e-5, rtol=0)
    torch.testing.assert_close(matrix[0], torch.full((35,), 35**-0.5))


def test_a_missing_frame_is_the_nearest_seen_one():
    positions = torch.arange(7.0)[None, :, None, None].expand(1, 7, 2, 3)
    mask = torch.tensor([[[1, 0], [1, 1], [0, 0], [0, 0], [1, 0], [1, 0], [0, 0]]]).float()
    filled = newest_frames(torch.zeros(1, 7), positions, mask, 5)
    assert filled[0, :, 0, 0].tolist() == [1, 4, 4, 5, 5]
    assert filled[0, :, 1, 0].tolist() == [1, 1, 1, 1, 1]


def test_of_two_as_near_the_older_one():
    positions = torch.arange(3.0)[None, :, None, None].expand(1, 3, 1, 3)
    mask = torch.tensor([1.0, 0, 1])[None, :, None]
    assert newest_frames(torch.zeros(1, 3), positions, mask, 3)[0, :, 0, 0].tolist() == [0, 0, 2]


def test_a_joint_never_seen_is_at_the_centroid():
    positions = torch.randn(1, 4, 3, 3)
    mask = torch.ones(1, 4, 3)
    mask[:, :, 2] = 0
    filled = newest_frames(torch.zeros(1, 4), positions, mask, 4)
    torch.testing.assert_close(filled[0, :, 2], positions[0, -1, :2].mean(0).expand(4, 3))


def test_short_histories_are_refused():
    with pytest.raises(ValueError, match='histories of 10 samples, not 9'):
        newest_frames(torch.zeros(1, 9), torch.zeros(1, 9, 2, 3), torch.ones(1, 9, 2), 10)


def test_times_between_and_beyond_frames():
    frames = torch.randn(2, 4, 5, 3)
    query = torch.tensor([-1, 0, 0.05, 0.1, 0.275, 9]).expand(2, 6)
    path = at_times(frames, query, 0.1)
    between = 0.25 * frames[:, 2] + 0.75 * frames[:, 3]
    halfway = (frames[:, 0] + frames[:, 1]) / 2
    expected = [frames[:, 0], frames[:, 0], halfway, frames[:, 1], between, frames[:, 3]]
    torch.testing.assert_close(path, torch.stack(expected, 1))
