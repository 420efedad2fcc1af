# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nermo_ros.forecast.radii import (
    FLOOR,
    KNOTS,
    LEAST_MISS,
    MISSING_NAMES,
    STATES,
    TYPICAL_MISS,
    Radii,
    growth,
    joint_state,
    missing_class,
)
from nermo_ros.skeleton.body17 import JOINTS
from nermo_ros.skeleton.groups import GROUPS, group_indices

SHAPE = (len(MISSING_NAMES), len(STATES), len(GROUPS), len(KNOTS))


def random_radii(seed=0):
    table = np.random.default_rng(seed).uniform(0, 0.3, SHAPE).cumsum(-1)
    return Radii(0.95, table, group_indices(JOINTS))


def history(people=1, samples=20, rate=20.0):
    times = np.tile(-np.arange(samples - 1, -1, -1, dtype=np.float32) / rate, (people, 1))
    return times, np.ones((people, samples, len(JOINTS)), np.float32)


def query(*times):
    return np.array([times], np.float32)


def test_at_a_knot_it_is_the_table():
    radii = random_radii()
    got = radii(*history(), query(*KNOTS))
    wanted = radii.table[0, 0][radii.groups].T
    np.testing.assert_allclose(got[0], np.maximum(wanted, FLOOR), rtol=1e-5)
    assert got.dtype == np.float32


def test_linear_between_knots_and_onwards():
    radii = random_radii()
    low, middle, high = radii(*history(), query(0.56, 0.655, 0.75))[0]
    np.testing.assert_allclose(middle, (low + high) / 2, rtol=1e-5)
    before, last, after = radii(*history(), query(0.75, 1.0, 1.5))[0]
    np.testing.assert_allclose(after - last, 2 * (last - before), rtol=1e-4)


def test_the_past_has_the_radius_of_now():
    got = random_radii()(*history(), query(-0.5, 0.0))[0]
    np.testing.assert_array_equal(got[0], got[1])


@given(
    st.lists(st.floats(-0.25, 3), min_size=2, max_size=9),
    st.floats(0, 1),
    st.integers(0, 5),
    st.floats(0, 1),
)
def test_never_shrinks_with_time_and_never_under_the_floor(times, miss, seed, gone):
    clock, mask = history()
    mask[np.random.default_rng(seed).random(mask.shape) < gone] = 0
    got = random_radii(seed)(clock, mask, query(*sorted(times)), np.array([miss]))
    assert np.isfinite(got).all()
    assert (got >= FLOOR).all()
    assert (np.diff(got, axis=1) >= -1e-6).all()


def test_grows_with_the_recent_miss_and_most_so_soon():
    fresh = np.zeros((3, 1), int)
    small, typical, large = growth(np.array([0.01, TYPICAL_MISS, 0.1]), fresh)[:, 0]
    assert (typical == 1).all()
    assert (small < typical).all() and (typical < large).all()
    assert (np.diff(large) <= 0).all()
    none, least, unknown = growth(np.array([0.0, LEAST_MISS, np.nan]), fresh)
    np.testing.assert_array_equal(none, least)
    assert (unknown == 1).all()
    radii = random_radii()
    calm, wild = (radii(*history(), query(0.4), np.array([m])) for m in (0.01, 0.1))
    assert (calm < wild).all()


def test_a_small_miss_shrinks_the_radii_of_joints_just_seen_only():
    states = np.arange(len(STATES))[None]
    small, large = (growth(np.array([miss]), states)[0] for miss in (LEAST_MISS, 0.3))
    assert (small[0] < 1).all() and (small[1:] == 1).all()
    assert (large > 1).all()


@pytest.mark.parametrize('gone, name', enumerate(MISSING_NAMES))
def test_missing_classes(gone, name):
    times, mask = history(samples=10)
    mask[:, : (0, 2, 4, 8)[gone]] = 0
    assert MISSING_NAMES[missing_class(times, mask)[0]] == name


def test_padding_is_not_missing():
    times, mask = history(samples=10)
    times[:, :6], mask[:, :6] = times[:, 6:7], 0
    assert missing_class(times, mask)[0] == 0


def test_states_by_when_a_joint_was_seen():
    times, mask = history()
    mask[:, -3:, 1] = 0
    mask[:, -2:, 2] = 0
    mask[:, -9:, 3] = 0
    mask[:, :, 4] = 0
    states = [STATES[state] for state in joint_state(times, mask)[0, :5]]
    assert states == ['fresh', 'late', 'late', 'stale', 'never_seen']


def test_as_it_stands_in_the_card():
    radii = random_radii()
    read = Radii.read(radii.as_dict(), JOINTS)
    np.testing.assert_allclose(read.table, radii.table, atol=1e-4)
    assert read.coverage == 0.95
    assert Radii.read({}, JOINTS) is None


def test_the_order_of_the_joints_is_the_models():
    text = random_radii().as_dict()
    times, mask = history()
    straight = Radii.read(text, JOINTS)(times, mask, query(0.4))
    turned = Radii.read(text, JOINTS[::-1])(times, mask, query(0.4))
    np.testing.assert_array_equal(straight[..., ::-1], turned)


@pytest.mark.parametrize(
    'spoil',
    [
        lambda text: text.pop('metres'),
        lambda text: text.pop('knots'),
        lambda text: text.update(powers=[1.0] * len(KNOTS)),
        lambda text: text['metres'][MISSING_NAMES[1]]['late'].update(head=[0.1] * 3),
        lambda text: text['metres'][MISSING_NAMES[1]]['late'].update(head=[-1.0] * len(KNOTS)),
    ],
)
def test_a_spoilt_card_is_refused(spoil):
    text = random_radii().as_dict()
    spoil(text)
    with pytest.raises(ValueError, match='nermo calibrate'):
        Radii.read(text, JOINTS)
