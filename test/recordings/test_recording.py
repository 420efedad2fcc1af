# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nermo_ros.recordings.recording import (
    FOLDER,
    Recording,
    load_recording,
    shipped_recordings,
)
from nermo_ros.skeleton import body17

RATE = 120.0
LEG = ('hip', 'knee', 'ankle')


def ramp(frames=5, people=('a', 'b')):
    """Everything moves 1 m a frame along x, person by person 100 m apart."""
    positions = np.zeros((len(people), frames, 17, 3), np.float32)
    positions[..., 0] = np.arange(frames)[:, None] + 100 * np.arange(len(people))[:, None, None]
    return Recording('ramp', RATE, people, positions)


def test_between_frames_is_linear():
    found = ramp().at(np.array([0, 0.5, 1.25, 4]) / RATE)
    assert found.shape == (2, 4, 17, 3) and found.dtype == np.float32
    assert found[0, :, 3, 0] == pytest.approx([0, 0.5, 1.25, 4])
    assert found[1, :, 3, 0] == pytest.approx([100, 100.5, 101.25, 104])


def test_a_single_time_gives_one_body_each():
    assert ramp().at(0.0).shape == (2, 17, 3)


@pytest.mark.parametrize('time', [-0.001, 4.01 / RATE, 1e6, -1e6, np.nan, np.inf])
def test_outside_is_nan(time):
    assert np.isnan(ramp().at(time)).all()


@pytest.mark.parametrize('rate', [120.0, 30.0, 29.97, 7.3])
def test_the_time_of_a_frame_is_that_frame(rate):
    """Also beside a frame that lacks the joint, and whatever rounding does to the time."""
    positions = np.random.default_rng(0).normal(size=(1, 500, 17, 3)).astype(np.float32)
    positions[:, 1::2, 5] = np.nan
    recording = Recording('holes', rate, ('a',), positions)
    np.testing.assert_array_equal(recording.at(np.arange(500) / rate), positions)
    np.testing.assert_array_equal(recording.at(recording.duration), positions[:, -1])


def test_a_joint_that_one_neighbour_lacks_is_nan_and_no_other():
    positions = np.zeros((1, 3, 17, 3), np.float32)
    positions[0, 1, 4] = np.nan
    found = Recording('hole', RATE, ('a',), positions).at(0.5 / RATE)
    assert np.flatnonzero(np.isnan(found).any(-1)).tolist() == [4]


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=20))
def test_every_time_has_its_truth_or_nan(times):
    found = ramp().at(np.array(times))[0, :, 0, 0]
    inside = (np.array(times) >= 0) & (np.array(times) <= 4 / RATE)
    assert np.isnan(found[np.abs(np.array(times) * RATE - 2) > 2.001]).all()
    np.testing.assert_allclose(found[inside], np.array(times)[inside] * RATE, atol=1e-4)


@pytest.mark.parametrize(
    ('changes', 'told'),
    [
        ({'positions': np.zeros((1, 5, 16, 3), np.float32)}, r'\(1, 5, 16, 3\)'),
        ({'positions': np.zeros((5, 17, 3), np.float32)}, 'frames > 1'),
        ({'positions': np.zeros((1, 1, 17, 3), np.float32)}, 'frames > 1'),
        ({'positions': np.zeros((1, 5, 17, 3))}, 'float32'),
        ({'positions': np.full((1, 5, 17, 3), np.inf, np.float32)}, 'NaN'),
        ({'people': ('a', 'b')}, 'ids'),
        ({'people': ('',)}, 'ids'),
        ({'rate': 0.0}, '0 Hz'),
        ({'rate': float('nan')}, '0 Hz'),
    ],
)
def test_what_is_no_recording_is_refused(changes, told):
    values = {
        'name': 'x',
        'rate': RATE,
        'people': ('a',),
        'positions': np.zeros((1, 5, 17, 3), np.float32),
    }
    with pytest.raises(ValueError, match=told):
        Recording(**{**values, **changes})


def test_two_people_of_one_id_are_refused():
    with pytest.raises(ValueError, match='different ids'):
        ramp(people=('a', 'a'))


