# SPDX-License-Identifier: Apache-2.0
"""Where one frame stands in another at a given time, from tf2."""

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from nermo_ros.ros.rotations import Rigid, matrix

NANOSECONDS = 1_000_000_000
KEPT = 10.0  # s of transforms that tf2 remembers, its own default
# Seconds for which a static transform is not asked for again; one that is sent anew with other
# values, as after a calibration, counts from then on.
STATIC_FOR = 1.0


class TransformError(LookupError):
    """One frame cannot be told in another; early: only not yet, newer transforms may do it."""

    def __init__(self, text: str, *, early: bool = False):
        super().__init__(text)
        self.early = early


class Transforms(Protocol):
    """What the pipeline asks of tf2."""

    def at(self, target: str, source: str, stamp: int) -> Rigid:
        """The source frame in the target frame at `stamp`, int ns; raises TransformError."""

    def newest(self, target: str, source: str) -> int:
        """Newest stamp, int ns, at which at() can answer; 0: at any; raises TransformError."""


class StaticCache:
    """Transforms, of which the static ones are asked for once in STATIC_FOR seconds."""

    def __init__(self, transforms: Transforms, clock: Callable[[], float] = time.monotonic):
        self._transforms = transforms
        self._clock = clock
        self._asked: dict[tuple[str, str], float] = {}
        self._static: dict[tuple[str, str], Rigid] = {}

    def at(self, target: str, source: str, stamp: int) -> Rigid:
        """See Transforms."""
        way, now = (target, source), self._clock()
        fresh = now - self._asked.get(way, -np.inf) < STATIC_FOR
        if fresh and way in self._static:
            return self._static[way]
        rigid = self._transforms.at(target, source, stamp)
        if not fresh:
            self._static.pop(way, None)
            if self._transforms.newest(target, source) == 0:
                self._static[way] = rigid
            self._asked[way] = now
        return rigid

    def newest(self, target: str, source: str) -> int:
        """See Transforms."""
        return self._transforms.newest(target, source)


class Tf2:
    """Transforms by tf2_ros.

    The listener has a node and a thread of its own, so that however fast /tf is, the executor of
    the forecasts has nothing to do with it. Raises ImportError where tf2_ros is not installed.
    """

    def __init__(self, node: Any):
        from rclpy.duration import Duration
        from rclpy.executors import SingleThreadedExecutor
        from rclpy.node import Node
        from rclpy.parameter import Parameter
        from tf2_ros import Buffer, TransformListener

        sim_time = node.get_parameter('use_sim_time').value
        # The process's own arguments would rename this node too; only these remaps are meant.
        topics = [f'{topic}:={node.resolve_topic_name(topic)}' for topic in ('/tf', '/tf_static')]
        self._node = Node(
            f'{node.get_name()}_tf',
            namespace=node.get_namespace(),
            context=node.context,
            use_global_arguments=False,
            cli_args=['--ros-args', '-r', topics[0], '-r', topics[1]],
            start_parameter_services=False,
            parameter_overrides=[Parameter('use_sim_time', value=sim_time)],
        )
        self._buffer = Buffer(cache_time=Duration(seconds=KEPT))
        self._listener = TransformListener(self._buffer, self._node, spin_thread=False)
        self._executor = SingleThreadedExecutor(context=node.context)
        self._executor.add_node(self._node)
        self._thread = threading.Thread(target=self._spin, daemon=True, name='tf')
        self._thread.start()

    def _spin(self) -> None:
        from rclpy.executors import ExternalShutdownException, ShutdownException

        try:
            self._executor.spin()
        except (ExternalShutdownException, ShutdownException):
            return

    def at(self, target: str, source: str, stamp: int) -> Rigid:
        """See Transforms; never waits."""
        where = self._look_up(target, source, stamp).transform
        turn, shift = where.rotation, where.translation
        return Rigid(matrix(turn.x, turn.y, turn.z, turn.w), np.array([shift.x, shift.y, shift.z]))

    def newest(self, target: str, source: str) -> int:
        """See Transforms: asked for time 0, tf2 answers with the newest common stamp, and with 0
        where all of the way is static (geometry2, tf2/src/buffer_core.cpp)."""
        stamp = self._look_up(target, source, 0).header.stamp
        return stamp.sec * NANOSECONDS + stamp.nanosec

    def _look_up(self, target: str, source: str, stamp: int) -> Any:
        from rclpy.time import Time
        from tf2_ros import ExtrapolationException, TransformException

        try:
            return self._buffer.lookup_transform(target, source, Time(nanoseconds=stamp))
        except ExtrapolationException as error:
            raise TransformError(str(error), early=self._comes(target, source, stamp)) from error
        except TransformException as error:
            raise TransformError(str(error)) from error

    def _comes(self, target: str, source: str, stamp: int) -> bool:
        """Whether the stamp lies after what is known and not before it; tf2 has one exception."""
        from rclpy.time import Time
        from tf2_ros import TransformException

        try:
            newest = self._buffer.lookup_transform(target, source, Time()).header.stamp
        except TransformException:
            return False
        return newest.sec * NANOSECONDS + newest.nanosec < stamp

    def clear(self) -> None:
        """Forget what moved, as after a jump of the clock; tf2 keeps what is static."""
        self._buffer.clear()

    def close(self) -> None:
        """End the thread and take the node away."""
        self._executor.shutdown(timeout_sec=2.0)
        self._thread.join(timeout=2.0)
        self._node.destroy_node()


def open_transforms(node: Any) -> Tf2 | None:
    """Tf2 for a node, or None where tf2_ros is not installed."""
    try:
        import tf2_ros  # noqa: F401
    except ImportError:
        return None
    return Tf2(node)
