# SPDX-License-Identifier: Apache-2.0
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nermo_ros.model.inner_loop import descend


def problem(samples=32, basis=8, seed=0, share=0.6):
    g = torch.Generator().manual_seed(seed)
    mask = (torch.rand(4, samples, 1, generator=g) < share).double()
    design = torch.randn(4, samples, basis, generator=g, dtype=torch.float64) * mask / basis**0.5
    target = torch.randn(4, samples, 3, generator=g, dtype=torch.float64) * mask
    return design, target


def fitted(design, target, ridge, doublings):
    return descend(design.mT @ design, ridge, doublings) @ (design.mT @ target)


def gradient_descent(design, target, ridge, steps, c):
    """Step by step, by autograd, around where it starts."""
    start = c
    identity = torch.eye(design.shape[-1], dtype=design.dtype)
    curvature = (design.mT @ design + ridge * identity).diagonal(dim1=-2, dim2=-1)
    rates = 1 / (len(identity) * curvature)[..., None]
    for _ in range(steps):
        c = c.detach().requires_grad_()
        cost = (target - design @ c).square().sum() + ridge * (c - start).square().sum()
        (gradient,) = torch.autograd.grad(cost / 2, c)
        c = c - rates * gradient
    return c.detach()


@pytest.mark.parametrize('doublings', [0, 1, 4])
def test_each_doubling_doubles_the_steps_of_gradient_descent(doublings):
    design, target = problem()
    ridge = torch.tensor(0.13).double()
    expected = gradient_descent(design, target, ridge, 2**doublings, torch.zeros(4, 8, 3).double())
    torch.testing.assert_close(fitted(design, target, ridge, doublings), expected)


def test_from_a_guess_it_descends_on_what_the_guess_misses():
    design, target = problem()
    ridge, guess = torch.tensor(0.13).double(), torch.randn(4, 8, 3).double()
    expected = gradient_descent(design, target, ridge, 8, guess)
    arrived = guess + fitted(design, target - design @ guess, ridge, 3)
    torch.testing.assert_close(arrived, expected)


def test_many_steps_are_ridge_regression_on_the_seen_samples():
    design, target = problem()
    ridge = torch.tensor(0.13).double()
    stacked = torch.cat([design, ridge.sqrt() * torch.eye(8).double().expand(4, 8, 8)], 1)
    padded = torch.cat([target, torch.zeros(4, 8, 3).double()], 1)
    expected = torch.linalg.lstsq(stacked, padded).solution
    torch.testing.assert_close(fitted(design, target, ridge, 14), expected)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 1.0), st.floats(0.1, 2.0))
def test_single_precision_is_enough(seed, share, ridge):
    design, target = problem(seed=seed, share=share)
    ridge = torch.tensor(ridge, dtype=torch.float64)
    exact = fitted(design, target, ridge, 12)
    single = fitted(design.float(), target.float(), ridge.float(), 12)
    assert (single - exact).abs().max() < 1e-5 * (1 + exact.abs().max())


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 20), st.floats(0.1, 10.0))
def test_it_never_overshoots(doublings, ridge):
    """As descent does, each step shrinks what is left: between nothing and the exact inverse."""
    design, _ = problem()
    gram, ridge = design.mT @ design, torch.tensor(ridge).double()
    exact = torch.linalg.inv(gram + ridge * torch.eye(8))
    share = torch.linalg.eigvals(descend(gram, ridge, doublings) @ exact.inverse()).real
    assert share.min() > 0
    assert share.max() < 1 + 1e-6


def test_nothing_seen_is_a_multiple_of_one():
    nothing = descend(torch.zeros(2, 5, 5), torch.tensor(0.1), 10)
    torch.testing.assert_close(nothing, 10 * torch.eye(5).expand(2, 5, 5), rtol=1e-4, atol=1e-4)
