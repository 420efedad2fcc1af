# SPDX-License-Identifier: Apache-2.0
"""Joint sets of body trackers on depth and stereo cameras."""

from nermo_ros.skeleton.joint_set import JointSet
from nermo_ros.skeleton.recipes import CHEST_ABOVE_SPINE, EAR_CENTRE, NOSE

# k4abt_joint_id_t of the Azure Kinect body tracking SDK, also under Orbbec's wrapper of it.
# Trap: clavicles come before shoulders, hands before hips; nothing like the order of Kinect v2.
K4ABT32 = JointSet(
    'k4abt32',
    (
        'pelvis', 'spine_navel', 'spine_chest', 'neck',
        'l_clavicle', 'l_shoulder', 'l_elbow', 'l_wrist', 'l_hand', 'l_handtip', 'l_thumb',
        'r_clavicle', 'r_shoulder', 'r_elbow', 'r_wrist', 'r_hand', 'r_handtip', 'r_thumb',
        'l_hip', 'l_knee', 'l_ankle', 'l_foot', 'r_hip', 'r_knee', 'r_ankle', 'r_foot',
        'head', 'nose', 'l_eye', 'l_ear', 'r_eye', 'r_ear',
    ),
    recipes={'spine': 'spine_navel', 'chest': 'spine_chest'},
)  # fmt: skip

# ZED BODY_34: the 32 joints above in the same order, then the heels.
ZED34 = JointSet('zed34', (*K4ABT32.joints, 'l_heel', 'r_heel'), recipes=K4ABT32.recipes)

# ZED BODY_38. Trap: the message has room for 70 joints; those from 38 on are padding.
ZED38 = JointSet(
    'zed38',
    (
        'pelvis', 'spine_1', 'spine_2', 'spine_3', 'neck',
        'nose', 'l_eye', 'r_eye', 'l_ear', 'r_ear', 'l_clavicle', 'r_clavicle',
        'l_shoulder', 'r_shoulder', 'l_elbow', 'r_elbow', 'l_wrist', 'r_wrist',
        'l_hip', 'r_hip', 'l_knee', 'r_knee', 'l_ankle', 'r_ankle',
        'l_big_toe', 'r_big_toe', 'l_small_toe', 'r_small_toe', 'l_heel', 'r_heel',
        'l_thumb_tip', 'r_thumb_tip', 'l_index_knuckle', 'r_index_knuckle',
        'l_middle_tip', 'r_middle_tip', 'l_pinky_knuckle', 'r_pinky_knuckle',
    ),
    recipes={'spine': 'spine_1', 'chest': 'spine_3', **EAR_CENTRE},
    fallbacks=NOSE,
)  # fmt: skip

# JointType of Kinect for Windows SDK 2.0. Trap: the top of the spine and the tips of the hands
# come last, behind the legs.
KINECT25 = JointSet(
    'kinect25',
    (
        'spine_base', 'spine_mid', 'neck', 'head',
        'l_shoulder', 'l_elbow', 'l_wrist', 'l_hand', 'r_shoulder', 'r_elbow', 'r_wrist', 'r_hand',
        'l_hip', 'l_knee', 'l_ankle', 'l_foot', 'r_hip', 'r_knee', 'r_ankle', 'r_foot',
        'spine_shoulder', 'l_handtip', 'l_thumb', 'r_handtip', 'r_thumb',
    ),
    recipes={'pelvis': 'spine_base', 'spine': 'spine_mid', 'chest': 'spine_shoulder'},
)  # fmt: skip

# Nuitrack's JointType. Trap: index 0 is no joint; positions are in millimetres.
NUITRACK25 = JointSet(
    'nuitrack25',
    (
        'none', 'head', 'neck', 'torso', 'waist',
        'l_collar', 'l_shoulder', 'l_elbow', 'l_wrist', 'l_hand', 'l_fingertip',
        'r_collar', 'r_shoulder', 'r_elbow', 'r_wrist', 'r_hand', 'r_fingertip',
        'l_hip', 'l_knee', 'l_ankle', 'l_foot', 'r_hip', 'r_knee', 'r_ankle', 'r_foot',
    ),
    recipes={'pelvis': 'waist', 'spine': 'torso', **CHEST_ABOVE_SPINE},
)  # fmt: skip

# NVIDIA Maxine and DeepStream BodyPose3D. Trap: the neck stands between the knees and the ankles.
MAXINE34 = JointSet(
    'maxine34',
    (
        'pelvis', 'l_hip', 'r_hip', 'torso', 'l_knee', 'r_knee', 'neck', 'l_ankle', 'r_ankle',
        'l_big_toe', 'r_big_toe', 'l_small_toe', 'r_small_toe', 'l_heel', 'r_heel',
        'nose', 'l_eye', 'r_eye', 'l_ear', 'r_ear',
        'l_shoulder', 'r_shoulder', 'l_elbow', 'r_elbow', 'l_wrist', 'r_wrist',
        'l_pinky_knuckle', 'r_pinky_knuckle', 'l_middle_tip', 'r_middle_tip',
        'l_index_knuckle', 'r_index_knuckle', 'l_thumb_tip', 'r_thumb_tip',
    ),
    recipes={'spine': 'torso', **CHEST_ABOVE_SPINE, **EAR_CENTRE},
    fallbacks=NOSE,
)  # fmt: skip

DEPTH_SETS = (K4ABT32, ZED34, ZED38, KINECT25, NUITRACK25, MAXINE34)
