# SPDX-License-Identifier: Apache-2.0
import pickle
from pathlib import Path

import numpy as np
import pytest

from nermo_ros.data.threedpw import FIGURE_WEIGHTS, load_3dpw, pelvis_centred


def people(count=2, frames=50):
    rng = np.random.default_rng(0)
    return [rng.normal(size=(frames, 72)) for _ in range(count)]


def write(folder, content, name='test/street_00.pkl'):
    file = folder / 'sequenceFiles' / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(pickle.dumps(content))


def test_everybody_around_the_pelvis(tmp_path):
    positions = people()
    write(tmp_path, {'jointPositions': positions})
    write(tmp_path, {'jointPositions': positions[:1]}, 'train/yard_01.pkl')
    for path in (tmp_path, tmp_path / 'sequenceFiles'):
        sequences = load_3dpw(path)
        assert list(sequences) == ['test/street_00/0', 'test/street_00/1']
    body = positions[1].reshape(-1, 24, 3)
    np.testing.assert_allclose(sequences['test/street_00/1'], body[:, 1:] - body[:, :1], atol=1e-6)
    assert list(load_3dpw(tmp_path, 'train')) == ['train/yard_01/0']


def test_where_the_person_stands_does_not_matter():
    (positions,) = people(1)
    moved = (positions.reshape(-1, 24, 3) + [3, -2, 5]).reshape(-1, 72)
    np.testing.assert_allclose(pelvis_centred(positions), pelvis_centred(moved), atol=1e-6)


def test_the_pelvis_counts_in_the_figure():
    assert FIGURE_WEIGHTS.sum() == pytest.approx(23 / 24)


@pytest.mark.parametrize(
    'content, says',
    [
        ({'jointPositions': [np.zeros((5, 66))]}, 'person 0: jointPositions are .5, 66.'),
        ({'jointPositions': [np.full((5, 72), np.nan)]}, 'not finite'),
        ({'poses': []}, 'no 3DPW sequence'),
        ([1, 2], 'no 3DPW sequence'),
    ],
)
def test_a_bad_file_is_named(tmp_path, content, says):
    write(tmp_path, content)
    with pytest.raises(ValueError, match=rf'street_00\.pkl.*{says}'):
        load_3dpw(tmp_path)


def test_what_is_no_pickle(tmp_path):
    write(tmp_path, {})
    (tmp_path / 'sequenceFiles' / 'test' / 'street_00.pkl').write_bytes(b'no pickle')
    with pytest.raises(ValueError, match=r'street_00\.pkl is no 3DPW sequence'):
        load_3dpw(tmp_path)


def test_a_pickle_that_would_run_code_is_refused(tmp_path):
    class Trap:
        def __reduce__(self):
            return Path.touch, (tmp_path / 'touched',)

    write(tmp_path, {'jointPositions': people(1), 'more': Trap()})
    with pytest.raises(ValueError, match=r'street_00\.pkl is no 3DPW sequence.*could run code'):
        load_3dpw(tmp_path)
    assert not (tmp_path / 'touched').exists()


def test_an_absent_set_or_split(tmp_path):
    with pytest.raises(FileNotFoundError, match='sequenceFiles/test'):
        load_3dpw(tmp_path)
    with pytest.raises(ValueError, match='no split'):
        load_3dpw(tmp_path, 'dev')
