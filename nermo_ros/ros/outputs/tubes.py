# SPDX-License-Identifier: Apache-2.0
"""Tubes of changing width around ways, as triangles."""

import numpy as np

SIDES = 8


def tubes(ways: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """ways (W, S, 3) m, radii (W, S) m at their points -> corners (N, 3) of triangles, three each:
    rings of SIDES corners around the points, joined, with a pointed cap of its own radius before
    the first and after the last. A way of one point is a double cone."""
    ways, radii = np.asarray(ways, np.float64), np.asarray(radii, np.float64)
    along, first, second = _frames(ways)
    turn = 2 * np.pi * np.arange(SIDES) / SIDES
    circle = np.cos(turn)[:, None] * first[:, :, None] + np.sin(turn)[:, None] * second[:, :, None]
    rings = ways[:, :, None] + radii[..., None, None] * circle
    tips = np.stack(
        [
            ways[:, 0] - radii[:, 0, None] * along[:, 0],
            ways[:, -1] + radii[:, -1, None] * along[:, -1],
        ],
        1,
    )
    caps = [np.broadcast_to(tip[:, None], rings[:, 0].shape) for tip in tips.swapaxes(0, 1)]
    rings = np.concatenate([caps[0][:, None], rings, caps[1][:, None]], 1)
    near, far = rings[:, :-1], rings[:, 1:]
    near_next, far_next = np.roll(near, -1, 2), np.roll(far, -1, 2)
    corners = np.stack([near, far, near_next, near_next, far, far_next], -2)
    return corners.reshape(-1, 3)


def _frames(ways: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three unit vectors at right angles at each point, the first along the way; (W, S, 3) each.

    Where a way stands still it goes up.
    """
    along = np.gradient(ways, axis=1) if ways.shape[1] > 1 else np.zeros_like(ways)
    length = np.linalg.norm(along, axis=-1, keepdims=True)
    along = np.where(length > 1e-9, along / np.maximum(length, 1e-9), [0.0, 0.0, 1.0])
    # Whichever axis is farthest from the way's own mean direction, so that rings do not twist.
    mean = np.abs(along.mean(1, keepdims=True))
    away = np.eye(3)[np.argmin(mean, axis=-1)]
    first = np.cross(along, np.broadcast_to(away, along.shape))
    thin = np.linalg.norm(first, axis=-1, keepdims=True) < 1e-6
    first = np.where(thin, np.cross(along, np.roll(along, 1, -1) + [0.1, 0.2, 0.3]), first)
    first /= np.linalg.norm(first, axis=-1, keepdims=True)
    return along, first, np.cross(along, first)
