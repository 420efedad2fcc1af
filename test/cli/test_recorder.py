# SPDX-License-Identifier: Apache-2.0
import pytest

pytest.importorskip('rclpy', reason='recording needs ROS 2')
pytest.importorskip('rosbags', reason='bags are of the demo extra')

import rclpy
from nermo_ros.msg import Skeleton, SkeletonArray
from rclpy.executors import SingleThreadedExecutor
from rclpy.serialization import serialize_message
from rosbags.rosbag2 import Reader

from nermo_ros.cli.recorder import Heard, Recorder, installed_messages, type_name, typestore


class Deaf:
    def create_subscription(self, *args, **keys):
        pass


@pytest.fixture
def recorder():
    recorder = Recorder(Deaf(), {'skeletons': SkeletonArray})
    for number in (2, 1):
        message = SkeletonArray(people=[Skeleton(id=str(number))])
        raw = serialize_message(message)
        recorder.heard.append(Heard('skeletons', 0, number * 10**9, raw))
    return recorder


def test_hears_messages_with_the_times_of_the_middleware():
    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.create_node('recording', context=context)
    recorder = Recorder(node, {'heard': SkeletonArray})
    publisher = node.create_publisher(SkeletonArray, 'heard', 10)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    for _ in range(200):
        if not recorder.heard:
            publisher.publish(SkeletonArray(joint_names=['pelvis']))
            executor.spin_once(timeout_sec=0.05)
    node.destroy_node()
    rclpy.shutdown(context=context)
    heard, message = next(recorder.messages('heard'))
    assert message.joint_names == ['pelvis']
    assert 0 < heard.sent <= heard.received
    assert not list(recorder.messages('other'))


def test_a_bag_is_in_order_and_read_without_ros(recorder, tmp_path):
    recorder.save(tmp_path / 'bag')
    with Reader(tmp_path / 'bag') as reader:
        store = typestore()
        read = [
            (c.topic, stamp, store.deserialize_cdr(raw, c.msgtype).people[0].id)
            for c, stamp, raw in reader.messages()
        ]
    assert read == [('/skeletons', 10**9, '1'), ('/skeletons', 2 * 10**9, '2')]
    assert list(tmp_path.glob('bag/*.mcap'))


def test_an_older_bag_is_replaced_but_nothing_else(recorder, tmp_path):
    recorder.save(tmp_path / 'bag')
    recorder.save(tmp_path / 'bag')
    (tmp_path / 'mine').mkdir()
    (tmp_path / 'mine' / 'thesis.txt').write_text('all of it')
    with pytest.raises(FileExistsError, match='move it away'):
        recorder.save(tmp_path / 'mine')
    assert (tmp_path / 'mine' / 'thesis.txt').is_file()


def test_types_are_those_installed():
    assert (installed_messages() / 'SkeletonArray.msg').is_file()
    assert type_name(SkeletonArray) == 'nermo_ros/msg/SkeletonArray'
