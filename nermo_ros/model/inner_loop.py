# SPDX-License-Identifier: Apache-2.0
"""The inner loop: what fits one person's modulation to what was seen of that person.

Everything is linear in the modulation c (K coefficients for each joint and axis), y = H c on the
observed samples, so the fit and its gradient are matrix products: no autograd, any stamps, any
mask, and it exports to ONNX.
"""

import torch
from torch import Tensor

NEWTON_SCHULZ_STEPS = 12


def inverse(matrix: Tensor, steps: int = NEWTON_SCHULZ_STEPS) -> Tensor:
    """Inverse of symmetric positive definite (..., K, K) by Newton-Schulz iteration.

    Products only, as neither ONNX nor TensorRT knows a solver. Good to some digits while trace /
    smallest eigenvalue stays below 2^(steps - 2); closed_form corrects the rest.
    """
    identity = torch.eye(matrix.shape[-1], dtype=matrix.dtype, device=matrix.device)
    trace = (matrix * identity).sum((-1, -2), keepdim=True)
    estimate = identity / trace
    for _ in range(steps):
        estimate = estimate @ (2 * identity - matrix @ estimate)
    return estimate


def ridge_inverse(gram: Tensor, ridge: Tensor) -> Tensor:
    """(G + ridge I)⁻¹ of G (..., K, K): what a residual Hᵀ(y - H c) is worth in coefficients."""
    identity = torch.eye(gram.shape[-1], dtype=gram.dtype, device=gram.device)
    matrix = gram + ridge * identity
    if torch.compiler.is_exporting():
        return inverse(matrix)
    with torch.autocast(gram.device.type, enabled=False):  # no solver in half precision
        return torch.linalg.inv(matrix.to(ridge.dtype))


def closed_form(design: Tensor, target: Tensor, ridge: Tensor) -> Tensor:
    """Masked ridge regression c = (HᵀH + ridge I)⁻¹ Hᵀ y (R2-D2, Bertinetto et al., ICLR 2019).

    design H (..., N, K) with zero rows where nothing was seen, target y (..., N, 3) likewise,
    ridge a positive scalar -> c (..., K, 3). Nothing seen at all gives c = 0.
    """
    gram, _ = normal_equations(design, target)
    return refined(ridge_inverse(gram, ridge), design, target, ridge)


def refined(inverse_gram: Tensor, design: Tensor, target: Tensor, ridge: Tensor) -> Tensor:
    """The ridge fit (..., K, 3) by an approximate inverse of HᵀH + ridge I, corrected once.

    The correction takes its residual from the samples, y - H c, and not from the normal equations,
    where it would drown in cancellation: in float32 that is better than a direct solver.
    """
    transposed = design.transpose(-1, -2)
    fit = inverse_gram @ (transposed @ target)
    return fit + inverse_gram @ (transposed @ (target - design @ fit) - ridge * fit)


def normal_equations(design: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """HᵀH (..., K, K) and Hᵀy (..., K, 3): all that a gradient needs of the samples."""
    transposed = design.transpose(-1, -2)
    return transposed @ design, transposed @ target


def gradient(gram: Tensor, moment: Tensor, modulation: Tensor) -> Tensor:
    """Descent direction Hᵀ(y - H c) of the observed squared error at c, (..., K, 3)."""
    return moment - gram @ modulation
