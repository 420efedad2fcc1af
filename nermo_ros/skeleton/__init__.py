# SPDX-License-Identifier: Apache-2.0
"""What a body is, as data: joint sets of every source, the canonical body, the maps between."""

from nermo_ros.skeleton.joint_set import Between, JointSet
from nermo_ros.skeleton.mapping import direct_indices, find_joint_set, to_body17
from nermo_ros.skeleton.sets import JOINT_SETS

__all__ = ['JOINT_SETS', 'Between', 'JointSet', 'direct_indices', 'find_joint_set', 'to_body17']
