# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nermo_ros.data.recordings import load_recordings, pieces
from nermo_ros.recordings.recording import Recording


def path_of(times):
    """Everybody's joints along x, 1 m a second, each a metre above the one before."""
    positions = np.zeros((len(times), 17, 3), np.float32)
    positions[..., 0] = np.asarray(times)[:, None]
    positions[..., 2] = np.arange(17)
    return positions


def save(path, positions, rate=30.0, people=None):
    people = people or tuple(f'p{index}' for index in range(len(positions)))
    Recording(path.stem, rate, people, positions).save(path)
    return path


def test_an_npz_gives_everybody_as_recorded(tmp_path):
    positions = np.random.default_rng(0).normal(size=(2, 60, 17, 3)).astype(np.float32)
    positions[0, 10:20, 3] = np.nan
    sequences = load_recordings(save(tmp_path / 'lab.npz', positions))
    assert list(sequences) == ['lab/p0/0', 'lab/p1/0']
    for (sequence, rate), expected in zip(sequences.values(), positions, strict=True):
        assert rate == pytest.approx(30)
        assert sequence.dtype == np.float32
        np.testing.assert_array_equal(sequence, expected)


def test_where_nobody_was_seen_the_recording_is_split(tmp_path):
    positions = path_of(np.arange(100) / 30)[None].copy()
    positions[0, 40:50] = np.nan
    positions[0, 70] = np.nan
    sequences = load_recordings([save(tmp_path / 'lab.npz', positions)])
    assert {name: len(one) for name, (one, _) in sequences.items()} == {
        'lab/p0/0': 40,
        'lab/p0/1': 50,
    }
    second = sequences['lab/p0/1'][0]
    np.testing.assert_allclose(second[..., 0], path_of(np.arange(50, 100) / 30)[..., 0], atol=1e-5)


@given(st.floats(5, 120), st.floats(0, 0.3), st.integers(0, 2**31))
@settings(max_examples=50, deadline=None)
def test_uneven_samples_become_even_ones(rate, jitter, seed):
    rng = np.random.default_rng(seed)
    times = (np.arange(40) + jitter * rng.uniform(-1, 1, 40)) / rate
    ((sequence, even),) = pieces(times, path_of(times), least=0)
    assert even == pytest.approx(rate, rel=0.3)
    np.testing.assert_allclose(np.diff(sequence[:-1, 0, 0]), 1 / even, atol=1e-4)
    assert sequence[0, 0, 0] == pytest.approx(times[0], abs=1e-6)
    assert times[-1] - 1 / even - 1e-4 <= sequence[-1, 0, 0] <= times[-1] + 1e-4


def test_a_joint_is_unknown_between_samples_of_which_one_lacks_it():
    times = np.arange(30) / 30
    positions = path_of(times)
    positions[10, 5] = np.nan
    times[5:] += 0.01
    ((sequence, _),) = pieces(times, positions)
    unknown = np.isnan(sequence).all(2)
    assert unknown[:, 5].any()
    assert not np.delete(unknown, 5, 1).any()


def test_short_pieces_are_left_out():
    times = np.arange(10) / 30
    assert pieces(times, path_of(times)) == []
    assert pieces(times[:1], path_of(times[:1])) == []
    assert len(pieces(times, path_of(times), least=0.2)) == 1


def test_a_folder_gives_all_its_recordings(tmp_path):
    for name in ('one', 'two'):
        save(tmp_path / f'{name}.npz', path_of(np.arange(60) / 30)[None])
    assert list(load_recordings(tmp_path)) == ['one/p0/0', 'two/p0/0']


def test_says_what_is_wrong(tmp_path):
    with pytest.raises(FileNotFoundError, match='no recording .*absent'):
        load_recordings(tmp_path / 'absent')
    with pytest.raises(ValueError, match='holds no recordings'):
        load_recordings(tmp_path)
    with pytest.raises(ValueError, match='no recordings'):
        load_recordings([])
    unseen = save(tmp_path / 'unseen.npz', np.full((1, 60, 17, 3), np.nan, np.float32))
    with pytest.raises(ValueError, match=r'unseen.npz: nobody was seen'):
        load_recordings(unseen)
    np.savez(tmp_path / 'other.npz', data=np.zeros(3))
    with pytest.raises(ValueError, match=r'other.npz is not a recording'):
        load_recordings(tmp_path / 'other.npz')
    one = save(tmp_path / 'one.npz', path_of(np.arange(60) / 30)[None])
    with pytest.raises(ValueError, match='another recording has the name one'):
        load_recordings([one, one])
