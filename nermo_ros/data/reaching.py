# SPDX-License-Identifier: Apache-2.0
"""Made-up movements from point to point, which motion capture of sports and walking hardly has.

People reach, lean and turn with the bell-shaped speed of a minimum-jerk movement (Flash and Hogan,
J. Neuroscience 5(7), 1985), and change their mind by adding another such movement to one under way
(Flash and Henis, J. Cognitive Neuroscience 3(3), 1991).
"""

import numpy as np

from nermo_ros.data.torso import torso_axes
from nermo_ros.skeleton.body17 import INDEX, JOINTS, PARENTS

MOVEMENTS = 4  # of each part of the body
ONSET = (-2.5, 1.2)  # s from now
DURATION = (0.4, 1.8)  # s, factors in their logarithm
TRAVEL = np.array([0.3, 0.3, 0.1])  # m, standard deviation of a movement of the whole body
# Parts that move at one time: how often they do, and by how much the bones that end in their
# joints turn in a movement (rad, standard deviation of each component).
PARTS: tuple[tuple[float, dict[str, float]], ...] = (
    (0.7, {'l_elbow': 0.5, 'l_wrist': 0.5}),
    (0.7, {'r_elbow': 0.5, 'r_wrist': 0.5}),
    (0.5, {'spine': 0.1, 'chest': 0.1, 'neck': 0.1}),
    (0.3, {'head': 0.3}),
    (0.2, {'l_knee': 0.3, 'l_ankle': 0.3}),
    (0.2, {'r_knee': 0.3, 'r_ankle': 0.3}),
    (0.4, {'pelvis': 0.2}),
)


def reach(rng: np.random.Generator, poses: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Joints (P, M, 17, 3) m at times (P, M) s of people who stand in poses (P, 17, 3) m, z up,
    and move parts of their bodies from point to point. What moves the pelvis moves everything."""
    people, moments = times.shape
    angles = np.zeros((people, moments, len(JOINTS), 3))
    travel = np.zeros((people, moments, 3))
    for often, parts in PARTS:
        moving = (rng.random((people, 1, 1)) < often) * _movements(rng, times)
        for joint, amplitude in parts.items():
            turns = amplitude * rng.standard_normal((people, MOVEMENTS, 3))
            angles[:, :, INDEX[joint]] = moving @ turns
        if 'pelvis' in parts:
            travel = moving @ (TRAVEL * rng.standard_normal((people, MOVEMENTS, 3)))
            angles[:, :, INDEX['pelvis'], :2] = 0  # left and forward: it turns about the vertical
    angles[:, :, 1:] = angles[:, :, 1:] @ torso_axes(poses)[:, None]
    turned = _rotations(angles)
    moved = np.empty((people, moments, len(JOINTS), 3))
    moved[:, :, 0] = poses[:, None, 0] + travel
    for joint in range(1, len(JOINTS)):
        parent = PARENTS[joint]
        turned[:, :, joint] = turned[:, :, parent] @ turned[:, :, joint]
        bone = (poses[:, joint] - poses[:, parent])[:, None, :, None]
        moved[:, :, joint] = moved[:, :, parent] + (turned[:, :, joint] @ bone)[..., 0]
    return moved.astype(np.float32)


def _movements(rng: np.random.Generator, times: np.ndarray) -> np.ndarray:
    """(P, M, MOVEMENTS): how much of each is done, from 0 to 1, less what is done at time 0."""
    shape = len(times), 1, MOVEMENTS
    onset = rng.uniform(*ONSET, shape)
    duration = np.exp(rng.uniform(*np.log(DURATION), shape))

    def done(at: np.ndarray) -> np.ndarray:
        share = ((at - onset) / duration).clip(0, 1)
        return share**3 * (10 - 15 * share + 6 * share**2)

    return done(times[:, :, None]) - done(np.zeros((1, 1, 1)))


def _rotations(vectors: np.ndarray) -> np.ndarray:
    """Rotation vectors (..., 3) -> matrices (..., 3, 3), Rodrigues' formula."""
    angle = np.linalg.norm(vectors, axis=-1)[..., None, None]
    x, y, z = np.moveaxis(vectors / np.maximum(angle[..., 0], 1e-9), -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(*x.shape, 3, 3)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
