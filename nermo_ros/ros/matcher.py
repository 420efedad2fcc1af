# SPDX-License-Identifier: Apache-2.0
"""Messages that belong together, by message_filters where it is installed."""

from types import SimpleNamespace
from typing import Any

from nermo_ros.observation.pairing import MOST, NANOSECONDS, Matcher, StampMatcher


def make_matcher(cameras: int, slop: float) -> Matcher:
    """ApproximateTimeSynchronizer of message_filters, else our own, which finds the same."""
    try:
        return FilterMatcher(cameras, slop)
    except ImportError:
        return StampMatcher(cameras, slop)


class FilterMatcher:
    """pairing.Matcher by message_filters, given stamps instead of messages, as those of several
    sources have no header of their own. Raises ImportError where it is not installed."""

    def __init__(self, cameras: int, slop: float):
        from message_filters import ApproximateTimeSynchronizer, SimpleFilter

        self._filters = [SimpleFilter() for _ in range(cameras)]
        self._group: tuple[int, ...] | None = None
        # It needs two; one camera alone is never asked.
        self._synchronizer = ApproximateTimeSynchronizer(self._filters, MOST, slop)
        self._synchronizer.registerCallback(self._on_group)

    def _on_group(self, *tokens: Any) -> None:
        self._group = tuple(token.stamp for token in tokens)

    def add(self, camera: int, stamp: int) -> tuple[int, ...] | None:
        """See pairing.Matcher."""
        from builtin_interfaces.msg import Time

        seconds, rest = divmod(stamp, NANOSECONDS)
        header = SimpleNamespace(stamp=Time(sec=seconds, nanosec=rest))
        self._group = None
        self._filters[camera].signalMessage(SimpleNamespace(header=header, stamp=stamp))
        return self._group
