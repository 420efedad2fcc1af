# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.data import make_recordings
from nermo_ros.recordings.recording import load_recording
from nermo_ros.skeleton import body17

FRAMES = 12


@pytest.fixture
def raw(tmp_path):
    """Files in the format of the raw data: row 5 of the handover repeats row 4."""
    segments = set(make_recordings.HANDOVER_SEGMENTS.values()) | {'LShoulder', 'RShoulder'}
    rows = {}
    for number, key in enumerate(
        [f'{person}_{name}' for person in make_recordings.HANDOVER_PEOPLE for name in segments]
        + ['baton']
    ):
        rows[key] = np.zeros((FRAMES, 7), np.float32)
        rows[key][:, 0] = np.arange(FRAMES) + 100 * number
        rows[key][5] = rows[key][4]
    np.savez(tmp_path / 'handover.npz', **rows)
    cmu = np.random.default_rng(0).normal(size=(FRAMES, 117)).astype(np.float32)
    np.savez(tmp_path / 'cmu.npz', **{make_recordings.WALKING: cmu, 'test/other/other_1': cmu})
    return tmp_path, rows


def test_files_are_written_that_load(raw, capsys):
    folder, rows = raw
    arguments = [folder / 'handover.npz', folder / 'cmu.npz', folder / 'out' / 'here']
    assert make_recordings.main(list(map(str, arguments))) == 0
    handover = load_recording(folder / 'out' / 'here' / 'handover.npz')
    assert handover.people == ('giver', 'taker') and handover.positions.shape[1] == FRAMES
    wrist = handover.positions[1, :, body17.INDEX['r_wrist']]
    np.testing.assert_array_equal(wrist[0], rows['taker_RHand'][0, :3])
    walking = load_recording(folder / 'out' / 'here' / 'cmu_walking.npz')
    assert walking.positions.shape == (1, FRAMES - 1, 17, 3)
    assert 'handover' in capsys.readouterr().out


def test_a_held_row_is_interpolated(raw):
    folder, rows = raw
    head = make_recordings.handover(folder / 'handover.npz').positions[0, :, body17.INDEX['head']]
    assert head[:, 0] - rows['giver_head'][0, 0] == pytest.approx(np.arange(FRAMES))


def test_what_was_not_measured_is_nan(raw):
    folder, _ = raw
    positions = make_recordings.handover(folder / 'handover.npz').positions
    missing = np.isnan(positions).all((0, 1, 3))
    assert {body17.JOINTS[joint][2:] for joint in np.flatnonzero(missing)} == {
        'hip', 'knee', 'ankle',
    }  # fmt: skip


def test_wrong_arguments_give_the_usage(capsys):
    assert make_recordings.main(['handover.npz']) == 2
    assert 'HANDOVER.npz CMU.npz FOLDER' in capsys.readouterr().err
