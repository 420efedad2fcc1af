# SPDX-License-Identifier: Apache-2.0
"""Plays what a camera saw as the messages of a skeleton source, in real time."""

import time
from collections.abc import Iterable, Sequence

import rclpy
from rclpy.context import Context
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy

from nermo_ros.recordings.camera import Frame
from nermo_ros.ros.flush import flush
from nermo_ros.ros.sources import SOURCES
from nermo_ros.ros.sources.source import NANOSECONDS
from nermo_ros.skeleton.sets import JOINT_SETS

POLL = 0.02  # seconds between two looks at whether someone subscribes
FLUSH = 2.0  # seconds for the last messages to arrive


def published_ids(people: Sequence[str], source: str) -> dict[str, str]:
    """The id by which each person of a recording goes out of a source's topic.

    Sources with numeric ids number people from 1; a source of one person a topic takes the first.
    """
    row = SOURCES[source]
    shown = people if row.many_people else people[:1]
    return {
        person: str(number) if row.numeric_ids else person
        for number, person in enumerate(shown, start=1)
    }


class Player(Node):
    """Publishes frames as one source's messages.

    frames: times increasing, seconds; people: everybody who may be in them; source: key of
    SOURCES; joint_set: key of JOINT_SETS, empty: the source's own, else body17; frame_id: that the
    positions are in; topic: empty: the source's usual one; reliable: False: best effort; ids: see
    published_ids(). Raises ValueError on an unknown source or
    joint set, and on a source that cannot be played.
    """

    def __init__(
        self,
        frames: Iterable[Frame],
        people: Sequence[str],
        *,
        source: str = 'skeleton_array',
        joint_set: str = '',
        frame_id: str = 'world',
        topic: str = '',
        reliable: bool = True,
        context: Context | None = None,
    ):
        if source not in SOURCES:
            raise ValueError(f'no source {source!r}: choose from {", ".join(SOURCES)}')
        row = SOURCES[source]
        joint_set = joint_set or row.joint_set or 'body17'
        if joint_set not in JOINT_SETS:
            raise ValueError(f'no joint set {joint_set!r}: choose from {", ".join(JOINT_SETS)}')
        if row.write is None:
            raise ValueError(f'{source} cannot be played: people are not in its messages')
        super().__init__('player', context=context)
        self.ids = published_ids(people, source)
        self._frames = frames
        self._write = row.write
        self._joint_set = JOINT_SETS[joint_set]
        self._frame_id = frame_id
        reliability = ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT
        self._publisher = self.create_publisher(
            row.message_type(), topic or row.topic, QoSProfile(depth=10, reliability=reliability)
        )

    def play(self, wait: float = 10.0) -> list[tuple[int, float]]:
        """Publishes every frame when due; returns (stamp [ns], recording time [s]) of each.

        Waits for a subscription first: TimeoutError, which says what to look at, if none matches
        within `wait` seconds. A frame's stamp is the node clock's time at the start plus the
        frame's own; the pace is the steady clock's, so that it plays in real time only. Ends early
        when the context is shut down.
        """
        self._wait_for_subscription(wait)
        played: list[tuple[int, float]] = []
        steady, stamps = time.monotonic(), self.get_clock().now().nanoseconds
        for frame in self._frames:
            time.sleep(max(0.0, steady + frame.time - time.monotonic()))
            if not rclpy.ok(context=self.context):
                return played
            stamp = stamps + round(frame.time * NANOSECONDS)
            people = {
                self.ids[person]: positions
                for person, positions in frame.people.items()
                if person in self.ids
            }
            self._publisher.publish(self._write(people, self._joint_set, stamp, self._frame_id))
            played.append((stamp, frame.recording_time))
        flush(self._publisher, FLUSH)
        return played

    def _wait_for_subscription(self, wait: float) -> None:
        deadline = time.monotonic() + wait
        while not self._publisher.get_subscription_count():
            if not rclpy.ok(context=self.context) or time.monotonic() > deadline:
                raise TimeoutError(
                    f'nobody subscribed to {self._publisher.topic_name} within {wait:g} s: is the '
                    'node active, on this topic and in this ROS_DOMAIN_ID? (A reliable '
                    'subscription does not match a best-effort publisher.)'
                )
            time.sleep(POLL)
