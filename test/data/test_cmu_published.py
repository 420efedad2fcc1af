# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.data.cmu import OFFSETS, load_cmu
from nermo_ros.data.cmu_published import (
    FIGURE_WEIGHTS,
    LATERAL,
    VERTICAL,
    load_published,
    published_nodes,
    published_positions,
)
from nermo_ros.skeleton.cmu25 import JOINTS, MIRROR, NODES


@pytest.fixture
def rows():
    return np.random.default_rng(0).normal(0, 0.3, (9, 117))


def test_the_rig_at_rest_has_the_papers_lengths_and_axes():
    body = published_positions(np.zeros((2, 117)))
    assert body.shape == (2, 25, 3)
    assert body.dtype == np.float32
    knee = body[0, NODES.index(3)]
    np.testing.assert_allclose(knee, 0.07 * (np.array(OFFSETS[2]) + OFFSETS[3]), rtol=1e-6)
    head, left_wrist = body[0, NODES.index(19)], body[0, NODES.index(23)]
    assert head[VERTICAL] > 0.5 > abs(head[LATERAL])
    assert left_wrist[LATERAL] > 0.5
    partner = body[0, MIRROR[NODES.index(23)]]
    assert partner[LATERAL] == pytest.approx(-left_wrist[LATERAL], rel=0.1)
    assert JOINTS[NODES.index(23)].startswith('l_')


def test_where_the_root_is_and_how_it_is_turned_does_not_matter(rows):
    other = rows.copy()
    other[:, :6] += 5
    np.testing.assert_array_equal(published_nodes(rows), published_nodes(other))


def test_a_child_of_the_root_keeps_its_own_rotation():
    bent = np.zeros((2, 117))
    bent[:, 3 + 3 * 1 + 1] = np.pi / 2  # the left hip joint, about the vertical
    body, still = published_nodes(bent)[0], published_nodes(np.zeros((2, 117)))[0]
    left = slice(2, 7)
    np.testing.assert_allclose(body[left, 1], still[left, 1], atol=1e-12)
    np.testing.assert_allclose(body[left, 0], -still[left, 2], atol=1e-12)
    np.testing.assert_allclose(body[left, 2], still[left, 0], atol=1e-12)
    np.testing.assert_allclose(body[7:], still[7:], atol=1e-12)


def test_bones_keep_their_lengths(rows):
    nodes = published_nodes(rows)
    for node, parent in ((3, 2), (22, 21), (37, 36), (19, 18)):
        length = np.linalg.norm(nodes[:, node] - nodes[:, parent], axis=1)
        np.testing.assert_allclose(length, 0.07 * np.linalg.norm(OFFSETS[node]), rtol=1e-9)


def test_the_figures_weights_give_the_mean_over_all_nodes(rows):
    rows[:, 3 + 3 : 3 + 6] = rows[:, 3 + 21 : 3 + 24] = 0  # hip joints never turn in the set
    nodes = published_nodes(rows)
    error = np.linalg.norm(nodes[1:] - nodes[:-1], axis=-1)
    np.testing.assert_allclose(error[:, NODES] @ FIGURE_WEIGHTS, error.mean(1), rtol=1e-9)


def test_every_second_row_of_the_protocols_files_the_first_included(tmp_path, rows):
    keys = ('train/walking/walking_1', 'train/walking_extra/w_1', 'test/walking/walking_1')
    path = tmp_path / 'cmu.npz'
    np.savez(path, **dict.fromkeys(keys, rows))
    loaded = load_published(path)
    assert list(loaded) == [keys[0], keys[2]]
    np.testing.assert_array_equal(loaded[keys[0]], published_positions(rows)[[0, 2, 4, 6, 8]])
    assert len(load_published(path, every=1)[keys[0]]) == 9
    assert set(load_cmu(path)) == set(keys)


def test_a_bad_file_is_named(tmp_path):
    np.savez(tmp_path / 'cmu.npz', **{'test/a/a_1': np.full((5, 117), np.nan)})
    with pytest.raises(ValueError, match='test/a/a_1.*not finite'):
        load_published(tmp_path / 'cmu.npz')
    with pytest.raises(FileNotFoundError, match='no CMU recordings'):
        load_published(tmp_path / 'absent')
