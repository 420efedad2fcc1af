# SPDX-License-Identifier: Apache-2.0
import signal
import subprocess
import sys
import time

TOPICS = ('predicted_skeletons', 'repaired_skeletons', 'markers')
# Hears until it is stopped; says so when every topic has somebody who publishes.
SUBSCRIBER = """
import sys
import rclpy
from nermo_ros.msg import PredictedSkeletonArray, SkeletonArray
from rclpy.node import Node
from visualization_msgs.msg import MarkerArray

rclpy.init()
node = Node('frozen')
kinds = (PredictedSkeletonArray, SkeletonArray, MarkerArray)
for topic, kind in zip(sys.argv[1:], kinds):
    node.create_subscription(kind, topic, lambda message: None, 10)
while not all(node.count_publishers(topic) for topic in sys.argv[1:]):
    rclpy.spin_once(node, timeout_sec=0.05)
print('ready', flush=True)
rclpy.spin(node)
"""


def test_subscribers_that_do_not_answer_are_waited_for_once(running):
    graph, node, camera, heard = running
    frozen = subprocess.Popen([sys.executable, '-c', SUBSCRIBER, *TOPICS], stdout=subprocess.PIPE)
    try:
        matched = [output for output in node._outputs if output.topic in TOPICS]
        assert frozen.stdout.readline() == b'ready\n'
        assert graph.spin(lambda: sum(output.heard for output in matched) == 3)
        graph.feed(camera, heard)
        frozen.send_signal(signal.SIGSTOP)
        graph.feed(camera, heard)
        node.trigger_deactivate()
        began = time.monotonic()
        node.trigger_cleanup()
        assert 0.4 < time.monotonic() - began < 1.2  # three times 0.5 if each waited by itself
    finally:
        frozen.kill()
        frozen.wait()
        frozen.stdout.close()