def test_what_is_saved_is_loaded(tmp_path):
    saved = Recording('mine', 25.0, ('a', 'b'), ramp().positions, 'thanks')
    saved.save(tmp_path / 'mine.npz')
    loaded = load_recording(tmp_path / 'mine.npz')
    assert (loaded.name, loaded.rate, loaded.people) == ('mine', 25.0, ('a', 'b'))
    assert loaded.acknowledgement == 'thanks'
    np.testing.assert_array_equal(loaded.positions, saved.positions)


def test_an_unknown_name_lists_the_shipped_ones():
    with pytest.raises(FileNotFoundError, match='cmu_walking, handover'):
        load_recording('waltz')


@pytest.mark.parametrize('content', [b'', b'no archive', None, 'other arrays', 'one array'])
def test_another_file_is_named(tmp_path, content):
    path = tmp_path / 'odd.npz'
    if content is None:
        np.savez(path, rate=30, people=['a'], positions=np.zeros((2, 2)), acknowledgement='')
    elif content == 'other arrays':
        np.savez(path, joints=np.zeros(3))
    elif content == 'one array':
        with path.open('wb') as file:
            np.save(file, np.zeros(3))
    else:
        path.write_bytes(content)
    with pytest.raises(ValueError, match='odd.npz is not a recording'):
        load_recording(path)


def test_shipped_recordings_are_small_and_acknowledged():
    assert shipped_recordings() == ('cmu_walking', 'handover')
    for name in shipped_recordings():
        assert (FOLDER / f'{name}.npz').stat().st_size < 400_000
        assert f'{name}.npz' in (FOLDER / 'README.md').read_text()
    assert 'Parag Khanna' in load_recording('handover').acknowledgement
    assert 'MIT License' in (FOLDER / 'handover_LICENSE.md').read_text()
    for text in (
        load_recording('cmu_walking').acknowledgement,
        (FOLDER / 'README.md').read_text(),
    ):
        assert 'mocap.cs.cmu.edu' in text and 'NSF EIA-0196217' in ' '.join(text.split())


def bone(recording, start, end):
    """Lengths (people, frames) in metres."""
    ends = recording.positions[:, :, [body17.INDEX[start], body17.INDEX[end]]]
    return np.linalg.norm(ends[:, :, 0] - ends[:, :, 1], axis=-1)


def test_the_handover_is_two_upper_bodies_face_to_face():
    recording = load_recording('handover')
    assert recording.people == ('giver', 'taker') and recording.rate == 120
    assert recording.duration == pytest.approx(800 / 120)
    unmeasured = [body17.INDEX[f'{side}_{joint}'] for side in 'lr' for joint in LEG]
    holes = np.isnan(recording.positions).any(-1)
    assert holes[:, :, unmeasured].all() and not np.delete(holes, unmeasured, axis=2).any()
    for side in 'lr':
        upper_arm = bone(recording, f'{side}_shoulder', f'{side}_elbow')
        assert np.ptp(upper_arm, axis=1).max() < 0.001
        assert 0.22 < upper_arm.mean() < 0.32
    place = {name: recording.positions[:, :, body17.INDEX[name]] for name in body17.JOINTS}
    assert (place['head'][..., 2] > place['neck'][..., 2]).all()
    assert (place['neck'][..., 2] > place['pelvis'][..., 2] + 0.3).all()
    # The giver looks along +x at the taker, who looks back: their lefts are on opposite sides.
    across = (place['l_shoulder'] - place['r_shoulder'])[..., 1]
    assert (across[0] > 0.2).all() and (across[1] < -0.2).all()
    assert (place['pelvis'][1, :, 0] - place['pelvis'][0, :, 0] > 1).all()


def test_the_handover_has_no_held_rows():
    positions = np.nan_to_num(load_recording('handover').positions)
    assert (positions[:, 1:] != positions[:, :-1]).any((0, 2, 3)).all()


def test_the_walker_walks_upright():
    recording = load_recording('cmu_walking')
    assert recording.people == ('walker',) and recording.rate == 120
    assert np.isfinite(recording.positions).all()
    pelvis = recording.positions[0, :, body17.INDEX['pelvis']]
    speed = np.linalg.norm(pelvis[-1] - pelvis[0]) / recording.duration
    assert 0.8 < speed < 2
    assert 0.7 < pelvis[:, 2].mean() < 1.1
    assert np.ptp(bone(recording, 'l_hip', 'l_knee')) < 0.001
