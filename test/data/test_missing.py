# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.data import missing
from nermo_ros.skeleton.body17 import INDEX

FULL = np.ones((400, 24, 17), np.float32)


def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize('name', missing.EVALUATION)
def test_patterns_only_take_away(name):
    mask = FULL.copy()
    mask[:, :3] = 0
    before = mask.copy()
    left = missing.EVALUATION[name](rng(), mask)
    assert left.shape == mask.shape
    assert set(np.unique(left)) <= {0, 1}
    assert not left[:, :3].any()
    assert np.array_equal(mask, before), 'the mask given is not written to'


@pytest.mark.parametrize(
    'name, share', [('random_20', 0.2), ('random_40', 0.4), ('random_60', 0.6)]
)
def test_scattered_takes_its_share(name, share):
    assert 1 - missing.EVALUATION[name](rng(), FULL).mean() == pytest.approx(share, abs=0.01)


def test_legs_are_never_seen_and_the_rest_always():
    seen = missing.EVALUATION['legs'](rng(), FULL).any((0, 1))
    assert {name for name, i in INDEX.items() if not seen[i]} == {
        'l_knee', 'r_knee', 'l_ankle', 'r_ankle',
    }  # fmt: skip


def test_last_frames():
    left = missing.EVALUATION['last_3'](rng(), FULL)
    assert not left[:, -3:].any()
    assert left[:, :-3].all()


def test_limb_hides_one_limb_for_a_stretch():
    left = missing.limb(rng(), FULL)
    for person in left[:50]:
        hidden = np.flatnonzero((person == 0).any(0)).tolist()
        assert hidden in [sorted(limb) for limb in missing.LIMBS]
        steps = np.flatnonzero(person[:, hidden[0]] == 0)
        assert np.array_equal(steps, np.arange(steps[0], steps[-1] + 1))


def test_training_draws_every_pattern_and_leaves_something():
    left = missing.draw(rng(), FULL)
    assert left.dtype == np.float32
    assert (left.sum((1, 2)) >= 1.5 * 17).all()
    complete = (left == 1).all((1, 2)).mean()
    assert 0.05 < complete < 0.15
    assert (~left.any(1)[:, INDEX['l_ankle']]).mean() > 0.08
