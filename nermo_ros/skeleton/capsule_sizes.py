# SPDX-License-Identifier: Apache-2.0
"""How thick a person is around the joints of body17, as capsules.

Sizes are 95th percentiles of DIN 33402-2:2020-12 as SaRA shield uses them (configurations
mujoco_mocap and cmu_mocap_no_hand; its "thickness" is a diameter, which its code halves). The
standard has no arm girths: SaRA takes those of the legs, which is more than an arm is.
"""

from dataclasses import dataclass

UPPER_LEG, LOWER_LEG = 0.200 / 2, 0.132 / 2  # m, radii
SHOULDER_WIDTH = 0.434 / 2  # m, half of it
HAND_LENGTH = 0.206  # m, wrist to fingertip


@dataclass(frozen=True)
class CapsuleSize:
    """A capsule from a joint to another, or a ball; radius: m.

    beyond: m; the capsule is a ball whose centre lies this far past `distal`, in the direction
    from `proximal` to it.
    """

    name: str
    proximal: str
    distal: str
    radius: float
    source: str
    beyond: float | None = None


def _both(name: str, proximal: str, distal: str, *size: object) -> tuple[CapsuleSize, ...]:
    """On the left and on the right; {s} stands for the side."""
    return tuple(
        CapsuleSize(f'{side}_{name}', proximal.format(s=side), distal.format(s=side), *size)  # type: ignore[arg-type]
        for side in 'lr'
    )


CAPSULE_SIZES = (
    CapsuleSize('torso', 'pelvis', 'chest', SHOULDER_WIDTH, 'half the shoulder width'),
    CapsuleSize('neck', 'chest', 'neck', UPPER_LEG, 'as the upper arm'),
    # Some sources give the middle between the ears, others the base of the skull.
    CapsuleSize('head', 'head', 'head', SHOULDER_WIDTH, "SaRA's head: half the shoulder width"),
    *_both('shoulder', 'chest', '{s}_shoulder', UPPER_LEG, 'as the upper arm'),
    *_both('upper_arm', '{s}_shoulder', '{s}_elbow', UPPER_LEG, 'upper leg, as SaRA'),
    *_both('forearm', '{s}_elbow', '{s}_wrist', LOWER_LEG, 'lower leg, as SaRA'),
    # body17 ends at the wrist: without this a fifth of a metre of everybody would be missing.
    *_both(
        'hand', '{s}_elbow', '{s}_wrist', HAND_LENGTH / 2, 'hand length, as SaRA', HAND_LENGTH / 2
    ),
    *_both('hip', 'pelvis', '{s}_hip', UPPER_LEG, 'upper leg'),
    *_both('thigh', '{s}_hip', '{s}_knee', UPPER_LEG, 'upper leg'),
    *_both('shank', '{s}_knee', '{s}_ankle', LOWER_LEG, 'lower leg'),
    # Where the toes point is not known: half a foot to all sides, a choice of our own.
    *_both('foot', '{s}_ankle', '{s}_ankle', 0.15, 'half a foot, our choice'),
)
