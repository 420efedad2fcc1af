# SPDX-License-Identifier: Apache-2.0
"""The modulated last layer of NeRMo and the three ways to fit it to one person's history.

y(t) = (tanh(p(t) + s) - tanh(p(t_ref) + s))ᵀ C: features p of the backbone, and of each joint a
shift s (K) and a readout C (K, 3), the personalised modulation. It is small enough for its
backward pass to be written by hand, so that gradient steps export to ONNX.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nermo_ros.model.inner_loop import descend

DOUBLINGS = 14  # rounds of descent: all but the exact minimum
LEAST_RIDGE = 0.1  # keeps the closed form well-conditioned in single precision


@dataclass(frozen=True)
class Observed:
    """What the inner loop fits, joint by joint.

    before (B, J, N, K): p at the samples; newest (B, J, N): 1 at the newest seen sample of the
    joint, else 0; mask (B, J, N, 1); target (B, J, N, 3): displacement from the newest sample.
    """

    before: Tensor
    newest: Tensor
    mask: Tensor
    target: Tensor

    def activation(self, shift: Tensor) -> tuple[Tensor, Tensor]:
        """tanh(p + s) at the samples (B, J, N, K) and at each joint's newest one (B, J, 1, K)."""
        active = (self.before + shift[:, :, None]).tanh()
        return active, self.newest[:, :, None] @ active


def misfit_gradient(observed: Observed, shift: Tensor, readout: Tensor) -> tuple[Tensor, Tensor]:
    """Gradient of half the mean squared error on the seen samples of each joint, by hand.

    shift (B, J, K), readout (B, J, K, 3) -> gradients of the same shapes.
    """
    active, reference = observed.activation(shift)
    feature = (active - reference) * observed.mask
    count = observed.mask.sum(2, keepdim=True).clamp_min(1)
    error = (feature @ readout - observed.target * observed.mask) / count
    readout_gradient = feature.transpose(2, 3) @ error
    # Every sample is counted from the newest one, which so takes part in all of them.
    back = error @ readout.transpose(2, 3) * observed.mask
    back = back - observed.newest[..., None] * back.sum(2, keepdim=True)
    return ((1 - active.square()) * back).sum(2), readout_gradient


class GradientSteps(nn.Module):
    """Gradient descent, a learned rate for each step and dimension (Meta-SGD, Li et al. 2017)."""

    def __init__(self, steps: int, features: int):
        super().__init__()
        self.shift_rates = nn.Parameter(torch.full((steps, features), 0.3))
        self.readout_rates = nn.Parameter(torch.full((steps, features, 1), 1.0))

    def forward(self, observed: Observed, shift: Tensor, readout: Tensor) -> tuple[Tensor, Tensor]:
        for shift_rate, readout_rate in zip(self.shift_rates, self.readout_rates, strict=True):
            down_shift, down_readout = misfit_gradient(observed, shift, readout)
            shift = shift - shift_rate * down_shift
            readout = readout - readout_rate * down_readout
        return shift, readout


class ClosedForm(nn.Module):
    """The readout nearest to where it starts that fits what was seen: masked ridge regression."""

    def __init__(self):
        super().__init__()
        self.ridge = nn.Parameter(torch.tensor(-2.0))

    def forward(self, observed: Observed, shift: Tensor, readout: Tensor) -> tuple[Tensor, Tensor]:
        active, reference = observed.activation(shift)
        design = (active - reference) * observed.mask
        missed = (observed.target - design @ readout) * observed.mask
        ridge = nn.functional.softplus(self.ridge) + LEAST_RIDGE
        return shift, readout + descend(design.mT @ design, ridge, DOUBLINGS) @ (
            design.mT @ missed
        )
