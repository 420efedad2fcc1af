# SPDX-License-Identifier: Apache-2.0
"""A planner as a process of its own: when each forecast is in its hands.

Listens until its standard input ends, then tells one JSON object: latencies_ms, from just before a
message's publication (its stamp) to the callback that has its forecast, the first for each stamp,
of those with the expected number of people; values, what the node's diagnostics said last. Its
executor is the node's: that of a planner in C++ is faster still, rclpy's own is not.
"""

import json
import sys
import threading
import time
from contextlib import suppress
from typing import Any

DEPTH = 100


def main(topic: str, people: str) -> None:
    """topic: of forecasts; people: how many must be in one."""
    import rclpy
    from diagnostic_msgs.msg import DiagnosticArray
    from nermo_ros.msg import PredictedSkeletonArray
    from rclpy.executors import ExternalShutdownException

    from nermo_ros.ros.messages_first import MessagesFirst

    latencies: dict[int, float] = {}
    values: dict[str, str] = {}

    def on_forecast(message: Any) -> None:
        received = time.time_ns()
        stamp = message.header.stamp.sec * 1_000_000_000 + message.header.stamp.nanosec
        if len(message.people) == int(people):
            latencies.setdefault(stamp, (received - stamp) / 1e6)

    def on_diagnostics(message: Any) -> None:
        values.update({pair.key: pair.value for s in message.status for pair in s.values})

    def spin() -> None:
        with suppress(ExternalShutdownException):
            executor.spin()

    rclpy.init()
    node = rclpy.create_node('bench_planner')
    node.create_subscription(PredictedSkeletonArray, topic, on_forecast, DEPTH)
    node.create_subscription(DiagnosticArray, '/diagnostics', on_diagnostics, DEPTH)
    executor = MessagesFirst(node)
    thread = threading.Thread(target=spin, daemon=True)
    thread.start()
    print(json.dumps({'ready': True}), flush=True)
    sys.stdin.read()
    executor.shutdown()
    thread.join()
    node.destroy_node()
    rclpy.try_shutdown()
    print(json.dumps({'latencies_ms': list(latencies.values()), 'values': values}), flush=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
