# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.data import h36m
from nermo_ros.data.h36m import FIGURE_WEIGHTS, first_frames, load_h36m, published_joints
from nermo_ros.skeleton.capture_sets import H36M32
from nermo_ros.skeleton.h36m22 import COPIES, MIRROR, NODES, PARENTS, STILL


def write(folder, name, rows):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(folder / name, rows, delimiter=',', fmt='%.7f')


def rows(frames=12):
    return np.random.default_rng(0).normal(0, 0.3, (frames, 99))


def test_the_rig_at_rest_is_a_person_in_metres():
    body = dict(zip(H36M32.joints, published_joints(np.zeros((2, 99)))[0], strict=True))
    assert body['pelvis'].tolist() == [0, 0, 0]
    assert body['r_hip'][0] < 0 < body['l_hip'][0]
    assert body['l_ankle'][1] == pytest.approx(-0.8971, abs=1e-3)
    assert body['head'][1] == pytest.approx(0.7267, abs=1e-3)


def test_the_root_does_not_matter_and_22_joints_move():
    moved = rows()
    moved[:, :6] += 3
    joints = published_joints(rows())
    np.testing.assert_array_equal(published_joints(moved), joints)
    assert len(NODES) == 22
    for copy, original in COPIES.items():
        np.testing.assert_allclose(joints[:, copy], joints[:, original], atol=1e-12)
    assert np.ptp(joints[:, STILL], axis=0).max() == 0
    assert np.ptp(joints[:, NODES], axis=0).max(1).min() > 0.01


def test_bones_between_predicted_joints_keep_their_lengths():
    body = published_joints(rows())[:, NODES]
    lengths = np.linalg.norm(body - body[:, PARENTS], axis=-1)
    np.testing.assert_allclose(lengths, np.tile(lengths[:1], (12, 1)), atol=1e-9)
    assert (lengths[0] == 0).sum() == 3  # knees and spine hang on joints that never move


def test_at_rest_the_sides_are_mirrored_along_x():
    body = published_joints(np.zeros((2, 99)))[0, NODES]
    other = body[list(MIRROR)] * [-1, 1, 1]
    hands = [NODES.index(22), NODES.index(30)]  # of different lengths in the rig
    np.testing.assert_allclose(*(np.delete(one, hands, 0) for one in (other, body)), atol=1e-4)
    assert body[MIRROR[0], 0] > 0.1 > -0.1 > body[0, 0]


def test_the_figures_weights_give_the_mean_over_32():
    joints = published_joints(rows())
    error = np.linalg.norm(joints[1:] - joints[:-1], axis=-1)
    np.testing.assert_allclose(error[:, NODES] @ FIGURE_WEIGHTS, error.mean(1), rtol=1e-9)


def test_loads_every_second_row_of_the_subjects(tmp_path):
    for name in ('S5/walking_1.txt', 'S5/walkingdog_2.txt', 'S11/walking_1.txt'):
        write(tmp_path, name, rows())
    sequences = load_h36m(tmp_path)
    assert list(sequences) == ['S5/walking_1', 'S5/walkingdog_2']
    expected = published_joints(rows())[::2][:, NODES]
    np.testing.assert_allclose(sequences['S5/walking_1'], expected, atol=1e-6)
    every = load_h36m(tmp_path, every=1)['S5/walking_1']
    np.testing.assert_array_equal(every[::2], sequences['S5/walking_1'])
    assert list(load_h36m(tmp_path, h36m.VALIDATION)) == ['S11/walking_1']


@pytest.mark.parametrize(
    'bad, says',
    [
        (np.zeros((5, 98)), r'must|shape'),
        (np.full((5, 99), np.nan), 'not finite'),
        (np.zeros((1, 99)), 'frames > 1'),
    ],
)
def test_a_bad_file_is_named(tmp_path, bad, says):
    write(tmp_path, 'S5/eating_1.txt', bad)
    with pytest.raises(ValueError, match=rf'eating_1\.txt.*({says})'):
        load_h36m(tmp_path)


def test_text_that_is_not_numbers(tmp_path):
    (tmp_path / 'S5').mkdir()
    (tmp_path / 'S5' / 'eating_1.txt').write_text('not, a, number\n')
    with pytest.raises(ValueError, match=r'eating_1\.txt'):
        load_h36m(tmp_path)


def test_an_absent_set(tmp_path):
    with pytest.raises(FileNotFoundError, match='S5/walking_1.txt'):
        load_h36m(tmp_path)


def test_test_windows_are_drawn_in_turns_from_the_papers_generator():
    first, second = first_frames((1000, 700), windows=8)
    rng = np.random.RandomState(1234567890)
    expected = [(rng.randint(16, 850) + 40, rng.randint(16, 550) + 40) for _ in range(4)]
    assert list(zip(first, second, strict=True)) == expected
    assert len(first_frames((1000, 700))[0]) == 128
    with pytest.raises(ValueError, match='more than 166'):
        first_frames((1000, 166))
