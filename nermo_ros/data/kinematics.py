# SPDX-License-Identifier: Apache-2.0
"""From exponential maps to rotations and joints, as the benchmarks' files mean them."""

from collections.abc import Sequence

import numpy as np


def rotations(vectors: np.ndarray) -> np.ndarray:
    """Exponential maps (..., 3) -> rotations (..., 3, 3) in the row-vector convention."""
    angle = np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-12
    axis, angle = vectors / angle, angle[..., None]
    cross = np.zeros((*vectors.shape, 3))
    cross[..., 0, 1], cross[..., 0, 2], cross[..., 1, 2] = (
        -axis[..., 2],
        axis[..., 1],
        -axis[..., 0],
    )
    cross -= np.swapaxes(cross, -1, -2)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)


def fixed_root(vectors: np.ndarray, parents: Sequence[int], offsets: np.ndarray) -> np.ndarray:
    """Exponential maps (frames, J, 3) -> joints (frames, J, 3) in the offsets' unit, root at 0.

    parents: of each joint, smaller than its index, -1 for the root; offsets: (J, 3). A child of
    the root keeps its own rotation and its own offset, as the papers' code has it.
    """
    rotation = rotations(vectors)
    position = np.zeros(vectors.shape)
    for joint, parent in enumerate(parents):
        if parent > 0:
            rotation[:, joint] = rotation[:, joint] @ rotation[:, parent]
            position[:, joint] = position[:, parent] + offsets[joint] @ rotation[:, parent]
        else:
            position[:, joint] = offsets[joint]
    return position


def checked(rows: np.ndarray, columns: int, name: str) -> np.ndarray:
    """Rows (frames, columns) of the set of that name in double precision.

    Raises ValueError on another shape, a single frame or values not finite.
    """
    rows = np.asarray(rows, np.float64)
    if rows.ndim != 2 or rows.shape[1] != columns or len(rows) < 2:
        raise ValueError(f'a {name} file has shape (frames > 1, {columns}), this one {rows.shape}')
    if not np.isfinite(rows).all():
        raise ValueError(f'a {name} file holds values that are not finite: download it again')
    return rows
