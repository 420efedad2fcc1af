# SPDX-License-Identifier: Apache-2.0
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nermo_ros.model.inner_loop import closed_form, gradient, inverse, normal_equations, refined


def problem(samples=32, basis=20, seed=0, share=0.6):
    g = torch.Generator().manual_seed(seed)
    mask = (torch.rand(4, samples, 1, generator=g) < share).double()
    design = torch.randn(4, samples, basis, generator=g, dtype=torch.float64) * mask / basis**0.5
    target = torch.randn(4, samples, 3, generator=g, dtype=torch.float64) * mask
    return design, target


def test_closed_form_is_ridge_regression_on_the_seen_samples():
    design, target = problem()
    ridge = torch.tensor(0.13, dtype=torch.float64)
    stacked = torch.cat([design, ridge.sqrt() * torch.eye(20).double().expand(4, 20, 20)], 1)
    padded = torch.cat([target, torch.zeros(4, 20, 3).double()], 1)
    expected = torch.linalg.lstsq(stacked, padded).solution
    torch.testing.assert_close(closed_form(design, target, ridge), expected)


def test_gradient_is_what_autograd_says():
    design, target = problem()
    c = torch.randn(4, 20, 3, dtype=torch.float64, requires_grad=True)
    loss = 0.5 * (target - design @ c).square().sum()
    (expected,) = torch.autograd.grad(loss, c)
    torch.testing.assert_close(gradient(*normal_equations(design, target), c.detach()), -expected)


def test_gradient_vanishes_at_the_least_squares_fit():
    design, target = problem(samples=40, basis=5, share=1.0)
    c = torch.linalg.lstsq(design, target).solution
    assert gradient(*normal_equations(design, target), c).abs().max() < 1e-12


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 1.0), st.floats(0.1, 2.0))
def test_exported_fit_is_the_exact_one_to_float_precision(seed, share, ridge):
    design, target = problem(seed=seed, share=share)
    ridge = torch.tensor(ridge, dtype=torch.float64)
    exact = closed_form(design, target, ridge)
    design, target, ridge = design.float(), target.float(), ridge.float()
    gram = design.transpose(1, 2) @ design + ridge * torch.eye(20)
    fit = refined(inverse(gram), design, target, ridge)
    assert (fit - exact).abs().max() < 1e-5 * (1 + exact.abs().max())


def test_inverse():
    design, _ = problem()
    gram = design.transpose(1, 2) @ design + 0.1 * torch.eye(20)
    identity = torch.eye(20).double().expand(4, 20, 20)
    torch.testing.assert_close(inverse(gram, 20) @ gram, identity)


def test_nothing_seen_gives_no_modulation():
    nothing = closed_form(torch.zeros(2, 8, 5), torch.zeros(2, 8, 3), torch.tensor(0.1))
    assert torch.equal(nothing, torch.zeros(2, 5, 3))


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(RuntimeError):
        closed_form(torch.zeros(2, 8, 5), torch.zeros(2, 7, 3), torch.tensor(0.1))
