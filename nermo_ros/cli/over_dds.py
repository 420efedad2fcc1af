# SPDX-License-Identifier: Apache-2.0
"""A recording played to a node of another process, and everything heard of both."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

from nermo_ros.cli.demo_run import conditions
from nermo_ros.cli.node_process import NodeError, NodeProcess
from nermo_ros.cli.recorder import Recorder
from nermo_ros.recordings.camera import Frame

TOPIC = 'skeletons'
START = 60.0  # s, for the node to load its model and become active
POLL = 0.05  # s


@contextmanager
def player_and_recorder(
    frames: Iterable[Frame], people: tuple[str, ...], topics: Mapping[str, str]
) -> Iterator[tuple[Any, Recorder]]:
    """A player, and a recorder that hears what it plays on TOPIC, /diagnostics and the topics
    (package/msg/Name by topic)."""
    import rclpy
    from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor

    from nermo_ros.ros.player import Player

    def spin() -> None:
        with suppress(ExternalShutdownException):
            executor.spin()

    everything = {TOPIC: 'nermo_ros/msg/SkeletonArray', **topics}
    everything['/diagnostics'] = 'diagnostic_msgs/msg/DiagnosticArray'
    # Signals are for Python: the node must be stopped, whatever ends this.
    rclpy.init(signal_handler_options=rclpy.SignalHandlerOptions.NO)
    player = Player(frames, people, topic=TOPIC)
    recorder = Recorder(player, {topic: _type(name) for topic, name in everything.items()})
    executor = SingleThreadedExecutor()
    executor.add_node(player)
    thread = threading.Thread(target=spin, daemon=True)
    thread.start()
    try:
        yield player, recorder
    finally:
        executor.shutdown()
        thread.join()
        player.destroy_node()
        rclpy.try_shutdown()


def wait_until_active(node: NodeProcess, player: Any, recorder: Recorder) -> None:
    """Until the node says so, is heard, and listens besides the recorder; raises NodeError."""
    end = time.monotonic() + START
    while not _active(player, recorder):
        node.check()
        if time.monotonic() > end:
            raise NodeError(f'the node was not active within {START:g} s; {node.last_lines()}')
        time.sleep(POLL)


def _active(player: Any, recorder: Recorder) -> bool:
    states = [condition['state'] for condition in conditions(recorder)]
    heard = any(recorder.messages('predicted_skeletons'))
    return heard and 'active' in states and player.count_subscribers(TOPIC) > 1


def _type(name: str) -> type:
    package, _, kind = name.split('/')
    return getattr(import_module(f'{package}.msg'), kind)
