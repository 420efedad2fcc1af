# SPDX-License-Identifier: Apache-2.0
"""Recipes that several joint sets share."""

from nermo_ros.skeleton.joint_set import Between

# Heights above the pelvis of the CMU motion capture rig at rest: spine 2.05, chest 4.12, neck 5.69
# (nodes 14, 15, 17; sums of its BVH offsets, in its own units).
SPINE = 2.0545 / 5.6860
CHEST = 4.1189 / 5.6860

HIP_CENTRE = {'pelvis': ('l_hip', 'r_hip')}
SHOULDER_CENTRE = {'neck': ('l_shoulder', 'r_shoulder')}
TRUNK = {'spine': Between('pelvis', 'neck', SPINE), 'chest': Between('pelvis', 'neck', CHEST)}
CHEST_ABOVE_SPINE = {'chest': Between('spine', 'neck', (CHEST - SPINE) / (1 - SPINE))}

# The nose is a hand's breadth in front of the point between the ears: good for want of a better.
EAR_CENTRE = {'head': ('l_ear', 'r_ear')}
NOSE = {'head': 'nose'}
