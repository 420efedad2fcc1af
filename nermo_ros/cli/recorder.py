# SPDX-License-Identifier: Apache-2.0
"""Hears what goes over topics, and keeps it as a bag."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEPTH = 1000  # messages that may wait to be heard


@dataclass(frozen=True)
class Heard:
    """One serialised message; sent, received: ns on the system clock, as the middleware tells."""

    topic: str
    sent: int
    received: int
    raw: bytes


class Recorder:
    """Subscribes with a node to topics (message class by name); heard fills while it is spun."""

    def __init__(self, node: Any, topics: dict[str, type]):
        self.heard: list[Heard] = []
        self._types = topics
        for topic, kind in topics.items():
            node.create_subscription(kind, topic, self._listener(topic), DEPTH, raw=True)

    def _listener(self, topic: str) -> Any:
        def listen(raw: bytes, info: dict) -> None:
            received = info.get('received_timestamp') or time.time_ns()
            self.heard.append(Heard(topic, info.get('source_timestamp', 0), received, raw))

        return listen

    def messages(self, topic: str) -> Iterator[tuple[Heard, Any]]:
        """Everything heard on a topic so far, with the message itself."""
        from rclpy.serialization import deserialize_message

        for heard in list(self.heard):
            if heard.topic == topic:
                yield heard, deserialize_message(heard.raw, self._types[topic])

    def save(self, folder: Path) -> None:
        """Writes a rosbag2 folder (mcap) in place of the one that may be there.

        Raises FileExistsError where something that is no bag is in the way.
        """
        from rosbags.rosbag2 import StoragePlugin, Writer

        if folder.exists():
            if not (folder / 'metadata.yaml').is_file():
                raise FileExistsError(f'{folder} is in the way and no bag: move it away')
            shutil.rmtree(folder)
        store = typestore()
        with Writer(folder, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
            connections = {
                topic: writer.add_connection(
                    '/' + topic.lstrip('/'), type_name(kind), typestore=store
                )
                for topic, kind in self._types.items()
            }
            for heard in sorted(self.heard, key=lambda heard: heard.received):
                writer.write(connections[heard.topic], heard.received, heard.raw)


def type_name(kind: type) -> str:
    """package/msg/Name of a generated message class."""
    return f'{kind.__module__.split(".")[0]}/msg/{kind.__name__}'


def typestore() -> Any:
    """What rosbags must know of types: ROS's own and this package's, as they are installed.

    Raises FileNotFoundError where the .msg files are not.
    """
    from rosbags.typesys import Stores, get_types_from_msg, get_typestore

    store, known = get_typestore(Stores.ROS2_KILTED), {}
    for file in sorted(installed_messages().glob('*.msg')):
        known.update(get_types_from_msg(file.read_text(), f'nermo_ros/msg/{file.stem}'))
    store.register(known)
    return store


def installed_messages() -> Path:
    """The folder of the package's .msg files, in the share folder beside the Python packages."""
    import nermo_ros.msg

    for prefix in Path(nermo_ros.msg.__file__).parents:
        folder = prefix / 'share' / 'nermo_ros' / 'msg'
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f'no share/nermo_ros/msg beside {nermo_ros.msg.__file__}: install nermo_ros again'
    )
