# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

pytest.importorskip('rosbags', reason='bags are of the demo extra')

from rosbags.rosbag2 import StoragePlugin, Writer

from nermo_ros.data.bags import MESSAGE, _typestore, read_bag
from nermo_ros.data.recordings import load_recordings
from nermo_ros.skeleton.body17 import INDEX, JOINTS

STORE = _typestore()
Header, Time, Skeleton, SkeletonArray = (
    STORE.types[name]
    for name in (
        'std_msgs/msg/Header', 'builtin_interfaces/msg/Time', 'nermo_ros/msg/Skeleton', MESSAGE,
    )
)  # fmt: skip


def message(time, people, frame='world', joints=JOINTS):
    stamp = Time(sec=int(time), nanosec=round(time % 1 * 1e9))
    return SkeletonArray(Header(stamp, frame), list(joints), people)


def person(name='anna', x=0.0, confidences=(), states=(), size=17):
    positions = np.tile(np.float32([x, 0, 1]), size)
    return Skeleton(name, positions, np.array(confidences, np.float32), np.array(states, np.uint8))


def bag(folder, messages, topics=('/skeletons',), plugin=StoragePlugin.MCAP):
    """Messages by receipt time [s], one list for every topic."""
    with Writer(folder, version=9, storage_plugin=plugin) as writer:
        for topic in topics:
            connection = writer.add_connection(topic, MESSAGE, typestore=STORE)
            for received, one in messages:
                raw = STORE.serialize_cdr(one, MESSAGE)
                writer.write(connection, round(received * 1e9), raw)
    return folder


def walk(frames=60, rate=20.0, start=1000.0, **options):
    times = start + np.arange(frames) / rate
    return [(t, message(t, [person(x=t - start, **options)])) for t in times]


@pytest.mark.parametrize('plugin', [StoragePlugin.MCAP, StoragePlugin.SQLITE3])
def test_a_bag_gives_people_in_metres_and_seconds(tmp_path, plugin):
    folder = bag(tmp_path / 'lab', walk(), plugin=plugin)
    times, positions = read_bag(folder)['anna']
    np.testing.assert_allclose(times, np.arange(60) / 20, atol=1e-6)
    np.testing.assert_allclose(positions[:, 4, 0], times, atol=1e-5)
    (name, (sequence, rate)), *others = load_recordings(folder).items()
    assert (name, others) == ('lab/anna/0', [])
    assert rate == pytest.approx(20)
    np.testing.assert_allclose(sequence, positions, atol=1e-5)


def test_a_file_of_a_bag_is_a_bag(tmp_path):
    (file,) = bag(tmp_path / 'lab', walk()).glob('*.mcap')
    assert len(load_recordings(file)) == 1


def test_joints_that_were_not_observed_are_not_numbers(tmp_path):
    confidences, states = np.ones(17), np.full(17, 2)
    confidences[INDEX['l_wrist']] = 0.2
    states[INDEX['r_ankle']] = 1
    folder = bag(tmp_path / 'lab', walk(confidences=confidences, states=states))
    _, positions = read_bag(folder)['anna']
    unknown = np.flatnonzero(np.isnan(positions).all((0, 2)))
    assert set(unknown) == {INDEX['l_wrist'], INDEX['r_ankle']}
    assert np.isfinite(np.delete(positions, unknown, 1)).all()


def test_two_people_one_of_whom_leaves_and_comes_back(tmp_path):
    messages = [
        (t, message(t, [person('ben'), *([person('anna')] if abs(t - 3) > 0.5 else [])]))
        for t in 1 + np.arange(80) / 20
    ]
    sequences = load_recordings(bag(tmp_path / 'lab', messages))
    assert sorted(sequences) == ['lab/anna/0', 'lab/anna/1', 'lab/ben/0']


def test_without_stamps_the_time_of_recording_counts(tmp_path):
    messages = [(t, message(0, [person()])) for t in 5 + np.arange(40) / 10]
    ((_, rate),) = load_recordings(bag(tmp_path / 'lab', messages)).values()
    assert rate == pytest.approx(10)


def test_one_of_several_topics_has_to_be_named(tmp_path):
    folder = bag(tmp_path / 'lab', walk(), topics=('/skeletons', '/repaired_skeletons'))
    with pytest.raises(ValueError, match='choose one of /repaired_skeletons, /skeletons'):
        read_bag(folder)
    assert list(read_bag(folder, 'skeletons')) == ['anna']
    with pytest.raises(ValueError, match="no .* on topic 'absent'"):
        read_bag(folder, 'absent')


@pytest.mark.parametrize(
    'messages, says',
    [
        ([(1, message(1, [person()], frame='camera_optical_frame'))], 'does not point up'),
        ([(t, message(t, [person()], frame=f'frame_{t}')) for t in (1, 2)], 'one frame'),
        ([(1, message(1, [person(size=5)]))], 'joint_names asks for 51'),
        ([(1, message(1, [person()], joints=('nose',)))], 'no joint set'),
        ([(1, message(1, []))], 'nobody was seen'),
    ],
)
def test_says_what_is_wrong_with_a_bag(tmp_path, messages, says):
    with pytest.raises(ValueError, match=says) as caught:
        load_recordings(bag(tmp_path / 'lab', messages))
    assert str(tmp_path / 'lab') in str(caught.value)


def test_bags_of_other_things_and_broken_ones(tmp_path):
    with pytest.raises(ValueError, match='no topic has nermo_ros'):
        load_recordings(bag(tmp_path / 'empty', [], topics=()))
    (tmp_path / 'broken.mcap').write_bytes(b'no bag')
    with pytest.raises(ValueError, match='cannot be read as a bag'):
        load_recordings(tmp_path / 'broken.mcap')
