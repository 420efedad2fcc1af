# SPDX-License-Identifier: Apache-2.0
import pytest
import torch

from nermo_ros.model.witnesses import Witnesses

MIRROR = (0, 2, 1)


@pytest.fixture
def witnesses():
    torch.manual_seed(0)
    return Witnesses(MIRROR, scalars=4, views=3).double()


@pytest.fixture
def body():
    g = torch.Generator().manual_seed(1)
    start, ahead, q = (
        torch.randn(2, 3, *shape, generator=g, dtype=torch.float64)
        for shape in ((3, 5), (5,), (4,))
    )
    return start, ahead, q, torch.ones(2, 3).double()


def test_shape(witnesses, body):
    assert witnesses(*body).shape == (2, 3, 3, 3)


def test_all_went_as_far_by_the_clock_of_the_joint_that_asks(witnesses, body):
    """Where all joints move alike, each view is that motion since the joint was seen."""
    start, ahead, q, seen = body
    start = start[:, :1].expand_as(start)
    expected = (start * ahead[:, :, None]).sum(-1, keepdim=True).expand(-1, -1, -1, 3)
    torch.testing.assert_close(witnesses(start, ahead, q, seen), expected)


def test_a_joint_never_seen_is_no_witness(witnesses, body):
    start, ahead, q, seen = body
    seen, wild = seen.clone(), start.clone()
    seen[:, 1] = 0
    wild[:, 1] += 100
    change = (witnesses(wild, ahead, q, seen) - witnesses(start, ahead, q, seen)).abs()
    assert change[:, [0, 2]].max() < 1.0  # of 100, with weights next to nothing


def test_turning_the_motion_turns_what_the_witnesses_tell(witnesses, body):
    start, ahead, q, seen = body
    turn = torch.linalg.qr(torch.randn(3, 3).double()).Q
    turned = witnesses((start.mT @ turn).mT, ahead, q, seen)
    torch.testing.assert_close(turned, (witnesses(start, ahead, q, seen).mT @ turn).mT)


def test_both_sides_listen_alike(witnesses, body):
    start, ahead, q, seen = (array[:, list(MIRROR)] for array in body)
    torch.testing.assert_close(witnesses(start, ahead, q, seen), witnesses(*body)[:, list(MIRROR)])
