# SPDX-License-Identifier: Apache-2.0
"""All work with quaternions: by tf_transformations where ROS has it, else by transforms3d, which
it wraps."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np


class Rigid(NamedTuple):
    """Points of one frame in another: points @ rotation.T + translation.

    rotation: (3, 3), translation: (3,) metres, float64.
    """

    rotation: np.ndarray
    translation: np.ndarray


@cache
def _matrix_of() -> Callable[[float, float, float, float], np.ndarray]:
    """A function of x, y, z, w; the two libraries order them differently."""
    try:
        from tf_transformations import quaternion_matrix
    except ImportError:
        from transforms3d.quaternions import quat2mat

        return lambda x, y, z, w: quat2mat((w, x, y, z))
    return lambda x, y, z, w: quaternion_matrix((x, y, z, w))[:3, :3]


def matrix(x: float, y: float, z: float, w: float) -> np.ndarray:
    """(3, 3) float64 rotation of a quaternion in ROS's order, of any length but 0."""
    return np.asarray(_matrix_of()(x, y, z, w), np.float64)


def rigid(pose: Sequence[float] | np.ndarray) -> Rigid:
    """Of x y z [m] qx qy qz qw: where a frame stands in another."""
    return Rigid(matrix(*pose[3:]), np.array(pose[:3], np.float64))
