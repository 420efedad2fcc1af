# SPDX-License-Identifier: Apache-2.0
"""The inner loop: what fits one person's modulation to what was seen of that person.

Everything is linear in the modulation c (K coefficients for each joint and axis), y = H c on the
observed samples, so the fit and its gradient are matrix products: no autograd, any stamps, any
mask, and it exports to ONNX.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

NEWTON_SCHULZ_STEPS = 14


def inverse(matrix: Tensor, steps: int = NEWTON_SCHULZ_STEPS) -> Tensor:
    """Inverse of symmetric positive definite (..., K, K) by Newton-Schulz iteration.

    Products only, as neither ONNX nor TensorRT knows a solver. Good to some digits while trace /
    smallest eigenvalue stays below 2^(steps - 2); RidgeFit corrects the rest.
    """
    identity = torch.eye(matrix.shape[-1], dtype=matrix.dtype, device=matrix.device)
    trace = (matrix * identity).sum((-1, -2), keepdim=True)
    estimate = identity / trace
    for _ in range(steps):
        estimate = estimate @ (2 * identity - matrix @ estimate)
    return estimate


@dataclass(frozen=True)
class RidgeFit:
    """Masked ridge regression around any guess g: least |y - H c|² + ridge |c - g|².

    design H (..., N, K) with zero rows where nothing was seen, target y (..., N, 3) likewise,
    ridge a positive scalar; gram HᵀH, moment Hᵀy, and inverse (HᵀH + ridge I)⁻¹.
    """

    design: Tensor
    target: Tensor
    ridge: Tensor
    gram: Tensor
    moment: Tensor
    inverse: Tensor

    @classmethod
    def of(cls, design: Tensor, target: Tensor, ridge: Tensor) -> 'RidgeFit':
        """Of the samples; made once for as many guesses as come."""
        transposed = design.transpose(-1, -2)
        gram = transposed @ design
        identity = torch.eye(gram.shape[-1], dtype=gram.dtype, device=gram.device)
        matrix = gram + ridge * identity
        if torch.compiler.is_exporting():
            solved = inverse(matrix)
        else:
            with torch.autocast(design.device.type, enabled=False):  # no solver in half precision
                solved = torch.linalg.inv(matrix.to(ridge.dtype))
        return cls(design, target, ridge, gram, transposed @ target, solved)

    def closed_form(self) -> Tensor:
        """c (..., K, 3) around 0 (R2-D2, Bertinetto et al., ICLR 2019); nothing seen gives 0."""
        return self._refined(self.target)

    def step(self, guess: Tensor) -> Tensor:
        """From the guess (..., K, 3) to the fit around it: a Newton step on what was observed."""
        if torch.compiler.is_exporting():
            return self._refined(self.target - self.design @ guess)
        return self.inverse @ (self.moment - self.gram @ guess)

    def _refined(self, target: Tensor) -> Tensor:
        """Fit of a target by the approximate inverse, corrected once.

        The correction takes its residual from the samples, y - H c, and not from the normal
        equations, where it would drown in cancellation: in float32 that is better than a direct
        solver.
        """
        transposed = self.design.transpose(-1, -2)
        fit = self.inverse @ (transposed @ target)
        missed = transposed @ (target - self.design @ fit) - self.ridge * fit
        return fit + self.inverse @ missed
