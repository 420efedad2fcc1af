# SPDX-License-Identifier: Apache-2.0
"""The same motion by other bodies, as other people and other trackers have."""

from dataclasses import dataclass

import numpy as np

from nermo_ros.data.torso import torso_axes
from nermo_ros.skeleton.body17 import INDEX, JOINTS, MIRROR, PARENTS

LIMBS = [INDEX[f'{side}_{name}'] for side in 'lr' for name in ('knee', 'ankle', 'elbow', 'wrist')]


@dataclass(frozen=True)
class BodySettings:
    """Ranges that each body is drawn from, factors in their logarithm.

    scale: of the whole body; bones: share of those with other bone lengths, where limb and torso
    bones are drawn from their own ranges, and with joints of the torso defined elsewhere, by
    `offset` m in each direction (standard deviation).
    """

    scale: tuple[float, float] = (0.85, 1.15)
    bones: float = 0.5
    limb: tuple[float, float] = (0.8, 1.25)
    torso: tuple[float, float] = (0.5, 1.8)
    offset: float = 0.02


def another_body(rng: np.random.Generator, body: np.ndarray, s: BodySettings) -> np.ndarray:
    """Motions (B, M, 17, 3) m by bodies of other sizes and, for some, other proportions."""
    count = len(body)
    factor = np.ones((count, len(JOINTS)))
    torso = [INDEX[name] for name in ('spine', 'chest', 'neck', 'head', 'l_hip', 'l_shoulder')]
    limbs = [INDEX[name] for name in ('l_knee', 'l_ankle', 'l_elbow', 'l_wrist')]
    factor[:, torso] = np.exp(rng.uniform(*np.log(s.torso), (count, len(torso))))
    factor[:, limbs] = np.exp(rng.uniform(*np.log(s.limb), (count, len(limbs))))
    right = [index for index, name in enumerate(JOINTS) if name.startswith('r_')]
    factor[:, right] = factor[:, [MIRROR[index] for index in right]]
    same = rng.random(count) >= s.bones
    factor[same] = 1
    factor = (factor * rng.uniform(*s.scale, (count, 1))).astype(np.float32)
    other = np.empty_like(body)
    other[:, :, 0] = body[:, :, 0] * factor[:, None, :1]
    for joint in range(1, len(JOINTS)):
        parent = PARENTS[joint]
        bone = body[:, :, joint] - body[:, :, parent]
        other[:, :, joint] = other[:, :, parent] + bone * factor[:, None, joint, None]
    offset = s.offset * rng.standard_normal((count, 1, len(JOINTS), 3), np.float32)
    offset[:, :, LIMBS] = 0
    offset[same] = 0
    return other + offset @ torso_axes(other)
