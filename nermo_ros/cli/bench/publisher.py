# SPDX-License-Identifier: Apache-2.0
"""A camera as a process of its own: publishes people in front of it at a rate.

Tells what it does as one JSON object a line: ready, matched (when somebody subscribed,
time.monotonic), playing, and played (how many messages).
"""

import argparse
import json
import sys
import time
from typing import Any

import numpy as np

SETTLE = 1.5  # s, from the first match to the first message, for all to find each other
FLUSH = 1.2  # s, for the last answers and the node's last diagnostics
POLL = 0.002  # s
SPACING = 2.0  # m, between the pairs of the recording
SHIFT = 0.7  # s, by which each pair is behind the one before
NOISE, DROP = 0.003, 0.1  # m; share of joints that a camera misses


def main(argv: list[str]) -> None:
    """Until all is published; see the options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('topic')
    parser.add_argument('--people', type=int, required=True)
    parser.add_argument('--rate', type=float, required=True, help='messages a second')
    parser.add_argument('--seconds', type=float, required=True)
    args = parser.parse_args(argv)

    import rclpy
    from nermo_ros.msg import SkeletonArray
    from rclpy.qos import QoSProfile, ReliabilityPolicy

    waiting = messages(args.people, args.rate, args.seconds)
    rclpy.init()
    node = rclpy.create_node('bench_camera')
    qos = QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT)
    publisher = node.create_publisher(SkeletonArray, args.topic, qos)
    tell(ready=True)
    while not publisher.get_subscription_count():
        time.sleep(POLL)
    tell(matched=time.monotonic())
    time.sleep(SETTLE)
    tell(playing=True)
    began = time.monotonic()
    for number, message in enumerate(waiting):
        time.sleep(max(0.0, began + number / args.rate - time.monotonic()))
        stamp = message.header.stamp
        stamp.sec, stamp.nanosec = divmod(time.time_ns(), 1_000_000_000)
        publisher.publish(message)
    tell(played=len(waiting))
    time.sleep(FLUSH)
    node.destroy_node()
    rclpy.try_shutdown()


def messages(people: int, rate: float, seconds: float) -> list[Any]:
    """SkeletonArrays of the recorded handover with a camera's noise and gaps, the two people
    again and again, each pair apart from the others in place and time; without stamps."""
    from nermo_ros.recordings.recording import load_recording
    from nermo_ros.ros.sources.skeleton_array import write
    from nermo_ros.skeleton.sets import JOINT_SETS

    recording = load_recording('handover')
    random = np.random.default_rng(0)
    found = []
    for number in range(round(rate * seconds)):
        seen = {}
        for person in range(people):
            pair, who = divmod(person, len(recording.people))
            at = (number / rate + SHIFT * pair) % recording.duration
            joints = recording.at(at)[who] + (SPACING * pair, 0, 0)
            joints += random.normal(0, NOISE, joints.shape)
            joints[random.random(len(joints)) < DROP] = np.nan
            seen[f'person{person}'] = joints.astype(np.float32)
        found.append(write(seen, JOINT_SETS['body17'], 0, 'world'))
    return found


def tell(**words: Any) -> None:
    """One line for the process that started this one."""
    print(json.dumps(words), flush=True)


if __name__ == '__main__':
    main(sys.argv[1:])
