# SPDX-License-Identifier: Apache-2.0
"""All joint sets by name."""

from nermo_ros.skeleton import body17
from nermo_ros.skeleton.capture_sets import CAPTURE_SETS
from nermo_ros.skeleton.depth_sets import DEPTH_SETS
from nermo_ros.skeleton.image_sets import IMAGE_SETS
from nermo_ros.skeleton.joint_set import JointSet

BODY17 = JointSet('body17', body17.JOINTS)

JOINT_SETS: dict[str, JointSet] = {
    joint_set.name: joint_set for joint_set in (BODY17, *DEPTH_SETS, *IMAGE_SETS, *CAPTURE_SETS)
}
