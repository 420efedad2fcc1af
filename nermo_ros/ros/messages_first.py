# SPDX-License-Identifier: Apache-2.0
"""An executor that hands over a message as soon as it is there."""

from contextlib import suppress
from typing import Any

from rclpy.exceptions import InvalidHandle
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.node import Node
from rclpy.subscription import Subscription

LONGEST = 0.2  # s, until rclpy looks after what does not wake: guards, events, a shutdown
NANOSECONDS = 1_000_000_000
OTHERS = ('timer', 'client', 'service')


class MessagesFirst(SingleThreadedExecutor):
    """A SingleThreadedExecutor of one node whose messages do not wait for it.

    Between a message and its callback rclpy's own looks through all of a node's entities and makes
    a task, which takes as long as a forecast; here it is called back at once, and the rest is left
    to rclpy. Callbacks of subscriptions are called in turn, whatever their group, and cannot be
    coroutines.
    """

    def __init__(self, node: Node):
        super().__init__(context=node.context)
        self.add_node(node)
        self._node = node
        self._sizes: tuple[int, ...] = ()
        self._wait_set: Any = None

    def spin_once(self, timeout_sec: float | None = None) -> None:
        """Wait for anything, LONGEST at most, and call back the messages that came, or one thing
        else. Raises ExternalShutdownException where the context has ended."""
        wait_set = self._awaited()
        seconds = LONGEST if timeout_sec is None else min(timeout_sec, LONGEST)
        wait_set.wait(max(0, int(seconds * NANOSECONDS)))
        if not self.context.ok():
            raise ExternalShutdownException()
        ready = set(wait_set.get_ready_entities('subscription'))
        if ready:
            there = [each for each in self._node.subscriptions if each.handle.pointer in ready]
            for subscription in there:
                _hand_over(subscription)
        if not ready or any(map(wait_set.get_ready_entities, OTHERS)):
            super().spin_once(0)

    def _awaited(self) -> Any:
        """rclpy's wait set of what the node has now; waiting empties it."""
        node = self._node
        kinds = node.subscriptions, node.timers, node.clients, node.services
        handles = [[entity.handle for entity in entities] for entities in kinds]
        sizes = tuple(map(len, handles))
        if sizes != self._sizes:
            subscriptions, timers, clients, services = self._sizes = sizes
            self._wait_set = rclpy_implementation.WaitSet(
                subscriptions, 0, timers, clients, services, 0, self.context.handle
            )
        wait_set = self._wait_set
        wait_set.clear_entities()
        adding = (
            wait_set.add_subscription,
            wait_set.add_timer,
            wait_set.add_client,
            wait_set.add_service,
        )
        for add, found in zip(adding, handles, strict=True):
            for handle in found:
                add(handle)
        return wait_set


def _hand_over(subscription: Subscription) -> None:
    """One message, as Executor._take_subscription does."""
    taken = None
    with suppress(InvalidHandle), subscription.handle:  # another's callback took it away
        taken = subscription.handle.take_message(subscription.msg_type, subscription.raw)
    if taken is None:
        return
    if subscription._callback_type is Subscription.CallbackType.MessageOnly:
        subscription.callback(taken[0])
    else:
        subscription.callback(*taken)
