# SPDX-License-Identifier: Apache-2.0
"""Keeps the tests' ROS graph to this process and its children, and their libraries to one thread.

Runs before any test module, hence before rclpy reads its environment.
"""

import os

os.environ['ROS_DOMAIN_ID'] = str(os.getpid() % 100 + 1)
os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
os.environ['OMP_NUM_THREADS'] = '1'
