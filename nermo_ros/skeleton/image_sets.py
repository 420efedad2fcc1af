# SPDX-License-Identifier: Apache-2.0
"""Joint sets that come from key points in images. None has a spine."""

from nermo_ros.skeleton.joint_set import JointSet
from nermo_ros.skeleton.recipes import EAR_CENTRE, HIP_CENTRE, NOSE, SHOULDER_CENTRE, TRUNK

# ZED BODY_18, which is COCO-18 of OpenPose. Trap: right before left throughout.
ZED18 = JointSet(
    'zed18',
    (
        'nose', 'neck',
        'r_shoulder', 'r_elbow', 'r_wrist', 'l_shoulder', 'l_elbow', 'l_wrist',
        'r_hip', 'r_knee', 'r_ankle', 'l_hip', 'l_knee', 'l_ankle',
        'r_eye', 'l_eye', 'r_ear', 'l_ear',
    ),
    recipes={**HIP_CENTRE, **TRUNK, **EAR_CENTRE},
    fallbacks=NOSE,
)  # fmt: skip

# Skeleton2D of hri_msgs. Trap: the body is right before left as in ZED BODY_18, but the eyes and
# the ears are left before right.
HRI18 = JointSet(
    'hri18',
    (*ZED18.joints[:14], 'l_eye', 'r_eye', 'l_ear', 'r_ear'),
    recipes=ZED18.recipes,
    fallbacks=ZED18.fallbacks,
)

# COCO key points, as of most networks. Traps: left before right throughout; the key point ids of
# yolo_ros count from 1, so that its id is the index here plus one.
COCO17 = JointSet(
    'coco17',
    (
        'nose', 'l_eye', 'r_eye', 'l_ear', 'r_ear', 'l_shoulder', 'r_shoulder',
        'l_elbow', 'r_elbow', 'l_wrist', 'r_wrist',
        'l_hip', 'r_hip', 'l_knee', 'r_knee', 'l_ankle', 'r_ankle',
    ),
    recipes={**HIP_CENTRE, **TRUNK, **SHOULDER_CENTRE, **EAR_CENTRE},
    fallbacks=NOSE,
)  # fmt: skip

# OpenPose BODY_25. Traps: right before left, but the left foot before the right one.
BODY25 = JointSet(
    'body25',
    (
        'nose', 'neck',
        'r_shoulder', 'r_elbow', 'r_wrist', 'l_shoulder', 'l_elbow', 'l_wrist',
        'mid_hip', 'r_hip', 'r_knee', 'r_ankle', 'l_hip', 'l_knee', 'l_ankle',
        'r_eye', 'l_eye', 'r_ear', 'l_ear',
        'l_big_toe', 'l_small_toe', 'l_heel', 'r_big_toe', 'r_small_toe', 'r_heel',
    ),
    recipes={'pelvis': 'mid_hip', **TRUNK, **EAR_CENTRE},
    fallbacks=NOSE,
)  # fmt: skip

# MediaPipe Pose. Trap: eyes of three points each, left ones first, then pairs, left before right.
MEDIAPIPE33 = JointSet(
    'mediapipe33',
    (
        'nose', 'l_eye_inner', 'l_eye', 'l_eye_outer', 'r_eye_inner', 'r_eye', 'r_eye_outer',
        'l_ear', 'r_ear', 'l_mouth', 'r_mouth', 'l_shoulder', 'r_shoulder',
        'l_elbow', 'r_elbow', 'l_wrist', 'r_wrist',
        'l_pinky', 'r_pinky', 'l_index', 'r_index', 'l_thumb', 'r_thumb',
        'l_hip', 'r_hip', 'l_knee', 'r_knee', 'l_ankle', 'r_ankle',
        'l_heel', 'r_heel', 'l_foot_index', 'r_foot_index',
    ),
    recipes=COCO17.recipes,
    fallbacks=COCO17.fallbacks,
)  # fmt: skip

# Links of REP 155's human model (human_description). Traps: the frame `body` is the pelvis, where
# `waist` stands too; `torso` is at the height of the shoulders, hence the neck.
HRI15 = JointSet(
    'hri15',
    (
        'body', 'torso', 'head',
        'l_shoulder', 'r_shoulder', 'l_elbow', 'r_elbow', 'l_wrist', 'r_wrist',
        'l_hip', 'r_hip', 'l_knee', 'r_knee', 'l_ankle', 'r_ankle',
    ),
    recipes={'pelvis': 'body', 'neck': 'torso', **TRUNK},
)  # fmt: skip

IMAGE_SETS = (ZED18, HRI18, HRI15, COCO17, BODY25, MEDIAPIPE33)
