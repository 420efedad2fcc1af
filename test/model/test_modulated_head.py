# SPDX-License-Identifier: Apache-2.0
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nermo_ros.model.modulated_head import ClosedForm, GradientSteps, Observed, misfit_gradient


def problem(seed=0, share=0.6, dtype=torch.float64):
    """Of 2 people, 5 joints, 8 samples, 6 features; and a shift and a readout."""
    g = torch.Generator().manual_seed(seed)
    mask = (torch.rand(2, 5, 8, generator=g) < share).to(dtype)
    mask[0, 0] = 0
    last = torch.arange(1, 9) * mask
    newest = (last == last.amax(2, keepdim=True)).to(dtype) * mask
    before = torch.randn(2, 5, 8, 6, generator=g, dtype=dtype)
    target = torch.randn(2, 5, 8, 3, generator=g, dtype=dtype) * mask[..., None]
    shift = torch.randn(2, 5, 6, generator=g, dtype=dtype)
    readout = torch.randn(2, 5, 6, 3, generator=g, dtype=dtype)
    return Observed(before, newest, mask[..., None], target), shift, readout


def misfit(observed, shift, readout):
    """Half the mean squared error on the seen samples, of each joint (B, J)."""
    active = (observed.before + shift[:, :, None]).tanh()
    reference = (active * observed.newest[..., None]).sum(2, keepdim=True)
    missed = ((active - reference) @ readout - observed.target) * observed.mask
    return 0.5 * missed.square().sum((2, 3)) / observed.mask.sum((2, 3)).clamp_min(1)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 1))
def test_the_gradient_by_hand_is_that_of_autograd(seed, share):
    observed, shift, readout = problem(seed, share)
    shift.requires_grad_(), readout.requires_grad_()
    expected = torch.autograd.grad(misfit(observed, shift, readout).sum(), (shift, readout))
    found = misfit_gradient(observed, shift, readout)
    for by_hand, by_torch in zip(found, expected, strict=True):
        torch.testing.assert_close(by_hand, by_torch, rtol=1e-5, atol=1e-9)


def test_the_gradient_in_single_precision():
    observed, shift, readout = problem(dtype=torch.float32)
    shift.requires_grad_(), readout.requires_grad_()
    expected = torch.autograd.grad(misfit(observed, shift, readout).sum(), (shift, readout))
    for by_hand, by_torch in zip(misfit_gradient(observed, shift, readout), expected, strict=True):
        torch.testing.assert_close(by_hand, by_torch, rtol=1e-5, atol=1e-5)


def test_gradient_steps_lower_the_misfit_of_what_was_seen():
    observed, shift, readout = problem()
    steps = GradientSteps(4, 6).double()
    for rates in steps.parameters():
        torch.nn.init.constant_(rates, 0.05)
    before, after = (
        misfit(observed, shift, readout),
        misfit(observed, *steps(observed, shift, readout)),
    )
    fitted = before > 0
    assert fitted.sum() == 9  # all but the joint that was never seen
    assert (after[fitted] < before[fitted]).all()


def test_the_steps_learn_through_the_steps():
    observed, shift, readout = problem()
    steps = GradientSteps(3, 6).double()
    misfit(observed, *steps(observed, shift, readout)).sum().backward()
    assert all(rates.grad.abs().min() > 0 for rates in steps.parameters())


def test_the_closed_form_is_nearest_to_its_start_of_what_fits():
    """At the ridge solution the misfit's gradient and that of the distance cancel."""
    observed, shift, readout = problem()
    fit = ClosedForm().double()
    _, fitted = fit(observed, shift, readout)
    _, down = misfit_gradient(observed, shift, fitted)
    ridge = torch.nn.functional.softplus(fit.ridge) + 0.1
    count = observed.mask.sum((2, 3)).clamp_min(1)[..., None, None]
    torch.testing.assert_close(down * count, ridge * (readout - fitted))


@pytest.mark.parametrize('inner', [GradientSteps(2, 6), ClosedForm()])
def test_nothing_seen_leaves_the_start(inner):
    observed, shift, readout = problem(share=0.0, dtype=torch.float32)
    fitted_shift, fitted = inner(observed, shift, readout)
    torch.testing.assert_close(fitted_shift, shift)
    torch.testing.assert_close(fitted, readout)
