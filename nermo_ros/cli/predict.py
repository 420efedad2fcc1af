# SPDX-License-Identifier: Apache-2.0
"""`nermo predict`: the node as a process of its own."""

import argparse


def main(argv: list[str]) -> int:
    """Run the node until it is told to stop; the exit status."""
    parser = argparse.ArgumentParser(
        prog='nermo predict',
        description='Run the node. It configures and activates itself unless autostart is false.',
        allow_abbrev=False,
        epilog='All else is ROS: --ros-args -r input:=/skeletons -p source:=kinect_markers ...',
    )
    parser.add_argument('--params-file', help='parameters as YAML, as config/predict.yaml')
    # ROS has a --params-file of its own, any number of times.
    start = argv.index('--ros-args') if '--ros-args' in argv else len(argv)
    own, ros = parser.parse_args(argv[:start]), argv[start:]
    if own.params_file:
        ros = ['--ros-args', '--params-file', own.params_file, *ros]
    try:
        from nermo_ros.ros.run import run
    except ImportError as error:
        parser.exit(1, f'nermo predict: {error}: source ROS 2 or pip install ros-rclpy\n')
    return run(ros)
