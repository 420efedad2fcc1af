# SPDX-License-Identifier: Apache-2.0
import pytest
import torch

from nermo_ros.skeleton import body17
from nermo_ros.training.loss import loss_weights, outer_loss

PARENTS = torch.tensor(body17.PARENTS)


def test_outer_loss_is_nought_for_the_truth_and_grows_with_the_error():
    truth, known, weight = torch.randn(2, 4, 17, 3), torch.ones(2, 4), torch.ones(4)
    assert outer_loss(truth, truth, known, weight, 0.3, PARENTS) == 0
    away = truth + torch.tensor([0.03, 0.04, 0.0])
    loss = outer_loss(away, truth, known, weight, 0.3, PARENTS)
    torch.testing.assert_close(loss, torch.tensor(0.05), atol=1e-5, rtol=0)


def test_what_was_not_recorded_does_not_count():
    truth, known, weight = torch.randn(2, 4, 17, 3), torch.ones(2, 4), torch.ones(4)
    known[1, 2:] = 0
    wrong = truth.clone()
    wrong[1, 2:] += 1
    assert outer_loss(wrong, truth, known, weight, 0.3, PARENTS) == 0


def test_halves_of_a_batch_divided_by_the_same_count_give_the_whole():
    truth, weight = torch.randn(4, 3, 17, 3), torch.tensor([0.5, 1.0, 1.5])
    known = (torch.arange(12).reshape(4, 3) % 3 < 2).float()
    forecast = truth + 0.1 * torch.randn(4, 3, 17, 3)
    whole = outer_loss(forecast, truth, known, weight, 0.3, PARENTS)
    shares = [
        outer_loss(forecast[i::2], truth[i::2], known[i::2], weight, 0.3, PARENTS, known.sum() / 2)
        for i in range(2)
    ]
    torch.testing.assert_close(sum(shares) / 2, whole)


def test_far_futures_count_less_the_nearer_is_near():
    query = torch.tensor([-0.1, 0.0, 0.1, 1.0])
    flat, steep = loss_weights(query, near=1.0), loss_weights(query, near=0.05)
    assert flat[2] > flat[3]
    assert steep[2] / steep[3] > flat[2] / flat[3]
    assert steep[2:].mean() == pytest.approx(1)
