# SPDX-License-Identifier: Apache-2.0
"""Which joints a camera at one place can see of people who hide themselves and each other."""

from dataclasses import dataclass

import numpy as np

from nermo_ros.skeleton.body17 import INDEX

# What stands in the way: from joint to joint, radius in metres. Rough sizes of an adult's body,
# our own choice: what planners keep away from (skeleton.capsule_sizes) is larger on purpose.
PARTS = (
    ('pelvis', 'chest', 0.15), ('chest', 'neck', 0.10), ('head', 'head', 0.10),
    ('chest', 'l_shoulder', 0.06), ('chest', 'r_shoulder', 0.06),
    ('l_shoulder', 'l_elbow', 0.05), ('r_shoulder', 'r_elbow', 0.05),
    ('l_elbow', 'l_wrist', 0.04), ('r_elbow', 'r_wrist', 0.04),
    ('l_hip', 'l_knee', 0.08), ('r_hip', 'r_knee', 0.08),
    ('l_knee', 'l_ankle', 0.05), ('r_knee', 'r_ankle', 0.05),
)  # fmt: skip
STARTS = np.array([INDEX[start] for start, _, _ in PARTS])
ENDS = np.array([INDEX[end] for _, end, _ in PARTS])
RADII = np.array([radius for _, _, radius in PARTS])
STEPS = np.linspace(0.0, 1.0, 64)  # places on a line of sight that are looked at


@dataclass(frozen=True)
class View:
    """A camera at x, y, z (m) in the frame of the recording; it sees to all sides."""

    place: tuple[float, float, float]

    def hidden(self, positions: np.ndarray) -> np.ndarray:
        """positions (people, 17, 3) m, NaN where unknown -> (people, 17) bool: a part of anybody's
        body stands before the joint, other than those it belongs to or lies in. What is unknown
        is not hidden."""
        people, joints, _ = positions.shape
        starts, ends = positions[:, STARTS], positions[:, ENDS]
        targets = positions.reshape(-1, 3)
        place = np.array(self.place)
        line = place + STEPS[:, None] * (targets[:, None] - place)
        hidden = np.zeros(len(targets), bool)
        for person in range(people):
            for part in range(len(PARTS)):
                away = _distance(line, starts[person, part], ends[person, part])
                inside = away[:, -1] < RADII[part]
                belongs = np.isin(
                    np.arange(len(targets)),
                    person * joints + np.array([STARTS[part], ENDS[part]]),
                )
                hidden |= (away < RADII[part]).any(1) & ~inside & ~belongs
        return hidden.reshape(people, joints)


def _distance(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """points (..., 3) m from a segment; NaN where one is unknown."""
    along = end - start
    length = max(float(along @ along), 1e-9)
    share = np.clip((points - start) @ along / length, 0, 1)
    return np.linalg.norm(points - start - share[..., None] * along, axis=-1)
