# SPDX-License-Identifier: Apache-2.0
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nermo_ros.model.inner_loop import RidgeFit, inverse


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
    torch.testing.assert_close(RidgeFit.of(design, target, ridge).closed_form(), expected)


def test_a_step_is_the_fit_around_the_guess():
    design, target = problem()
    ridge, guess = torch.tensor(0.13).double(), torch.randn(4, 20, 3).double().requires_grad_()
    fit = RidgeFit.of(design, target, ridge)
    c = (guess + fit.step(guess)).detach().requires_grad_()
    cost = (target - design @ c).square().sum() + ridge * (c - guess.detach()).square().sum()
    (gradient,) = torch.autograd.grad(cost, c)
    assert gradient.abs().max() < 1e-12


def test_no_step_from_the_least_squares_fit():
    design, target = problem(samples=40, basis=5, share=1.0)
    fit = RidgeFit.of(design, target, torch.tensor(0.1).double())
    assert fit.step(torch.linalg.lstsq(design, target).solution).abs().max() < 1e-12


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 10_000), st.floats(0.0, 1.0), st.floats(0.1, 2.0))
def test_exported_fit_is_the_exact_one_to_float_precision(monkeypatch, seed, share, ridge):
    design, target = problem(seed=seed, share=share)
    ridge = torch.tensor(ridge, dtype=torch.float64)
    guess = torch.randn(4, 20, 3).double()
    exact = RidgeFit.of(design, target, ridge)
    monkeypatch.setattr(torch.compiler, 'is_exporting', lambda: True)
    single = RidgeFit.of(design.float(), target.float(), ridge.float())
    pairs = [
        (single.closed_form(), exact.closed_form()),
        (single.step(guess.float()), exact.step(guess)),
    ]
    monkeypatch.undo()
    for fit, exact in pairs:
        assert (fit - exact).abs().max() < 1e-5 * (1 + exact.abs().max())


def test_inverse():
    design, _ = problem()
    gram = design.transpose(1, 2) @ design + 0.1 * torch.eye(20)
    identity = torch.eye(20).double().expand(4, 20, 20)
    torch.testing.assert_close(inverse(gram, 20) @ gram, identity)


def test_nothing_seen_gives_no_modulation():
    nothing = RidgeFit.of(
        torch.zeros(2, 8, 5), torch.zeros(2, 8, 3), torch.tensor(0.1)
    ).closed_form()
    assert torch.equal(nothing, torch.zeros(2, 5, 3))


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(RuntimeError):
        RidgeFit.of(torch.zeros(2, 8, 5), torch.zeros(2, 7, 3), torch.tensor(0.1))
