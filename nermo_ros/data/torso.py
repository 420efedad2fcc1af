# SPDX-License-Identifier: Apache-2.0
"""The torso's own frame."""

import numpy as np

from nermo_ros.skeleton.body17 import INDEX


def torso_axes(body: np.ndarray) -> np.ndarray:
    """Left, forward and up of the torso as rows, (..., 17, 3) -> (..., 3, 3)."""
    left_hip, right_hip, pelvis, neck = (
        body[..., INDEX[name], :] for name in ('l_hip', 'r_hip', 'pelvis', 'neck')
    )
    up = neck - pelvis
    up = up / np.linalg.norm(up, axis=-1, keepdims=True).clip(1e-6)
    left = left_hip - right_hip
    left = left - (left * up).sum(-1, keepdims=True) * up
    left = left / np.linalg.norm(left, axis=-1, keepdims=True).clip(1e-6)
    return np.stack([left, np.cross(left, up), up], -2)
