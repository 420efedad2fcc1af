# SPDX-License-Identifier: Apache-2.0
import torch

from nermo_ros.model.reference import newest_seen


def test_newest_seen_sample_of_each_joint():
    times = torch.tensor([[-0.2, -0.1, 0.0]])
    positions = torch.arange(3.0)[None, :, None, None] + torch.zeros(1, 3, 2, 3)
    mask = torch.tensor([[[1.0, 1.0], [1.0, 1.0], [0.0, 1.0]]])
    ref, ref_time, seen, centre = newest_seen(times, positions, mask)
    torch.testing.assert_close(ref[0, :, 0], torch.tensor([1.0, 2.0]))
    torch.testing.assert_close(ref_time[0], torch.tensor([-0.1, 0.0]))
    assert seen.tolist() == [[1.0, 1.0]]
    torch.testing.assert_close(centre[0], torch.full((3,), 1.5))


def test_a_joint_never_seen_is_at_the_centroid_now():
    times, mask = torch.tensor([[-0.1, 0.0]]), torch.ones(1, 2, 3)
    mask[:, :, 2] = 0
    positions = torch.tensor([1.0, 3.0, 50.0])[None, None, :, None].expand(1, 2, 3, 3)
    ref, ref_time, seen, _ = newest_seen(times, positions, mask)
    torch.testing.assert_close(ref[0, 2], torch.full((3,), 2.0))
    assert ref_time[0, 2] == 0
    assert seen[0, 2] == 0


def test_nothing_seen_is_the_origin():
    ref, ref_time, seen, centre = newest_seen(
        torch.tensor([[-0.1, 0.0]]), torch.ones(1, 2, 3, 3), torch.zeros(1, 2, 3)
    )
    assert not ref.any()
    assert not ref_time.any()
    assert not seen.any()
    assert not centre.any()
