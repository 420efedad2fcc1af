# SPDX-License-Identifier: Apache-2.0
"""Keeps the tests' ROS graph to this process and its children, their libraries to one thread, and
the engines that they build to this folder.

Runs before any test module, hence before rclpy reads its environment.
"""

import os
from pathlib import Path

os.environ['ROS_DOMAIN_ID'] = str(os.getpid() % 100 + 1)
os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
os.environ['OMP_NUM_THREADS'] = '1'
os.environ['NERMO_ENGINE_CACHE'] = str(Path(__file__).parents[1] / '.pytest_cache' / 'engines')
