# SPDX-License-Identifier: Apache-2.0
import torch

from nermo_ros.model.reference import newest_seen, since_newest


def newest_of(times, positions, mask):
    """Of positions (B, N, J, 3) and mask (B, N, J)."""
    return newest_seen(times, positions.permute(0, 3, 2, 1), mask.transpose(1, 2)[:, None])


def test_newest_seen_sample_of_each_joint():
    times = torch.tensor([[-0.2, -0.1, 0.0]])
    positions = torch.arange(3.0)[None, :, None, None] + torch.zeros(1, 3, 2, 3)
    mask = torch.tensor([[[1.0, 1.0], [1.0, 1.0], [0.0, 1.0]]])
    newest = newest_of(times, positions, mask)
    assert newest.which[0, 0].tolist() == [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    torch.testing.assert_close(newest.position[0, 0, :, 0], torch.tensor([1.0, 2.0]))
    torch.testing.assert_close(newest.time[0, 0, :, 0], torch.tensor([-0.1, 0.0]))
    assert newest.seen.flatten().tolist() == [1.0, 1.0]
    assert newest.joints.item() == 2
    torch.testing.assert_close(newest.centre.flatten(), torch.full((3,), 1.5))


def test_a_joint_never_seen_is_at_the_centroid_now():
    times, mask = torch.tensor([[-0.1, 0.0]]), torch.ones(1, 2, 3)
    mask[:, :, 2] = 0
    positions = torch.tensor([1.0, 3.0, 50.0])[None, None, :, None].expand(1, 2, 3, 3)
    newest = newest_of(times, positions, mask)
    assert not newest.which[0, 0, 2].any()
    torch.testing.assert_close(newest.position[0, :, 2, 0], torch.full((3,), 2.0))
    assert newest.time[0, 0, 2] == 0
    assert newest.seen[0, 0, 2] == 0


def test_nothing_seen_is_the_origin():
    newest = newest_of(torch.tensor([[-0.1, 0.0]]), torch.ones(1, 2, 3, 3), torch.zeros(1, 2, 3))
    assert newest.joints.item() == 1
    assert not any(value.any() for value in newest._replace(joints=newest.joints - 1))


def test_times_count_from_the_newest_sample_of_the_body():
    times, query = torch.tensor([[-0.5, -0.3, -0.2]]), torch.tensor([[0.0, 0.4]])
    mask = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]])
    counted, asked = since_newest(times, mask, query)
    torch.testing.assert_close(counted, torch.tensor([[-0.2, 0.0, 0.0]]))
    torch.testing.assert_close(asked, torch.tensor([[0.3, 0.7]]))


def test_times_stay_where_nothing_was_seen():
    times, query = torch.tensor([[-0.5, -0.2]]), torch.tensor([[0.1]])
    counted, asked = since_newest(times, torch.zeros(1, 2, 3), query)
    assert torch.equal(counted, times)
    assert torch.equal(asked, query)
