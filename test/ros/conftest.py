# SPDX-License-Identifier: Apache-2.0
"""A small real model, and a graph of its own for each test."""

import importlib.util
import time
from pathlib import Path

import numpy as np
import pytest
import rclpy
import yaml
from nermo_ros.msg import PredictedSkeletonArray, Skeleton, SkeletonArray
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile, ReliabilityPolicy

from nermo_ros.skeleton.body17 import JOINTS

STEP_NS = 33_333_333
SPEED = 0.5  # m/s along x, at which the small model moves everything from where it was last seen


@pytest.fixture
def driver_messages(monkeypatch):
    """The message packages of the drivers: the installed ones, else plain stand-ins."""
    file = Path(__file__).with_name('stand_ins.py')
    spec = importlib.util.spec_from_file_location('stand_ins', file)
    stand_ins = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(stand_ins)
    stand_ins.install(monkeypatch)


@pytest.fixture(scope='session')
def tiny_model(tmp_path_factory):
    """Folder of a model that moves each joint of the last sample along x at SPEED."""
    onnx = pytest.importorskip('onnx', reason='onnx (train extra) writes the test model')
    helper, kind = onnx.helper, onnx.TensorProto
    joints = len(JOINTS)
    shapes = {
        'times': ['P', 'N'],
        'positions': ['P', 'N', joints, 3],
        'mask': ['P', 'N', joints],
        'query': ['P', 'Q'],
    }
    numbers = {
        'minus_one': np.array([-1], np.int64),
        'end': np.array([2**31], np.int64),
        'samples': np.array([1], np.int64),
        'last_axes': np.array([2, 3], np.int64),
        'velocity': np.array([[[[SPEED, 0, 0]]]], np.float32),
    }
    graph = helper.make_graph(
        [
            helper.make_node('Slice', ['positions', 'minus_one', 'end', 'samples'], ['last']),
            helper.make_node('Unsqueeze', ['query', 'last_axes'], ['ahead']),
            helper.make_node('Mul', ['ahead', 'velocity'], ['moved']),
            helper.make_node('Add', ['last', 'moved'], ['forecast']),
        ],
        'tiny',
        [helper.make_tensor_value_info(n, kind.FLOAT, s) for n, s in shapes.items()],
        [helper.make_tensor_value_info('forecast', kind.FLOAT, ['P', 'Q', joints, 3])],
        [onnx.numpy_helper.from_array(value, name) for name, value in numbers.items()],
    )
    folder = tmp_path_factory.mktemp('tiny')
    opset = [helper.make_opsetid('', 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), folder / 'model.onnx')
    card = {'name': 'tiny', 'version': '7', 'joints': list(JOINTS)}
    card |= {'history': 1.0, 'past': 1.0, 'horizon': 1.0, 'samples': 16}
    (folder / 'model.yaml').write_text(yaml.safe_dump(card))
    return folder


class Graph:
    """Nodes in a context of their own, spun in this thread."""

    def __init__(self, model):
        self.model = model
        self.context = rclpy.Context()
        rclpy.init(context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.nodes = []
        self.peer = self.add(Node('peer', context=self.context))
        self.stamp = None

    def add(self, node):
        self.executor.add_node(node)
        self.nodes.append(node)
        return node

    def predictor(self, namespace='', up_to='active', **parameters):
        """A PredictNode with the small model, taken up to a lifecycle state."""
        from nermo_ros.ros.node import PredictNode

        overrides = {'model': str(self.model), 'backend': 'onnxruntime', **parameters}
        node = self.add(
            PredictNode(
                context=self.context,
                namespace=namespace,
                parameter_overrides=[Parameter(n, value=v) for n, v in overrides.items()],
            )
        )
        if up_to != 'unconfigured':
            node.trigger_configure()
        if up_to == 'active':
            node.trigger_activate()
        assert node.state() == up_to
        return node

    def spin(self, until, seconds=5.0):
        """Spin until a condition holds; False if it does not in time."""
        end = time.monotonic() + seconds
        while not (held := until()) and time.monotonic() < end:
            self.executor.spin_once(timeout_sec=0.02)
        return bool(held)

    def hear(self, message_type, topic, depth=50):
        """A list that fills with what is published."""
        heard = []
        self.peer.create_subscription(message_type, topic, heard.append, depth)
        return heard

    def camera(self, topic='input', reliable=True, message_type=SkeletonArray):
        """A publisher that is matched."""
        kind = ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT
        qos = QoSProfile(depth=10, reliability=kind)
        publisher = self.peer.create_publisher(message_type, topic, qos)
        assert self.spin(lambda: publisher.get_subscription_count()), 'never matched'
        return publisher

    def skeletons(self, ids=('ada',), *, frame='world', missing=(), stamp=None, x=0.0):
        """People at `x` m, a metre apart along y; a camera's step after the one before,
        a second late."""
        if stamp is None:
            now = self.peer.get_clock().now().nanoseconds
            stamp = now - 10**9 if self.stamp is None else self.stamp + STEP_NS
        self.stamp = stamp
        message = SkeletonArray(joint_names=JOINTS)
        message.header.frame_id = frame
        message.header.stamp.sec, message.header.stamp.nanosec = divmod(stamp, 10**9)
        for row, person in enumerate(ids):
            positions = np.tile(np.array([x, row, 0.0], np.float32), (len(JOINTS), 1))
            positions[:, 2] = 0.1 * np.arange(1, len(JOINTS) + 1)
            positions[list(missing)] = np.nan
            message.people.append(Skeleton(id=person, positions=positions.ravel()))
        return message

    def feed(self, publisher, heard, count=5, **kwargs):
        """Publish and wait for each one's forecast; returns the last forecast."""
        for _ in range(count):
            had = len(heard)
            publisher.publish(self.skeletons(**kwargs))
            assert self.spin(lambda had=had: len(heard) > had), 'no forecast'
        return heard[-1]

    def close(self):
        for node in self.nodes:
            if hasattr(node, 'trigger_shutdown') and node.state() != 'finalized':
                node.trigger_shutdown()
            node.destroy_node()
        self.executor.shutdown()
        self.context.try_shutdown()


@pytest.fixture
def graph(tiny_model):
    graph = Graph(tiny_model)
    yield graph
    graph.close()


@pytest.fixture
def running(graph):
    """A graph with an active node: graph, node, camera, forecasts heard."""
    node = graph.predictor()
    heard = graph.hear(PredictedSkeletonArray, 'predicted_skeletons')
    camera = graph.camera()
    assert graph.spin(lambda: graph.peer.count_publishers('predicted_skeletons'))
    return graph, node, camera, heard
