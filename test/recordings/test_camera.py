# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nermo_ros.recordings.camera import PAUSE, Camera
from nermo_ros.recordings.occlusion import OCCLUSIONS, Occlusion
from nermo_ros.recordings.recording import Recording, load_recording
from nermo_ros.skeleton import body17


@pytest.fixture(scope='module')
def handover():
    return load_recording('handover')


def still(seconds=4.0, people=('a', 'b')):
    """People who never move, 10 frames a second."""
    positions = np.ones((len(people), round(10 * seconds) + 1, 17, 3), np.float32)
    return Recording('still', 10.0, people, positions)


def test_a_perfect_camera_sees_the_truth(handover):
    frames = list(Camera(rate=30).frames(handover, 2.0))
    assert [frame.time for frame in frames] == pytest.approx(np.arange(60) / 30)
    for frame in frames:
        truth = handover.at(frame.recording_time)
        np.testing.assert_array_equal(frame.people['giver'], truth[0])
        np.testing.assert_array_equal(frame.people['taker'], truth[1])


def test_the_same_seed_sees_the_same(handover):
    def look(seed):
        camera = Camera(30, 0.5, 0.01, 0.3, OCCLUSIONS['handover'], seed)
        return list(camera.frames(handover, 1.0))

    for first, second in zip(look(1), look(1), strict=True):
        assert (first.time, first.recording_time) == (second.time, second.recording_time)
        np.testing.assert_array_equal(first.people['giver'], second.people['giver'])
    assert [frame.time for frame in look(1)] != [frame.time for frame in look(2)]


@settings(deadline=None, max_examples=40)
@given(st.floats(5, 100), st.floats(0, 1), st.integers(0, 2**31))
def test_frames_are_late_by_at_most_the_jitter(rate, jitter, seed):
    frames = list(Camera(rate=rate, jitter=jitter, seed=seed).frames(still(), 3.0))
    times = np.array([frame.time for frame in frames])
    late = times * rate - np.arange(len(times))
    assert (np.diff(times) > 0).all() and times[-1] < 3.0
    assert late.min() > -1e-6 and late.max() < jitter + 1e-6
    assert len(times) >= int(3 * rate) - 1


def test_noise_has_its_size(handover):
    frames = list(Camera(rate=60, noise=0.02).frames(handover, 5.0))
    errors = [frame.people['giver'] - handover.at(frame.recording_time)[0] for frame in frames]
    assert np.nanstd(errors) == pytest.approx(0.02, rel=0.05)
    assert np.nanmean(errors) == pytest.approx(0, abs=0.001)


def test_the_dropped_part_is_missing():
    frames = Camera(rate=100, drop=0.4).frames(still(), 4.0)
    bodies = [body for frame in frames for body in frame.people.values()]
    holes = np.isnan(bodies)
    assert holes.any(-1).mean() == pytest.approx(0.4, abs=0.02)
    np.testing.assert_array_equal(holes.any(-1), holes.all(-1))


def test_someone_of_whom_nothing_is_seen_is_not_there():
    everything = Occlusion('b', body17.JOINTS, 1.0, 2.0)
    for frame in Camera(rate=10, occlusions=(everything,)).frames(still(), 4.0):
        hidden = 1.0 <= frame.recording_time < 2.0
        assert list(frame.people) == (['a'] if hidden else ['a', 'b'])
    assert not any(frame.people for frame in Camera(drop=1.0).frames(still(), 1.0))


def test_an_occlusion_hides_these_joints_then_and_no_others():
    occlusion = Occlusion('b', ('l_elbow', 'l_wrist'), 1.0, 1.5)
    hidden = [body17.INDEX['l_elbow'], body17.INDEX['l_wrist']]
    for frame in Camera(rate=20, occlusions=(occlusion,)).frames(still(), 4.0):
        holes = np.flatnonzero(np.isnan(frame.people['b']).any(-1)).tolist()
        assert holes == (hidden if 1.0 <= frame.recording_time < 1.5 else [])
        assert not np.isnan(frame.people['a']).any()


def test_a_short_recording_starts_anew_after_a_pause():
    frames = list(Camera(rate=10).frames(still(seconds=2.0), 8.0))
    times = np.array([frame.time for frame in frames])
    steps = np.diff(times)
    assert np.flatnonzero(steps > 0.11).size == 2 and steps.max() >= PAUSE
    assert max(frame.recording_time for frame in frames) <= 2.0
    again = next(frame for frame in frames if frame.time > 3)
    assert again.time - again.recording_time == pytest.approx(2.0 + PAUSE)


def test_looking_does_not_change_the_recording(handover):
    before = handover.positions.copy()
    list(Camera(noise=0.1, drop=0.5).frames(handover, 0.5))
    np.testing.assert_array_equal(handover.positions, before)


@pytest.mark.parametrize(
    'wrong',
    [
        {'rate': 0},
        {'rate': float('nan')},
        {'jitter': 1.5},
        {'jitter': -0.1},
        {'drop': 2},
        {'noise': -1},
        {'noise': float('inf')},
    ],
)
def test_out_of_range_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match=f'camera {next(iter(wrong))}'):
        Camera(**wrong)


def test_an_occlusion_of_a_stranger_is_refused_before_the_first_frame():
    camera = Camera(occlusions=(Occlusion('c', ('head',), 0, 1),))
    with pytest.raises(ValueError, match='occlusion of c: in still are a, b'):
        camera.frames(still(), 1.0)
