# SPDX-License-Identifier: Apache-2.0
"""A six-joint arm as large as a UR5e: where its links are, and which joint angles lead there.

Denavit-Hartenberg parameters: Universal Robots, "DH parameters for calculations of kinematics and
dynamics" (UR5e). Offsets of the links beside the joints: physical_parameters.yaml of ur5e in
Universal_Robots_ROS2_Description. All lengths are metres, all angles radians.
"""

import numpy as np

A = np.array([0, -0.425, -0.3922, 0, 0, 0])
D = np.array([0.1625, 0, 0, 0.1333, 0.0997, 0.0996])
ALPHA = np.array([np.pi / 2, 0, 0, np.pi / 2, -np.pi / 2, 0])
SHOULDER_OFFSET, ELBOW_OFFSET = 0.138, 0.007
TOOL = 0.15  # flange to tool centre point, a small gripper: our choice

# Link: frame and place in it where it begins, likewise where it ends, radius. Frame 0 is the base,
# frame i that of joint i by Denavit and Hartenberg. The radius of the links is that of the base in
# physical_parameters.yaml, that of the tool our choice.
_LINKS = (
    (0, (0, 0, 0), 1, (0, 0, 0), 0.06),  # column
    (1, (0, 0, 0), 1, (0, 0, SHOULDER_OFFSET), 0.06),  # shoulder
    (1, (0, 0, SHOULDER_OFFSET), 2, (0, 0, SHOULDER_OFFSET), 0.06),  # upper arm
    (2, (0, 0, SHOULDER_OFFSET), 2, (0, 0, ELBOW_OFFSET), 0.06),  # elbow
    (2, (0, 0, ELBOW_OFFSET), 3, (0, 0, ELBOW_OFFSET), 0.06),  # forearm
    (3, (0, 0, ELBOW_OFFSET), 4, (0, 0, 0), 0.06),  # wrist 1
    (4, (0, 0, 0), 5, (0, 0, 0), 0.06),  # wrist 2
    (5, (0, 0, 0), 6, (0, 0, 0), 0.06),  # wrist 3
    (6, (0, 0, 0), 6, (0, 0, TOOL), 0.04),  # tool
)
RADII = np.array([link[-1] for link in _LINKS])  # (L,)
SPACING = 0.05  # between the points that stand for a link

DAMPING, STEPS, CLOSE = 0.02, 200, 1e-5


def frames(angles: np.ndarray) -> np.ndarray:
    """Angles (..., 6) -> (..., 7, 4, 4): poses of the base and of the six frames in the base."""
    cos, sin = np.cos(angles), np.sin(angles)
    ca, sa = np.cos(ALPHA), np.sin(ALPHA)
    zero, one = np.zeros_like(cos), np.ones_like(cos)
    rows = [
        [cos, -sin * ca, sin * sa, A * cos],
        [sin, cos * ca, -cos * sa, A * sin],
        [zero, sa * one, ca * one, D * one],
        [zero, zero, zero, one],
    ]
    joints = np.stack([np.stack(row, -1) for row in rows], -2)
    poses = [np.broadcast_to(np.eye(4), joints[..., 0, :, :].shape)]
    for joint in range(len(A)):
        poses.append(poses[-1] @ joints[..., joint, :, :])
    return np.stack(poses, -3)


def tool(angles: np.ndarray) -> np.ndarray:
    """Angles (..., 6) -> pose of the tool centre point in the base (..., 4, 4)."""
    pose = frames(angles)[..., -1, :, :].copy()
    pose[..., :3, 3] += TOOL * pose[..., :3, 2]
    return pose


def links(angles: np.ndarray) -> np.ndarray:
    """Angles (..., 6) -> ends of the links in the base (..., L, 2, 3); their radii are RADII."""
    poses = frames(angles)

    def place(frame: int, inside: tuple[float, ...]) -> np.ndarray:
        pose = poses[..., frame, :, :]
        return pose[..., :3, :3] @ np.array(inside) + pose[..., :3, 3]

    ends = [(place(*link[:2]), place(*link[2:4])) for link in _LINKS]
    return np.stack([np.stack(pair, -2) for pair in ends], -3)


_LENGTHS = np.linalg.norm(np.diff(links(np.zeros(6)), axis=1)[:, 0], axis=1)  # (L,)


def balls(angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Angles (..., 6) -> centres (..., N, 3) and radii (N,) of balls that hold the links."""
    ends = links(angles)
    centres, radii = [], []
    for link, (length, radius) in enumerate(zip(_LENGTHS, RADII, strict=True)):
        count = int(np.ceil(length / SPACING - 1e-6)) + 1
        share = np.linspace(0, 1, count)[:, None]
        start, end = ends[..., link, :1, :], ends[..., link, 1:, :]
        centres.append(start + share * (end - start))
        # The half gap between two balls is inside both.
        radii += [np.hypot(radius, length / (count - 1) / 2)] * count
    return np.concatenate(centres, -2), np.array(radii)


def solve(pose: np.ndarray, guess: np.ndarray) -> np.ndarray:
    """Angles (6,) that bring the tool to a pose (4, 4) in the base, near to a guess (6,): damped
    least squares. Raises ValueError where it does not get there."""
    angles = np.array(guess, float)
    for _ in range(STEPS):
        error = _twist(tool(angles), pose)
        if np.linalg.norm(error) < CLOSE:
            return angles
        jacobian = _jacobian(angles)
        square = jacobian @ jacobian.T + DAMPING**2 * np.linalg.norm(error) * np.eye(6)
        angles += jacobian.T @ np.linalg.solve(square, error)
    raise ValueError(f'the arm does not reach {np.round(pose[:3, 3], 3)} m in its base')


def _twist(have: np.ndarray, want: np.ndarray) -> np.ndarray:
    """(6,) way and turn from a pose to another; the turn is right for small ones."""
    turn = np.cross(have[:3, :3].T, want[:3, :3].T).sum(0) / 2
    return np.concatenate([want[:3, 3] - have[:3, 3], turn])


def _jacobian(angles: np.ndarray) -> np.ndarray:
    """(6, 6) way and turn of the tool by each joint's angle."""
    axes, places = frames(angles)[:6, :3, 2], frames(angles)[:6, :3, 3]
    ways = np.cross(axes, tool(angles)[:3, 3] - places)
    return np.concatenate([ways, axes], 1).T
