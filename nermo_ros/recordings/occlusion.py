# SPDX-License-Identifier: Apache-2.0
"""Joints hidden from the camera for a while, and the scripts of the shipped recordings."""

from dataclasses import dataclass

from nermo_ros.skeleton import body17

LEFT_ARM = ('l_shoulder', 'l_elbow', 'l_wrist')
RIGHT_ARM = ('r_shoulder', 'r_elbow', 'r_wrist')
LEFT_LEG = ('l_hip', 'l_knee', 'l_ankle')
RIGHT_LEG = ('r_hip', 'r_knee', 'r_ankle')


@dataclass(frozen=True)
class Occlusion:
    """One person's joints hidden from start to end, in seconds of the recording.

    Raises ValueError on joints that body17 does not have and on an end not after the start.
    """

    person: str
    joints: tuple[str, ...]
    start: float
    end: float

    def __post_init__(self) -> None:
        unknown = set(self.joints) - set(body17.JOINTS)
        if unknown:
            raise ValueError(f'occlusion of unknown joints {sorted(unknown)}: use those of body17')
        if not self.start < self.end:
            raise ValueError(f'occlusion from {self.start} s to {self.end} s: must end later')


# Limbs in the way of each other, a table, a shelf; and once the whole person.
OCCLUSIONS: dict[str, tuple[Occlusion, ...]] = {
    'handover': (
        Occlusion('taker', LEFT_ARM, 0.8, 1.3),
        Occlusion('giver', RIGHT_ARM, 2.2, 2.7),
        Occlusion('taker', RIGHT_ARM, 2.5, 2.8),
        Occlusion('giver', ('r_elbow', 'r_wrist'), 3.6, 4.1),
        Occlusion('taker', ('r_wrist',), 4.2, 4.7),
        Occlusion('giver', body17.JOINTS, 5.2, 5.5),
    ),
    'cmu_walking': (
        Occlusion('walker', LEFT_ARM, 0.5, 1.0),
        Occlusion('walker', RIGHT_LEG, 1.2, 1.7),
        Occlusion('walker', ('r_wrist', 'l_ankle'), 1.9, 2.3),
    ),
}
