# SPDX-License-Identifier: Apache-2.0
from nermo_ros.skeleton.body17 import BONES, INDEX, JOINTS
from nermo_ros.skeleton.capsule_sizes import CAPSULE_SIZES, HAND_LENGTH


def test_every_joint_is_inside_a_person():
    """Of the joints along the trunk, the spine lies between pelvis and chest."""
    ends = {joint for size in CAPSULE_SIZES for joint in (size.proximal, size.distal)}
    assert ends <= set(JOINTS) and set(JOINTS) - ends == {'spine'}


def test_every_limb_bone_has_a_capsule():
    capsules = {(INDEX[size.proximal], INDEX[size.distal]) for size in CAPSULE_SIZES}
    limbs = {bone for bone in BONES if JOINTS[bone[1]][:2] in ('l_', 'r_')}
    assert limbs <= capsules


def test_left_and_right_are_alike_and_all_are_told_apart_with_a_source():
    sizes = {size.name: size for size in CAPSULE_SIZES}
    assert len(sizes) == len(CAPSULE_SIZES) and all(size.source for size in CAPSULE_SIZES)
    for name, size in sizes.items():
        if name.startswith('l_'):
            other = sizes['r_' + name[2:]]
            assert (size.radius, size.beyond) == (other.radius, other.beyond)
            assert size.distal.replace('l_', 'r_') == other.distal


def test_a_hand_reaches_from_the_wrist_to_the_fingertips():
    (hand,) = [size for size in CAPSULE_SIZES if size.name == 'l_hand']
    assert hand.beyond - hand.radius <= 0 and hand.beyond + hand.radius >= HAND_LENGTH
