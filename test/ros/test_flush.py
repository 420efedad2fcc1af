# SPDX-License-Identifier: Apache-2.0
import time

from rclpy.qos import QoSProfile
from std_msgs.msg import String

from nermo_ros.ros.flush import flush


def test_what_was_sent_before_the_topic_went_arrives(graph):
    heard = graph.hear(String, 'words')
    publisher = graph.peer.create_publisher(String, 'words', QoSProfile(depth=50))
    assert graph.spin(publisher.get_subscription_count)
    for number in range(50):
        publisher.publish(String(data=str(number)))
    flush(publisher, 5.0)
    graph.peer.destroy_publisher(publisher)
    assert graph.spin(lambda: len(heard) == 50)


def test_nobody_is_waited_for_where_nobody_listens(graph):
    publisher = graph.peer.create_publisher(String, 'words', 10)
    publisher.publish(String(data='a'))
    began = time.monotonic()
    flush(publisher, 5.0)
    assert time.monotonic() - began < 1


def test_a_middleware_that_does_not_tell_stops_nothing():
    class Silent:
        def wait_for_all_acked(self, timeout):
            raise RuntimeError('unsupported')

    flush(Silent(), 5.0)
