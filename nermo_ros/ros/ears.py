# SPDX-License-Identifier: Apache-2.0
"""What the node hears."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rclpy.node import Node
from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription

from nermo_ros.ros.inputs import Input, needs_transforms
from nermo_ros.ros.newest import take_queued
from nermo_ros.ros.tf import StaticCache, open_transforms

# Best effort matches reliable publishers too.
QOS = QoSProfile(
    depth=10, history=HistoryPolicy.KEEP_LAST, reliability=ReliabilityPolicy.BEST_EFFORT
)


class Ears:
    """Everything that an active node hears: tf2, where the parameters want it, and the inputs.

    transforms: tf2, or None. Raises what Tf2 does; open() raises ImportError where a message
    package is not installed.
    """

    def __init__(self, node: Node, values: Mapping[str, Any]):
        self._node = node
        self._subscriptions: list[Subscription] = []
        self._tf2 = open_transforms(node) if needs_transforms(values) else None
        self.transforms = None if self._tf2 is None else StaticCache(self._tf2)

    def open(
        self,
        inputs: Sequence[Input],
        on_messages: Callable[[int, list[tuple[Any, dict]]], None],
    ) -> None:
        """Subscribes. on_messages: called with the index of the input and all of its messages that
        are there, oldest first, each with its info."""
        kinds = [one.source.message_type() for one in inputs]
        for index, (kind, one) in enumerate(zip(kinds, inputs, strict=True)):
            heard = self._hear(index, on_messages)
            self._subscriptions.append(self._node.create_subscription(kind, one.topic, heard, QOS))

    def _hear(self, index: int, on_messages: Callable[..., None]) -> Callable[[Any, dict], None]:
        def heard(message: Any, info: dict) -> None:
            queued = take_queued(self._subscriptions[index], QOS.depth)
            on_messages(index, [(message, info), *queued])

        return heard

    def clear(self) -> None:
        """Forget the transforms: the clock has jumped."""
        if self._tf2 is not None:
            self._tf2.clear()

    def close(self) -> None:
        """Hears no more."""
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)
        self._subscriptions = []
        if self._tf2 is not None:
            self._tf2.close()
            self._tf2 = self.transforms = None
