# SPDX-License-Identifier: Apache-2.0
"""What people did in a rosbag2 bag of nermo_ros/SkeletonArray, read without ROS."""

from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.observation.mask import seen_states
from nermo_ros.observation.observation import JointState
from nermo_ros.skeleton.mapping import find_joint_set, to_body17

MESSAGE = 'nermo_ros/msg/SkeletonArray'
CONFIDENCE = 0.5  # below it a joint counts as missing, as in the node's own default
SUFFIXES = ('.mcap', '.db3')  # of files that are a bag by themselves

Samples = tuple[np.ndarray, np.ndarray]


def is_bag(path: Path) -> bool:
    """Whether this is a bag: a folder of `ros2 bag record`, or a single mcap or db3 file."""
    return path.suffix in SUFFIXES or (path / 'metadata.yaml').is_file()


def read_bag(path: Path, topic: str = '') -> dict[str, Samples]:
    """Everybody in a bag: id -> times (frames,) s, increasing, and body17 (frames, 17, 3) m.

    NaN where a joint was not observed. Times are the messages' stamps, or when they were recorded
    where they have none. topic: needed where several carry skeletons. Raises ValueError, which
    says what to do, where the bag cannot be read or has no skeletons, several topics or frames, or
    a camera's optical frame; ImportError without rosbags.
    """
    from rosbags.highlevel import AnyReader, AnyReaderError

    people: dict[str, dict[int, np.ndarray]] = {}
    frames = set()
    try:
        with AnyReader([path], default_typestore=_typestore()) as reader:
            connections = _connections(reader.connections, topic, path)
            for connection, received, raw in reader.messages(connections):
                message: Any = reader.deserialize(raw, connection.msgtype)
                if message.people:
                    frames.add(message.header.frame_id)
                    _take(message, received, people)
    except AnyReaderError as error:
        raise ValueError(f'{path} cannot be read as a bag: {error}') from error
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from error
    _check_frames(frames, path)
    return {person: _in_order(samples) for person, samples in people.items()}


def _typestore() -> Any:
    """What to read a bag with that does not say itself what its types are."""
    from rosbags.typesys import Stores, get_types_from_msg, get_typestore

    store, known = get_typestore(Stores.ROS2_KILTED), {}
    for name in ('Skeleton', 'SkeletonArray'):
        text = (_definitions() / f'{name}.msg').read_text()
        known.update(get_types_from_msg(text, f'nermo_ros/msg/{name}'))
    store.register(known)
    return store


def _definitions() -> Path:
    """The folder of the package's .msg files: of the sources, or of what was installed."""
    for prefix in Path(__file__).resolve().parents:
        for folder in (prefix / 'msg', prefix / 'share' / 'nermo_ros' / 'msg'):
            if (folder / 'SkeletonArray.msg').is_file():
                return folder
    raise ValueError('the .msg files of nermo_ros are not beside it: install nermo_ros again')


def _connections(connections: list[Any], topic: str, path: Path) -> list[Any]:
    skeletons = [one for one in connections if one.msgtype == MESSAGE]
    topics = sorted({one.topic for one in skeletons})
    chosen = [one for one in skeletons if one.topic.strip('/') == topic.strip('/')]
    if topic and not chosen:
        raise ValueError(
            f'no {MESSAGE} on topic {topic!r}: it has {", ".join(topics) or "none at all"}'
        )
    if not topics:
        raise ValueError(f'no topic has {MESSAGE}: record the skeletons as this package has them')
    if not topic and len(topics) > 1:
        raise ValueError(f'several topics have skeletons, choose one of {", ".join(topics)}')
    return chosen or skeletons


def _take(message: Any, received: int, people: dict[str, dict[int, np.ndarray]]) -> None:
    """Add what a message shows to the samples by stamp [ns] of each person."""
    stamp = message.header.stamp.sec * 10**9 + message.header.stamp.nanosec or received
    joint_set = find_joint_set(message.joint_names)
    joints = len(joint_set.joints)
    for skeleton in message.people:
        size = len(skeleton.positions)
        if size != 3 * joints:
            raise ValueError(
                f'person {skeleton.id!r} has {size} positions, joint_names asks for {3 * joints}'
            )
        positions, states = seen_states(
            np.reshape(skeleton.positions, (joints, 3)),
            skeleton.confidences if len(skeleton.confidences) else None,
            skeleton.states if len(skeleton.states) else None,
            confidence_threshold=CONFIDENCE,
        )
        body, states, _ = to_body17(joint_set, positions, states, np.ones(joints))
        body[states < JointState.OBSERVED] = np.nan
        people.setdefault(skeleton.id, {})[stamp] = body


def _check_frames(frames: set[str], path: Path) -> None:
    if len(frames) > 1:
        raise ValueError(
            f'{path} has skeletons in the frames {", ".join(sorted(frames))}: record one frame'
        )
    if any('optical' in frame for frame in frames):
        raise ValueError(
            f'{path} has skeletons in {frames.pop()}, whose z axis does not point up: record the '
            "node's repaired_skeletons, which are in a frame with z up"
        )


def _in_order(samples: dict[int, np.ndarray]) -> Samples:
    stamps = sorted(samples)
    times = (np.array(stamps) - stamps[0]) / 1e9
    return times, np.stack([samples[stamp] for stamp in stamps])
