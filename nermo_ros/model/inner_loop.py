# SPDX-License-Identifier: Apache-2.0
"""The inner loop: what fits one person's modulation to what was seen of that person.

Everything is linear in the modulation c (F coefficients for each joint and axis), y = H c on the
observed samples, so that gradient descent has a closed form: no autograd, any stamps, any mask,
and products of matrices only, which export to ONNX and TensorRT.
"""

import torch
from torch import Tensor


def descend(gram: Tensor, ridge: Tensor, doublings: int) -> Tensor:
    """The linear map D (..., F, F) from moments to coefficients, c = D Hᵀy, of gradient descent.

    gram HᵀH (..., F, F) of a design H, in which zero rows are what was not seen; ridge: a positive
    scalar. D Hᵀy is where 2^doublings steps of gradient descent on |y - H c|² + ridge |c|² arrive
    from c = 0, each coefficient at its own rate, 1 / F of its curvature's inverse: with that it
    never overshoots. Newton-Schulz iteration, of which each round doubles the steps. With many it
    is ridge regression (R2-D2, Bertinetto et al., ICLR 2019); with few, directions of which the
    samples tell little are left alone, as when stopping early. From a guess g the same steps lead
    to g + D Hᵀ(y - H g), for |c - g|² in place of |c|².
    """
    identity = torch.eye(gram.shape[-1], dtype=gram.dtype, device=gram.device)
    curvature = gram + ridge * identity
    inverse = identity / (len(identity) * (curvature * identity).sum(-1, keepdim=True))
    for _ in range(doublings):
        # In this order it stays symmetric, which keeps a digit more in single precision.
        inverse = 2 * inverse - inverse @ curvature @ inverse
    return inverse
