# SPDX-License-Identifier: Apache-2.0
"""Latest wins: what else is queued behind a message, and when it came in."""

import time
from typing import Any

from rclpy.subscription import Subscription


def take_queued(subscription: Subscription, most: int) -> list[tuple[Any, dict]]:
    """Up to `most` further messages with their info, oldest first, without waiting.

    The executor takes one message a cycle; taken from the queue here as its Executor does, a slow
    cycle costs one late forecast and not one for each message that came in meanwhile.
    """
    queued = []
    with subscription.handle:
        while len(queued) < most:
            taken = subscription.handle.take_message(subscription.msg_type, False)
            if taken is None:
                break
            queued.append(taken)
    return queued


def arrival(info: dict) -> int:
    """Nanoseconds on time.perf_counter_ns at which the middleware received a message.

    The middleware tells it on the system clock; only the short wait since then is taken from
    there.
    """
    waited = time.time_ns() - info['received_timestamp']
    return time.perf_counter_ns() - min(max(waited, 0), 1_000_000_000)
