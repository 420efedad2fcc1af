# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nermo_ros.forecast.capsules import NAMES, Capsules, capsules, distances, swept
from nermo_ros.recordings.recording import load_recording
from nermo_ros.skeleton.body17 import BONES, INDEX
from nermo_ros.skeleton.capsule_sizes import CAPSULE_SIZES

HAND, FOREARM = NAMES.index('r_hand'), NAMES.index('r_forearm')
ELBOW, WRIST = INDEX['r_elbow'], INDEX['r_wrist']


@pytest.fixture(scope='module')
def walking():
    """(1, 41, 17, 3): half a second of a walker, whole body."""
    times = 0.5 + np.linspace(0, 0.5, 41)
    return load_recording('cmu_walking').at(times).astype(np.float32)


def test_shapes_and_names(walking):
    shape = capsules(walking)
    assert shape.names == tuple(size.name for size in CAPSULE_SIZES)
    assert shape.ends.shape == (1, 41, len(NAMES), 2, 3) and shape.ends.dtype == np.float32
    assert shape.radii.shape == (1, 41, len(NAMES))
    assert np.isfinite(shape.ends).all() and (shape.radii > 0.05).all()


def test_nobody():
    nobody = capsules(np.empty((0, 3, 17, 3), np.float32))
    assert nobody.ends.shape == (0, 3, len(NAMES), 2, 3)
    assert swept(nobody, 2).radii.shape == (0, 2, len(NAMES))
    assert nobody.gaps(np.zeros((1, 3))).shape == (0, 3, 1)


def test_all_bones_lie_inside(walking):
    start, end = walking[0, 0, np.array(BONES).T]
    along = np.linspace(0, 1, 7)[:, None, None]
    points = (start + along * (end - start)).reshape(-1, 3)
    assert (capsules(walking[:, :1]).gaps(points) < -0.03).all()


def test_a_hand_goes_on_where_the_forearm_points(walking):
    shape = capsules(walking)
    elbow, wrist = walking[0, 0, ELBOW], walking[0, 0, WRIST]
    out = (wrist - elbow) / np.linalg.norm(wrist - elbow)
    start, end = shape.ends[0, 0, HAND]
    np.testing.assert_array_equal(start, end)
    np.testing.assert_allclose(start, wrist + 0.103 * out, atol=1e-5)
    assert shape.gaps((wrist + 0.2 * out)[None])[0, 0, 0] < 0


def test_a_hand_without_a_direction_is_held_whichever_way_it_points(walking):
    folded = walking[:, :1].copy()
    folded[..., ELBOW, :] = folded[..., WRIST, :]
    shape = capsules(folded)
    np.testing.assert_array_equal(shape.ends[0, 0, HAND, 0], folded[0, 0, WRIST])
    assert shape.radii[0, 0, HAND] == pytest.approx(0.206)


def test_uncertainty_of_the_worse_joint_is_added(walking):
    doubt = np.zeros(walking.shape[:3], np.float32)
    doubt[..., WRIST], doubt[..., ELBOW] = 0.3, 0.1
    grown = capsules(walking, doubt).radii - capsules(walking).radii
    assert grown[0, 0, FOREARM] == grown[0, 0, HAND] == pytest.approx(0.3)
    assert grown[0, 0, NAMES.index('r_upper_arm')] == pytest.approx(0.1)
    assert grown[0, 0, NAMES.index('torso')] == 0
    unknown = capsules(walking, np.full_like(doubt, np.nan))
    np.testing.assert_array_equal(unknown.radii, capsules(walking).radii)


def test_a_joint_that_is_not_finite_takes_its_capsules_alone(walking):
    broken = walking.copy()
    broken[0, 3, WRIST, 1] = np.nan
    shape = capsules(broken)
    lost = np.isnan(shape.radii)
    assert sorted(np.array(NAMES)[lost[0, 3]]) == ['r_forearm', 'r_hand']
    assert not lost[0, [0, 1, 2, 4]].any()
    assert np.isnan(shape.ends[0, 3, HAND]).all()
    assert np.isfinite(shape.gaps(np.zeros((1, 3)))).all()
    # A stretch with a hole cannot be swept.
    assert np.isnan(swept(shape, 1).radii[0, 0, [FOREARM, HAND]]).all()


def test_distances_to_segments():
    ends = np.array([[0.0, 0, 0], [2.0, 0, 0]])
    points = np.array([[1.0, 1, 0], [-3, 4, 0], [3, 0, 0], [1, 0, 0]])
    np.testing.assert_allclose(distances(points, ends), [1, 5, 1, 0])
    np.testing.assert_allclose(distances(points, ends * 0), np.linalg.norm(points, axis=1))


@pytest.mark.parametrize('stretches', [1, 3, 40, 99])
def test_a_sweep_holds_every_instant_and_what_is_between(walking, stretches):
    shape = capsules(walking, np.linspace(0, 0.1, 41 * 17).reshape(1, 41, 17))
    sweep = swept(shape, stretches)
    assert sweep.ends.shape[1] == min(stretches, 40)
    share = np.random.default_rng(3).random((40, 1, 1, 1)).astype(np.float32)
    between = (1 - share) * shape.ends[0, :-1] + share * shape.ends[0, 1:]
    for points, radii in (
        (shape.ends[0], shape.radii[0]),
        (between, np.minimum(shape.radii[0, :-1], shape.radii[0, 1:])),
    ):
        for name in range(len(NAMES)):
            inside = Capsules(
                NAMES[name : name + 1], sweep.ends[:, :, [name]], sweep.radii[:, :, [name]]
            )
            gaps = inside.gaps(points[:, name].reshape(-1, 3)).min(1).reshape(-1, 2)
            assert (gaps + radii[:, name, None] < 1e-4).all(), NAMES[name]


def test_more_stretches_are_less_body(walking):
    def volume(sweep):
        lengths = np.linalg.norm(sweep.ends[..., 1, :] - sweep.ends[..., 0, :], axis=-1)
        return (sweep.radii**2 * (lengths + 4 / 3 * sweep.radii)).sum((0, 2)).max()

    shape = capsules(walking)
    volumes = [volume(swept(shape, stretches)) for stretches in (1, 4, 40)]
    assert volumes == sorted(volumes, reverse=True)


def test_who_stands_still_is_swept_as_he_stands(walking):
    still = np.repeat(walking[:, :1], 5, 1)
    shape, sweep = capsules(still), swept(capsules(still), 2)
    np.testing.assert_allclose(sweep.radii[:, 0], shape.radii[:, 0], atol=1e-6)
    np.testing.assert_allclose(sweep.ends[:, 0], shape.ends[:, 0], atol=1e-6)


@given(
    st.integers(1, 6),
    st.integers(1, 8),
    st.floats(1e-6, 1e4),
    st.integers(0, 2**31),
)
@settings(max_examples=40, deadline=None)
def test_sweeps_hold_at_every_scale(times, stretches, scale, seed):
    random = np.random.default_rng(seed)
    shape = capsules(scale * random.normal(size=(1, times, 17, 3)))
    sweep = swept(shape, stretches)
    for name in range(len(NAMES)):
        away = distances(
            shape.ends[:, :, None, name], sweep.ends[:, None, :, None, name][..., :, :, :]
        )
        held = (
            away + shape.radii[:, :, None, None, name]
            <= sweep.radii[:, None, :, None, name] + 1e-4 * scale + 1e-5
        )
        assert held.all(-1).any(-1).all()
