# SPDX-License-Identifier: Apache-2.0
"""Recordings over real DDS and back, through every source."""

import threading
import time
from contextlib import suppress

import numpy as np
import pytest
import rclpy
from rclpy.context import Context
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy

from nermo_ros.recordings.camera import Camera, Frame
from nermo_ros.recordings.recording import load_recording
from nermo_ros.ros.player import Player, published_ids
from nermo_ros.ros.sources import SOURCES
from nermo_ros.ros.sources.source import SourceSettings
from nermo_ros.skeleton.mapping import direct_indices
from nermo_ros.skeleton.sets import JOINT_SETS

BODY = np.ones((17, 3), np.float32)


@pytest.fixture(scope='module')
def ros():
    rclpy.init()
    yield
    rclpy.try_shutdown()


@pytest.fixture
def listen(ros):
    """listen(source, topic) -> a list that fills with (message, time of receipt)."""
    executor = SingleThreadedExecutor()
    node = Node('listener')
    executor.add_node(node)

    def spin():
        with suppress(ExternalShutdownException):
            executor.spin()

    thread = threading.Thread(target=spin, daemon=True)

    def start(source, topic, reliability=ReliabilityPolicy.BEST_EFFORT):
        heard = []
        node.create_subscription(
            SOURCES[source].message_type(),
            topic,
            lambda message: heard.append((message, node.get_clock().now().nanoseconds)),
            QoSProfile(depth=50, reliability=reliability),
        )
        thread.start()
        return heard

    yield start
    executor.shutdown()
    thread.join(5)
    node.destroy_node()


@pytest.fixture
def player(ros):
    """Makes players and takes them down."""
    players = []

    def make(*args, **keys):
        players.append(Player(*args, **keys))
        return players[-1]

    yield make
    for one in players:
        one.destroy_node()


def await_messages(heard, count):
    deadline = time.monotonic() + 5
    while len(heard) < count and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.mark.parametrize(
    ('source', 'joint_set'),
    [
        ('skeleton_array', 'body17'),
        ('skeleton_array', 'zed38'),
        ('kinect_markers', 'k4abt32'),
        ('pose_array', 'mediapipe33'),
    ],
)
def test_a_recording_goes_through_dds_and_comes_back(listen, player, source, joint_set):
    recording = load_recording('handover')
    frames = list(Camera(rate=30, drop=0.1, noise=0.001).frames(recording, 0.7))
    topic = f'e2e_{source}_{joint_set}'
    heard = listen(source, topic)
    playing = player(
        frames, recording.people, source=source, joint_set=joint_set, frame_id='map', topic=topic
    )
    played = playing.play()
    await_messages(heard, len(frames))
    assert len(played) == len(frames) and len(heard) == len(frames)
    settings = SourceSettings(joint_set=joint_set, person_id='giver')
    direct = list(direct_indices(JOINT_SETS[joint_set]))
    for frame, (stamp, recording_time), (message, receipt) in zip(
        frames, played, heard, strict=True
    ):
        reading = SOURCES[source].read(message, settings, receipt)
        assert not reading.drops and not reading.unstamped
        assert recording_time == frame.recording_time
        seen = {one.person: one for one in reading.observations}
        assert set(seen) == set(playing.ids.values())
        for person, identity in playing.ids.items():
            assert (seen[identity].stamp, seen[identity].frame) == (stamp, 'map')
            sent = frame.people[person][direct]
            np.testing.assert_allclose(
                seen[identity].positions[direct], np.nan_to_num(sent), atol=1e-5
            )
            missing = np.isnan(sent).all(1)
            np.testing.assert_array_equal(seen[identity].states[direct] == 0, missing)


def test_frames_go_out_when_due_with_stamps_of_the_node_clock(listen, player):
    frames = [Frame(time, time, {'a': BODY}) for time in (0.0, 0.05, 0.3, 0.35)]
    heard = listen('skeleton_array', 'pace')
    before = time.time_ns()
    playing = player(frames, ('a',), topic='pace')
    played = playing.play()
    await_messages(heard, 4)
    stamps = np.array([stamp for stamp, _ in played])
    assert before <= stamps[0] <= time.time_ns()
    assert (stamps - stamps[0]) / 1e9 == pytest.approx([0, 0.05, 0.3, 0.35], abs=1e-6)
    receipts = np.array([receipt for _, receipt in heard])
    assert (receipts >= stamps).all()
    # Held back until due; how late a loaded machine is, is not tested closely.
    assert (receipts[2] - receipts[1]) / 1e9 > 0.1
    assert (receipts - stamps).max() < 2e9


def test_a_best_effort_player_reaches_a_best_effort_subscription(listen, player):
    heard = listen('skeleton_array', 'light')
    frames = [Frame(0.02 * number, 0.0, {'a': BODY}) for number in range(5)]
    player(frames, ('a',), topic='light', reliable=False).play()
    await_messages(heard, 1)
    assert heard


def test_without_a_match_it_says_so_after_the_wait(listen, player):
    listen('skeleton_array', 'strict', ReliabilityPolicy.RELIABLE)
    frames = [Frame(0.0, 0.0, {'a': BODY})]
    with pytest.raises(TimeoutError, match='best-effort'):
        player(frames, ('a',), topic='strict', reliable=False).play(wait=0.3)
    with pytest.raises(TimeoutError, match='nobody subscribed to /nowhere within 0.3 s'):
        player(frames, ('a',), topic='nowhere').play(wait=0.3)


def test_nobody_in_sight_is_published_too(listen, player):
    heard = listen('kinect_markers', 'nobody')
    player([Frame(0.0, 0.0, {})], ('a',), source='kinect_markers', topic='nobody').play()
    await_messages(heard, 1)
    assert len(heard[0][0].markers) == 0


def test_a_shutdown_ends_it_early(player):
    context = Context()
    rclpy.init(context=context)
    listener = Node('ear', context=context)
    listener.create_subscription(SOURCES['skeleton_array'].message_type(), 'cut', print, 1)

    def frames():
        yield Frame(0.0, 0.0, {})
        rclpy.shutdown(context=context)
        yield Frame(0.01, 0.01, {})

    one = Player(frames(), ('a',), topic='cut', context=context)
    played = one.play()
    assert [recording_time for _, recording_time in played] == [0.0]


def test_unknown_names_are_refused_with_the_known_ones(ros):
    with pytest.raises(ValueError, match='kinect_markers'):
        Player([], ('a',), source='kinect')
    with pytest.raises(ValueError, match='k4abt32'):
        Player([], ('a',), joint_set='k4abt')


def test_ids_fit_the_source():
    people = ('giver', 'taker')
    assert published_ids(people, 'skeleton_array') == {'giver': 'giver', 'taker': 'taker'}
    assert published_ids(people, 'kinect_markers') == {'giver': '1', 'taker': '2'}
    assert published_ids(people, 'pose_array') == {'giver': 'giver'}
