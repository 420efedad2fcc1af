# SPDX-License-Identifier: Apache-2.0
"""Feet that stay where they are while the hips move: knees by the law of cosines."""

import numpy as np

from nermo_ros.data.torso import torso_axes
from nermo_ros.skeleton.body17 import INDEX

STRAIGHT = 0.03  # m: a knee closer than this to the line from hip to ankle bends forward


def stand(moved: np.ndarray, poses: np.ndarray, turned: np.ndarray) -> np.ndarray:
    """People moved (P, M, 17, 3) m with their ankles at those of poses (P, 17, 3) m, or as close
    as their legs reach. Knees bend to where they do in poses, turned with the pelvis by
    (P, M, 3, 3); bones keep their lengths."""
    moved = moved.copy()
    forward = torso_axes(poses)[:, 1]
    for side in 'l_', 'r_':
        hip, knee, ankle = (INDEX[side + name] for name in ('hip', 'knee', 'ankle'))
        thigh = _length(poses[:, knee] - poses[:, hip])[:, None]
        shin = _length(poses[:, ankle] - poses[:, knee])[:, None]
        bend = _across(
            poses[:, knee] - poses[:, hip] + STRAIGHT * forward,
            _unit(poses[:, ankle] - poses[:, hip]),
        )
        line = poses[:, None, ankle] - moved[:, :, hip]
        length = _length(line).clip(np.abs(thigh - shin) + 1e-3, thigh + shin)
        line = _unit(line)
        along = (thigh**2 - shin**2 + length**2) / (2 * length)
        aside = np.sqrt((thigh**2 - along**2).clip(0))
        bend = _across((turned @ bend[:, None, :, None])[..., 0], line)
        moved[:, :, knee] = moved[:, :, hip] + along * line + aside * bend
        moved[:, :, ankle] = moved[:, :, hip] + length * line
    return moved


def _length(vectors: np.ndarray) -> np.ndarray:
    return np.linalg.norm(vectors, axis=-1, keepdims=True)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / _length(vectors).clip(1e-9)


def _across(vectors: np.ndarray, line: np.ndarray) -> np.ndarray:
    """The unit vectors across a line, itself a unit vector, towards which vectors point."""
    return _unit(vectors - (vectors * line).sum(-1, keepdims=True) * line)
