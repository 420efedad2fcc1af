# SPDX-License-Identifier: Apache-2.0
"""Joint sets of body models and motion capture data."""

from nermo_ros.skeleton.joint_set import JointSet

# SMPL without the hands. Trap: left before right, torso joints in between.
SMPL24 = JointSet(
    'smpl24',
    (
        'pelvis', 'l_hip', 'r_hip', 'spine1', 'l_knee', 'r_knee', 'spine2', 'l_ankle', 'r_ankle',
        'spine3', 'l_foot', 'r_foot', 'neck', 'l_collar', 'r_collar', 'head',
        'l_shoulder', 'r_shoulder', 'l_elbow', 'r_elbow', 'l_wrist', 'r_wrist', 'l_hand', 'r_hand',
    ),
    recipes={'spine': 'spine1', 'chest': 'spine3'},
)  # fmt: skip

# Human3.6M in full. Traps: the right leg comes first but the left arm; the rig's names run one
# bone ahead (its foot is the ankle, its arm the shoulder); 11, 16, 20, 23, 24, 28, 31 are copies.
H36M32 = JointSet(
    'h36m32',
    (
        'pelvis', 'r_hip', 'r_knee', 'r_ankle', 'r_toe_base', 'r_toe_end',
        'l_hip', 'l_knee', 'l_ankle', 'l_toe_base', 'l_toe_end',
        'spine_root', 'spine', 'thorax', 'neck_nose', 'head',
        'l_collar', 'l_shoulder', 'l_elbow', 'l_wrist',
        'l_thumb', 'l_thumb_end', 'l_hand', 'l_hand_end',
        'r_collar', 'r_shoulder', 'r_elbow', 'r_wrist',
        'r_thumb', 'r_thumb_end', 'r_hand', 'r_hand_end',
    ),
    recipes={'chest': 'thorax', 'neck': 'thorax'},
)  # fmt: skip

# Human3.6M's usual 17, indices 0-3, 6-8, 12-15, 17-19 and 25-27 of the above. Traps: the right leg
# comes first but the left arm; some repositories have the legs the other way round.
H36M17 = JointSet(
    'h36m17',
    (
        'pelvis', 'r_hip', 'r_knee', 'r_ankle', 'l_hip', 'l_knee', 'l_ankle',
        'spine', 'thorax', 'neck_nose', 'head',
        'l_shoulder', 'l_elbow', 'l_wrist', 'r_shoulder', 'r_elbow', 'r_wrist',
    ),
    recipes=H36M32.recipes,
)  # fmt: skip

# CMU motion capture as rigged in BVH, end sites included. Trap: the rig's names run one bone ahead
# (Hips 0 is the pelvis, LeftUpLeg 2 the hip, LeftFoot 4 the ankle, LeftArm 21 the shoulder,
# LeftHand 23 the wrist, Spine1 15 the chest, Neck1 17 the neck).
CMU38 = JointSet(
    'cmu38',
    (
        'pelvis', 'l_hip_root', 'l_hip', 'l_knee', 'l_ankle', 'l_toe_base', 'l_toe_end',
        'r_hip_root', 'r_hip', 'r_knee', 'r_ankle', 'r_toe_base', 'r_toe_end',
        'lower_back', 'spine', 'chest', 'neck_root', 'neck', 'head', 'head_end',
        'l_collar', 'l_shoulder', 'l_elbow', 'l_wrist',
        'l_finger_base', 'l_index', 'l_index_end', 'l_thumb', 'l_thumb_end',
        'r_collar', 'r_shoulder', 'r_elbow', 'r_wrist',
        'r_finger_base', 'r_index', 'r_index_end', 'r_thumb', 'r_thumb_end',
    ),
)  # fmt: skip

# OptiTrack Motive's skeleton of 21 bones, each where it begins, by Motive's names. Traps:
# LShoulder is the clavicle, LUArm the shoulder, LThigh the hip; Hip, without a side, the pelvis.
MOTIVE = {
    'Hip': 'pelvis', 'Ab': 'spine', 'Chest': 'chest', 'Neck': 'neck', 'Head': 'head',
    'LShoulder': 'l_clavicle', 'LUArm': 'l_shoulder', 'LFArm': 'l_elbow', 'LHand': 'l_wrist',
    'RShoulder': 'r_clavicle', 'RUArm': 'r_shoulder', 'RFArm': 'r_elbow', 'RHand': 'r_wrist',
    'LThigh': 'l_hip', 'LShin': 'l_knee', 'LFoot': 'l_ankle', 'LToe': 'l_toe',
    'RThigh': 'r_hip', 'RShin': 'r_knee', 'RFoot': 'r_ankle', 'RToe': 'r_toe',
}  # fmt: skip
MOTIVE21 = JointSet('motive21', tuple(MOTIVE.values()))

CAPTURE_SETS = (SMPL24, H36M32, H36M17, CMU38, MOTIVE21)
