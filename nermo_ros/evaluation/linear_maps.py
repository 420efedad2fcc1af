# SPDX-License-Identifier: Apache-2.0
"""The two linear maps from a history to its future, fitted in closed form: baselines.

What a person's next frames are is a fixed linear function of the last ones: of the same
coordinate of the same joint only (the most that any inner loop on features of time alone can
reach), or of all the coordinates of the body. Both see displacements from the newest frame.
"""

from dataclasses import dataclass

import numpy as np

PER_COORDINATE, COUPLED = 'per_coordinate', 'coupled'
KINDS = (PER_COORDINATE, COUPLED)
RIDGE = 1e-6  # m² beside the mean square of a displacement; chosen on held-out training files


@dataclass(frozen=True)
class LinearMap:
    """A fitted map; called as a Predict of true_time.py.

    For complete histories of fixed frames, `past` of them `period` apart: it takes the newest ones
    as they stand, whatever times and mask say, and answers at frames and linearly between them.
    weights: (past - 1, future) of one coordinate, or ((past - 1) · 3 J, future · 3 J) of all.
    """

    kind: str
    period: float
    weights: np.ndarray

    def __call__(
        self, times: np.ndarray, positions: np.ndarray, mask: np.ndarray, query: np.ndarray
    ) -> np.ndarray:
        """times (B, N), positions (B, N, J, 3) m, mask (B, N, J), query (B, Q) s -> (B, Q, J, 3).

        Raises ValueError where the history is shorter than those it was fitted to.
        """
        joints = positions.shape[2]
        past = 1 + self.weights.shape[0] // (1 if self.kind == PER_COORDINATE else 3 * joints)
        if positions.shape[1] < past:
            raise ValueError(
                f'this map needs histories of {past} samples, not {positions.shape[1]}'
            )
        newest = positions[:, -1:]
        change = _inputs(positions[:, -past:], self.kind) @ self.weights
        frames = np.concatenate([newest, newest + _outputs(change, self.kind, joints)], 1)
        where = np.clip(query / self.period, 0, frames.shape[1] - 1)[..., None]
        share = np.maximum(1 - np.abs(where - np.arange(frames.shape[1])), 0)
        return np.einsum('bqf,bfjc->bqjc', share, frames).astype(np.float32)


def fit_linear_map(
    kind: str,
    history: np.ndarray,
    future: np.ndarray,
    period: float = 0.04,
    ridge: float = RIDGE,
) -> LinearMap:
    """Ridge least squares on W windows: history (W, N, J, 3) and future (W, F, J, 3) metres.

    kind: PER_COORDINATE or COUPLED; ridge: m². Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f'no linear map {kind!r}: give one of {", ".join(KINDS)}')
    width = _inputs(history[:1], kind).shape[-1]
    gram, moment, rows = np.zeros((width, width)), 0.0, 0
    for start in range(0, len(history), 512):  # the rows of all windows at once would not fit
        part = slice(start, start + 512)
        inputs = _inputs(history[part], kind).reshape(-1, width).astype(np.float64)
        change = np.moveaxis(future[part] - history[part, -1:], 1, -1)
        outputs = change if kind == PER_COORDINATE else np.moveaxis(change, -1, 1)
        outputs = outputs.reshape(len(inputs), -1).astype(np.float64)
        gram += inputs.T @ inputs
        moment = moment + inputs.T @ outputs
        rows += len(inputs)
    gram += rows * ridge * np.eye(width)
    return LinearMap(kind, period, np.linalg.solve(gram, moment))


def _inputs(history: np.ndarray, kind: str) -> np.ndarray:
    """(B, N, J, 3) -> displacements from the newest frame, (B, J, 3, N - 1) or (B, (N - 1) 3J)."""
    change = history[:, :-1] - history[:, -1:]
    return (
        np.moveaxis(change, 1, -1) if kind == PER_COORDINATE else change.reshape(len(change), -1)
    )


def _outputs(change: np.ndarray, kind: str, joints: int) -> np.ndarray:
    """What the weights give, (B, J, 3, F) or (B, F 3J), as (B, F, J, 3)."""
    if kind == PER_COORDINATE:
        return np.moveaxis(change, -1, 1)
    return change.reshape(len(change), -1, joints, 3)
