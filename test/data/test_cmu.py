# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.data.cmu import load_cmu, split, world_positions
from nermo_ros.skeleton.body17 import INDEX, MIRROR


def rows(frames=4):
    """Nobody turns a joint: the rig stands as its offsets say, the root 16 units up."""
    still = np.zeros((frames, 117))
    still[:, 1] = 16.0
    return still


def test_the_rig_at_rest_is_an_upright_body_in_metres():
    body = world_positions(rows())[0]
    assert body.shape == (17, 3)
    height = {name: body[i, 2] for name, i in INDEX.items()}
    assert height['pelvis'] == pytest.approx(16 * 0.05644, abs=1e-6)
    assert height['head'] > height['neck'] > height['chest'] > height['spine'] > height['pelvis']
    assert height['l_hip'] > height['l_knee'] > height['l_ankle']
    thigh = np.linalg.norm(body[INDEX['l_knee']] - body[INDEX['l_hip']])
    assert thigh == pytest.approx(0.05644 * np.hypot(2.5972, 7.13576), abs=1e-6)
    left, right = body[INDEX['l_shoulder']], body[INDEX['r_shoulder']]
    assert np.abs(left - right).max() > 0.3
    assert np.abs(body[list(MIRROR)] - body).max() > 0.3


def test_the_t_pose_row_is_dropped():
    assert len(world_positions(rows(5))) == 4


def test_turning_the_root_about_the_vertical_turns_the_body():
    turned = rows()
    turned[:, 3 + 1] = np.pi / 2  # file's y axis is up
    a, b = world_positions(rows())[0], world_positions(turned)[0]
    np.testing.assert_allclose(a[:, 2], b[:, 2], atol=1e-5)
    np.testing.assert_allclose(
        np.linalg.norm(a - a[0], axis=1), np.linalg.norm(b - b[0], axis=1), atol=1e-5
    )
    assert np.abs(a - b).max() > 0.2


@pytest.mark.parametrize(
    'bad', [np.zeros((5, 116)), np.zeros((1, 117)), np.full((5, 117), np.nan)]
)
def test_bad_files_are_refused(bad):
    with pytest.raises(ValueError, match='CMU file'):
        world_positions(bad)


def test_loads_the_npz_and_the_text_files_alike(tmp_path):
    values = rows() + np.random.default_rng(0).normal(0, 0.1, (4, 117))
    np.savez(tmp_path / 'cmu.npz', **{'train/walking/walking_1': values})
    folder = tmp_path / 'cmu' / 'train' / 'walking'
    folder.mkdir(parents=True)
    np.savetxt(folder / 'walking_1.txt', values, delimiter=',')
    a, b = load_cmu(tmp_path / 'cmu.npz'), load_cmu(tmp_path / 'cmu')
    assert list(a) == list(b) == ['train/walking/walking_1']
    np.testing.assert_allclose(
        a['train/walking/walking_1'], b['train/walking/walking_1'], atol=1e-5
    )


def test_names_what_is_missing_or_wrong(tmp_path):
    with pytest.raises(FileNotFoundError, match='no CMU recordings'):
        load_cmu(tmp_path / 'absent.npz')
    with pytest.raises(ValueError, match='expected split/action'):
        load_cmu(tmp_path)
    np.savez(tmp_path / 'bad.npz', **{'train/a/b': np.zeros((4, 3))})
    with pytest.raises(ValueError, match='train/a/b'):
        load_cmu(tmp_path / 'bad.npz')


def test_split_never_gives_a_test_file_and_holds_out_the_fifths():
    frames = np.zeros((300, 17, 3), np.float32)
    keys = ('train/a/a_1', 'train/a/a_5', 'train/walking_extra/w_5', 'test/a/a_1')
    sequences = dict.fromkeys(keys, frames)
    learned, held_out = split(sequences, hold_out=True)
    assert list(learned) == ['train/a/a_1', 'train/walking_extra/w_5']
    assert list(held_out) == ['train/a/a_5']
    learned, held_out = split(sequences, hold_out=False)
    assert list(learned) == ['train/a/a_1', 'train/a/a_5', 'train/walking_extra/w_5']
    assert held_out == {}
    with pytest.raises(ValueError, match='no training files'):
        split({'test/a/a_1': frames}, hold_out=False)
