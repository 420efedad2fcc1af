# SPDX-License-Identifier: Apache-2.0
"""Hears what goes over topics, and keeps it as a bag."""

import re
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

DEPTH = 1000  # messages that may wait to be heard
PACKAGE = re.compile(r'^(\w+)/\w+', re.MULTILINE)  # of a field's type


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
        store = typestore({kind.__module__.split('.')[0] for kind in self._types.values()})
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


def typestore(packages: Iterable[str] = ()) -> Any:
    """What rosbags must know of types: ROS's own, this package's and those of other packages, as
    they are installed.

    Raises FileNotFoundError where the .msg files are not.
    """
    from rosbags.typesys import Stores, get_types_from_msg, get_typestore

    store, known = get_typestore(Stores.ROS2_KILTED), {}
    shipped = {name.split('/')[0] for name in store.fielddefs}
    wanted, found = {'nermo_ros', *packages} - shipped, set()
    while wanted - found:
        package = min(wanted - found)
        found.add(package)
        for file in sorted(installed_messages(package).glob('*.msg')):
            text = file.read_text()
            known.update(get_types_from_msg(text, f'{package}/msg/{file.stem}'))
            wanted |= set(PACKAGE.findall(text)) - shipped
    store.register(known)
    return store


def installed_messages(package: str = 'nermo_ros') -> Path:
    """The folder of a package's .msg files, in the share folder beside the Python packages."""
    module = import_module(f'{package}.msg').__file__
    for prefix in Path(module).parents:
        folder = prefix / 'share' / package / 'msg'
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f'no share/{package}/msg beside {module}: install {package} again')
