# SPDX-License-Identifier: Apache-2.0
"""The node as a process: started, spun and stopped in order."""

import signal
import sys

import rclpy
from rclpy.exceptions import InvalidParameterTypeException, InvalidParameterValueException
from rclpy.executors import ExternalShutdownException
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.signals import SignalHandlerOptions

from nermo_ros.ros.messages_first import MessagesFirst
from nermo_ros.ros.node import PredictNode

POLL = 0.2  # s, within which a signal is noticed
ACTIVE = 'configured and activated'


def run(args: list[str]) -> int:
    """Spin the node until SIGINT or SIGTERM; the exit status.

    args: ROS arguments. Where the parameter autostart is true the node configures and activates
    itself first, and 1 is returned where it cannot.
    """
    stopping = []
    # rclpy's own handler would close the context before what was shown could be taken back.
    rclpy.init(args=['nermo', *args], signal_handler_options=SignalHandlerOptions.NO)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: stopping.append(number))
    try:
        node = PredictNode()
    except (InvalidParameterValueException, InvalidParameterTypeException) as error:
        print(f'nermo predict: {error}', file=sys.stderr)
        rclpy.try_shutdown()
        return 1
    executor = MessagesFirst(node)
    try:
        if node.parameters['autostart'] and not _started(node):
            return 1
        while not stopping and rclpy.ok():
            executor.spin_once(timeout_sec=POLL)
        node.trigger_shutdown()
    except ExternalShutdownException:
        pass
    finally:
        node.destroy_node()
        rclpy.try_shutdown()
    return 0


def _started(node: PredictNode) -> bool:
    success = TransitionCallbackReturn.SUCCESS
    started = node.trigger_configure() == success and node.trigger_activate() == success
    if started:
        node.get_logger().info(ACTIVE)
    return started
