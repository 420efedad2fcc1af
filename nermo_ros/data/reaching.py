# SPDX-License-Identifier: Apache-2.0
"""Made-up movements from point to point, which motion capture of sports and walking hardly has.

People reach, lean and turn with the bell-shaped speed of a minimum-jerk movement (Flash and Hogan,
J. Neuroscience 5(7), 1985), and change their mind by adding another such movement to one under way
(Flash and Henis, J. Cognitive Neuroscience 3(3), 1991).
"""

import numpy as np

from nermo_ros.data.standing import stand
from nermo_ros.data.torso import torso_axes
from nermo_ros.skeleton.body17 import INDEX, JOINTS, PARENTS

MOVEMENTS = 4  # of each part of the body
ONSET = (-2.5, 1.2)  # s from now
DURATION = (0.4, 1.8)  # s, factors in their logarithm
TRAVEL = np.array([0.3, 0.3, 0.1])  # m, standard deviation of a movement of the whole body
STANDING = 0.7  # share of people whose feet stay where they are
SWAY = 0.3  # of the others' travel
CROUCHING = 0.5  # share of them who crouch now and then
CROUCH = 0.4  # m below upright, the lowest
LEAN = 1.5  # rad forward per m of that, the farthest
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
    """Joints (P, M, 17, 3) m at times (P, M) s of people who stood in poses (P, 17, 3) m, z up,
    and move parts of their bodies from point to point. Some stay on their feet, sway and crouch;
    with the others all moves that the pelvis moves."""
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
    standing = rng.random(people) < STANDING
    depth = _depth(rng, times[standing])
    travel[standing] *= SWAY
    travel[standing, :, 2] = -depth
    angles[standing, :, INDEX['pelvis'], 0] = LEAN * rng.random((len(depth), 1)) * depth
    turned = _rotations(_about_axes(angles, torso_axes(poses)))
    moved = np.empty((people, moments, len(JOINTS), 3))
    moved[:, :, 0] = poses[:, None, 0] + travel
    for joint in range(1, len(JOINTS)):
        parent = PARENTS[joint]
        turned[:, :, joint] = turned[:, :, parent] @ turned[:, :, joint]
        bone = (poses[:, joint] - poses[:, parent])[:, None, :, None]
        moved[:, :, joint] = moved[:, :, parent] + (turned[:, :, joint] @ bone)[..., 0]
    moved[standing] = stand(moved[standing], poses[standing], turned[standing, :, 0])
    return moved.astype(np.float32)


def _about_axes(angles: np.ndarray, torso: np.ndarray) -> np.ndarray:
    """Turns (P, M, 17, 3) about the torso's left, forward and up (P, 3, 3), those of the pelvis
    about its left and the vertical, as rotation vectors."""
    pelvis = torso.copy()
    pelvis[:, 2] = 0, 0, 1
    axes = np.repeat(torso[:, None], len(JOINTS), 1)
    axes[:, INDEX['pelvis']] = pelvis
    return (angles.swapaxes(1, 2) @ axes).swapaxes(1, 2)


def _movements(rng: np.random.Generator, times: np.ndarray) -> np.ndarray:
    """(P, M, MOVEMENTS): how much of each is done, from 0 to 1, less what is done at time 0."""
    onset, duration = _onsets(rng, len(times))
    return _done(times, onset, duration) - _done(np.zeros((1, 1)), onset, duration)


def _depth(rng: np.random.Generator, times: np.ndarray) -> np.ndarray:
    """(P, M) m: how much lower than upright the pelvis is, between movements often not at all."""
    onset, duration = _onsets(rng, len(times))
    level = CROUCH * rng.uniform(-1, 1, (len(times), 1 + MOVEMENTS)).clip(0)
    level *= rng.random((len(times), 1)) < CROUCHING
    change = np.diff(level)[:, :, None]
    depth = level[:, :1] + (_done(times, np.sort(onset), duration) @ change)[..., 0]
    return depth.clip(0)


def _onsets(rng: np.random.Generator, people: int) -> tuple[np.ndarray, np.ndarray]:
    """When movements begin and how long they take, (P, 1, MOVEMENTS) s each."""
    shape = people, 1, MOVEMENTS
    return rng.uniform(*ONSET, shape), np.exp(rng.uniform(*np.log(DURATION), shape))


def _done(times: np.ndarray, onset: np.ndarray, duration: np.ndarray) -> np.ndarray:
    """How much of each movement is done at times (P, M) s, (P, M, MOVEMENTS)."""
    share = ((times[:, :, None] - onset) / duration).clip(0, 1)
    return share**3 * (10 - 15 * share + 6 * share**2)


def _rotations(vectors: np.ndarray) -> np.ndarray:
    """Rotation vectors (..., 3) -> matrices (..., 3, 3), Rodrigues' formula."""
    angle = np.linalg.norm(vectors, axis=-1)[..., None, None]
    x, y, z = np.moveaxis(vectors / np.maximum(angle[..., 0], 1e-9), -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(*x.shape, 3, 3)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
