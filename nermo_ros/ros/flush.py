# SPDX-License-Identifier: Apache-2.0
"""The last messages of a topic, before it goes."""

from contextlib import suppress

from rclpy.duration import Duration
from rclpy.publisher import Publisher


def flush(publisher: Publisher, seconds: float) -> None:
    """Wait until its reliable subscribers have all that was sent, so long at most; not at all on a
    middleware that does not tell."""
    with suppress(RuntimeError):  # rclpy's RCLError
        publisher.wait_for_all_acked(Duration(seconds=seconds))
