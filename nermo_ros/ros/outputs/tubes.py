# SPDX-License-Identifier: Apache-2.0
"""Tubes of changing width around ways, with round ends, as triangles."""

import numpy as np

SIDES = 8
CAP = np.radians([90, 45])  # above the ring at the end: where the rings of a round end stand


def tubes(ways: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """ways (W, S, 3) m, radii (W, S) m at their points -> corners (N, 3) of triangles, three each.

    All rings of a tube face the way from its first point to its last (up, where these are one):
    facing the way at each point they would stand across each other where a tube is wider than its
    way is long.
    """
    ways, radii = np.asarray(ways, np.float64), np.asarray(radii, np.float64)
    axis, first, second = _frame(ways[:, -1] - ways[:, 0])
    rise = np.concatenate([-np.sin(CAP), np.zeros(ways.shape[1]), np.sin(CAP)[::-1]])
    shrink = np.sqrt(1 - rise**2)
    ends = [0] * len(CAP), range(ways.shape[1]), [ways.shape[1] - 1] * len(CAP)
    at = np.concatenate([np.array(part, int) for part in ends])
    centres = ways[:, at] + (radii[:, at] * rise)[..., None] * axis[:, None]

    turn = 2 * np.pi * np.arange(SIDES) / SIDES
    circle = np.cos(turn)[:, None] * first[:, None] + np.sin(turn)[:, None] * second[:, None]
    rings = centres[:, :, None] + (radii[:, at] * shrink)[..., None, None] * circle[:, None]
    near, far = rings[:, :-1], rings[:, 1:]
    near_next, far_next = np.roll(near, -1, 2), np.roll(far, -1, 2)
    return np.stack([near, far, near_next, near_next, far, far_next], -2).reshape(-1, 3)


def _frame(along: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three unit vectors at right angles, the first along (W, 3)."""
    length = np.linalg.norm(along, axis=-1, keepdims=True)
    axis = np.where(length > 1e-9, along / np.maximum(length, 1e-9), [0.0, 0.0, 1.0])
    first = np.cross(axis, np.eye(3)[np.argmin(np.abs(axis), axis=-1)])
    first /= np.linalg.norm(first, axis=-1, keepdims=True)
    return axis, first, np.cross(axis, first)
