# SPDX-License-Identifier: Apache-2.0
import threading
import time

import pytest
from builtin_interfaces.msg import Time
from rcl_interfaces.srv import ListParameters
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock
from std_msgs.msg import String

from nermo_ros.ros.messages_first import LONGEST, MessagesFirst


@pytest.fixture
def alone(graph):
    """(graph, a node that the graph does not spin, its executor)."""
    node = Node('alone', context=graph.context)
    executor = MessagesFirst(node)
    yield graph, node, executor
    executor.shutdown()
    node.destroy_node()


def until(executor, holds, seconds=5.0):
    end = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        executor.spin_once(timeout_sec=0.02)
    return bool(held)


def matched(graph, executor, topic='words'):
    publisher = graph.peer.create_publisher(String, topic, 10)
    assert until(executor, publisher.get_subscription_count), 'never matched'
    return publisher


def test_hands_over_messages_in_order_with_their_info_where_it_is_wanted(alone):
    graph, node, executor = alone
    plain, informed = [], []
    node.create_subscription(String, 'words', lambda m: plain.append(m.data), 10)
    node.create_subscription(String, 'words', lambda m, info: informed.append((m.data, info)), 10)
    publisher = matched(graph, executor)
    for word in 'abc':
        publisher.publish(String(data=word))
    assert until(executor, lambda: len(plain) == len(informed) == 3)
    assert plain == [word for word, _ in informed] == list('abc')
    assert all(info['received_timestamp'] > 0 for _, info in informed)


def test_a_subscription_may_come_and_go(alone):
    graph, node, executor = alone
    heard = []
    executor.spin_once(timeout_sec=0)
    subscription = node.create_subscription(String, 'words', heard.append, 10)
    publisher = matched(graph, executor)
    publisher.publish(String(data='a'))
    assert until(executor, lambda: heard)
    node.destroy_subscription(subscription)
    publisher.publish(String(data='b'))
    assert not until(executor, lambda: len(heard) > 1, 0.2)


def test_a_callback_may_take_its_own_subscription_away(alone):
    graph, node, executor = alone
    heard = []

    def once(message):
        heard.append(message)
        node.destroy_subscription(first)

    first = node.create_subscription(String, 'words', once, 10)
    node.create_subscription(String, 'words', heard.append, 10)
    matched(graph, executor).publish(String(data='a'))
    assert until(executor, lambda: len(heard) == 2)


def test_a_callback_may_take_another_subscription_away(alone):
    graph, node, executor = alone
    heard = []

    def only(message):
        heard.append(message)
        for each in set(node.subscriptions) - {kept}:
            node.destroy_subscription(each)

    kept = node.create_subscription(String, 'words', only, 10)
    node.create_subscription(String, 'words', heard.append, 10)
    publisher = matched(graph, executor)
    for word in 'ab':
        publisher.publish(String(data=word))
    assert until(executor, lambda: len(heard) == 2)
    assert not until(executor, lambda: len(heard) > 2, 0.2)


def test_timers_and_services_are_served_while_messages_keep_coming(alone):
    graph, node, executor = alone
    ticks, asked = [], []
    publisher = graph.peer.create_publisher(String, 'words', 10)

    def answer(request, response):
        asked.append(request)
        return response

    node.create_subscription(String, 'words', publisher.publish, 10)
    node.create_timer(0.01, lambda: ticks.append(0))
    node.create_service(ListParameters, 'ask', answer)
    client = graph.peer.create_client(ListParameters, 'ask')
    assert until(executor, publisher.get_subscription_count) and client.wait_for_service(5.0)
    publisher.publish(String(data='for ever'))
    assert until(executor, lambda: len(ticks) > 10)
    future = client.call_async(ListParameters.Request())
    assert until(executor, lambda: asked)
    assert graph.spin(future.done)


def test_a_timer_follows_a_simulated_clock(graph):
    simulated = Parameter('use_sim_time', value=True)
    node = Node('alone', context=graph.context, parameter_overrides=[simulated])
    executor, ticks = MessagesFirst(node), []
    clock = graph.peer.create_publisher(Clock, '/clock', 10)
    assert until(executor, clock.get_subscription_count)
    node.create_timer(1.0, lambda: ticks.append(node.get_clock().now().nanoseconds / 1e9))
    for seconds in range(10, 16):
        clock.publish(Clock(clock=Time(sec=seconds)))
        assert until(executor, lambda now=seconds: node.get_clock().now().nanoseconds == now * 1e9)
        until(executor, lambda: False, 0.05)
    assert len(ticks) in (5, 6) and ticks[-1] == 15
    executor.shutdown()
    node.destroy_node()


def test_an_error_of_a_callback_is_not_swallowed(alone):
    graph, node, executor = alone
    node.create_subscription(String, 'words', lambda m: 1 / 0, 10)
    matched(graph, executor).publish(String(data='a'))
    with pytest.raises(ZeroDivisionError):
        until(executor, lambda: False)


def test_waits_as_long_as_it_may(alone):
    _, node, executor = alone
    until(executor, lambda: False, 0.3)  # what the start left
    began = time.monotonic()
    executor.spin_once(timeout_sec=0.05)
    assert 0.04 < time.monotonic() - began < LONGEST


def test_spin_ends_with_a_shutdown(alone):
    _, _, executor = alone
    thread = threading.Thread(target=executor.spin)
    thread.start()
    time.sleep(0.05)
    executor.shutdown()
    thread.join(5 * LONGEST)
    assert not thread.is_alive()


def test_the_end_of_the_context_is_told(alone):
    graph, _, executor = alone
    threading.Timer(0.05, graph.context.try_shutdown).start()
    with pytest.raises(ExternalShutdownException):
        until(executor, lambda: False, 5.0)
