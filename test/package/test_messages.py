# SPDX-License-Identifier: Apache-2.0
"""Messages and service: documented to the last field, and the same type to bags as to rclpy."""

import array
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INTERFACES = sorted([*ROOT.glob('msg/*.msg'), *ROOT.glob('srv/*.srv')])
MESSAGES = [path.stem for path in INTERFACES if path.suffix == '.msg']
# What a number's comment must say: its unit, or that it is a share.
UNIT = re.compile(r'\[(m|s|rad)]|\b0\b.* to 1\b')
LENGTH_OR_EMPTY = re.compile(r'\bempty:|\bJ\b|\bK times')


def fields(path: Path) -> list[tuple[str, str, str]]:
    """Type, name and comment (the lines that continue it included) of each field and constant."""
    found: list[list[str]] = []
    for line in path.read_text().splitlines():
        code, _, comment = line.partition('#')
        if code.strip() and code.strip() != '---':
            kind, name = code.split()
            found.append([kind, name, comment.strip()])
        elif code and comment and found:
            found[-1][2] += ' ' + comment.strip()
    return [tuple(field) for field in found]


def constants(path: Path) -> list[str]:
    return [name for _, name, _ in fields(path) if '=' in name]


@pytest.mark.parametrize('path', INTERFACES, ids=lambda path: path.name)
def test_every_field_says_unit_frame_and_empty_meaning(path):
    assert fields(path), 'nothing read: the parser of this test is broken'
    for kind, name, comment in fields(path):
        assert comment, f'{path.name}: {name} has no comment'
        if kind.startswith('float'):
            assert UNIT.search(comment), f'{path.name}: {name} does not say its unit: {comment}'
        if kind.endswith('[]'):
            assert LENGTH_OR_EMPTY.search(comment), (
                f'{path.name}: {name}: length, empty? {comment}'
            )
        if kind == 'std_msgs/Header':
            assert 'stamp: ' in comment and 'frame_id: ' in comment, f'{path.name}: {comment}'


def test_interfaces_are_those_of_the_design():
    assert MESSAGES == [
        'PredictedSkeleton',
        'PredictedSkeletonArray',
        'Skeleton',
        'SkeletonArray',
    ]
    assert [path.stem for path in INTERFACES if path.suffix == '.srv'] == ['PredictAt']
    assert constants(ROOT / 'msg/Skeleton.msg') == ['MISSING=0', 'INFERRED=1', 'OBSERVED=2']


@pytest.fixture(scope='module')
def typestore():
    """What a program without ROS knows of our types: the .msg files and the standard ones."""
    pytest.importorskip('rosbags', reason='bags are read and written with rosbags')
    from rosbags.typesys import Stores, get_types_from_msg, get_typestore

    store = get_typestore(Stores.ROS2_KILTED)
    known = {}
    for name in MESSAGES:
        text = (ROOT / f'msg/{name}.msg').read_text()
        known.update(get_types_from_msg(text, f'nermo_ros/msg/{name}'))
    store.register(known)
    return store


@pytest.fixture(scope='module')
def hashes() -> dict[str, str]:
    """The hash that rclpy announces for each message type to the graph."""
    import rclpy

    from nermo_ros import msg

    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.create_node('type_hashes', context=context)
    found = {}
    for name in MESSAGES:
        node.create_publisher(getattr(msg, name), f'hash/{name}', 1)
        (info,) = node.get_publishers_info_by_topic(f'hash/{name}')
        found[name] = str(info.topic_type_hash)
    node.destroy_node()
    rclpy.shutdown(context=context)
    return found


def filled() -> dict:
    """One message of each type with something in every field, in numbers that float32 holds."""
    from builtin_interfaces.msg import Time
    from nermo_ros.msg import PredictedSkeleton, PredictedSkeletonArray, Skeleton, SkeletonArray
    from std_msgs.msg import Header

    header = Header(stamp=Time(sec=12, nanosec=345), frame_id='camera')
    positions = array.array('f', [0.125, -0.25, 1.5, float('inf'), 0.0, 2.0])
    person = Skeleton(
        id='7', positions=positions, confidences=[0.5, 1.0], states=[Skeleton.MISSING, 2]
    )
    forecast = PredictedSkeleton(
        id='Grüße',
        status=PredictedSkeleton.PARTIAL,
        observation_age=0.03125,
        observed_fraction=[0.25, 1.0],
        positions=positions,
        radii=[0.0625, 0.125],
    )
    return {
        'Skeleton': person,
        'SkeletonArray': SkeletonArray(
            header=header, joint_names=['pelvis', 'neck'], people=[person, Skeleton(id='8')]
        ),
        'PredictedSkeleton': forecast,
        'PredictedSkeletonArray': PredictedSkeletonArray(
            header=header,
            age=0.0625,
            latency=0.001953125,
            model='body17 1',
            joint_names=['pelvis', 'neck'],
            times_from_start=[0.5],
            people=[forecast],
        ),
    }


def test_filled_messages_are_of_every_type():
    assert sorted(filled()) == MESSAGES


@pytest.mark.parametrize('storage', ['MCAP', 'SQLITE3'])
def test_bag_carries_our_type_hash_and_reads_back_equal(tmp_path, typestore, hashes, storage):
    from rclpy.serialization import deserialize_message, serialize_message
    from rosbags.rosbag2 import Reader, StoragePlugin, Writer

    messages = filled()
    bag = tmp_path / 'bag'
    with Writer(bag, version=9, storage_plugin=StoragePlugin[storage]) as writer:
        for stamp, (name, message) in enumerate(messages.items()):
            kind = f'nermo_ros/msg/{name}'
            connection = writer.add_connection(f'/{name}', kind, typestore=typestore)
            own = typestore.deserialize_cdr(serialize_message(message), kind)
            writer.write(connection, stamp, typestore.serialize_cdr(own, kind))

    with Reader(bag) as reader:
        digests = {c.topic[1:]: c.digest for c in reader.connections}
        read = {c.topic[1:]: raw for c, _, raw in reader.messages()}
    assert digests == hashes
    assert all(value.startswith('RIHS01_') for value in hashes.values())
    back = {name: deserialize_message(raw, type(messages[name])) for name, raw in read.items()}
    assert back == messages
