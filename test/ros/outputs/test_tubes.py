# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nermo_ros.ros.outputs.tubes import CAP, SIDES, tubes


def test_corners_lie_on_balls_around_the_way():
    way = np.stack([np.linspace(0, 1, 5), np.zeros(5), np.ones(5)], 1)
    radii = np.linspace(0.1, 0.3, 5)
    corners = tubes(way[None], radii[None])
    for corner in corners:
        away = np.linalg.norm(way - corner, axis=1) - radii
        assert np.isclose(away, 0, atol=1e-9).any()
    assert corners[:, 0].min() == pytest.approx(-0.1)
    assert corners[:, 0].max() == pytest.approx(1.3)


def test_a_way_without_length_is_a_ball():
    corners = tubes(np.ones((1, 3, 3)), np.full((1, 3), 0.5))
    np.testing.assert_allclose(np.linalg.norm(corners - 1, axis=1), 0.5)
    assert corners[:, 2].max() == pytest.approx(1.5) and corners[:, 2].min() == pytest.approx(0.5)


@given(st.integers(1, 3), st.integers(1, 6), st.integers(0, 2**31))
@settings(max_examples=50, deadline=None)
def test_always_finite_triangles(ways, steps, seed):
    random = np.random.default_rng(seed)
    where = random.normal(size=(ways, steps, 3)).round(1)
    corners = tubes(where, random.random((ways, steps)))
    assert corners.shape == (ways * 3 * 2 * SIDES * (steps + 2 * len(CAP) - 1), 3)
    assert np.isfinite(corners).all()


@pytest.mark.parametrize('axis', range(3))
def test_ways_along_the_axes(axis):
    way = np.zeros((1, 3, 3))
    way[0, :, axis] = [0, 1, 2]
    across = np.delete(tubes(way, np.full((1, 3), 0.5)), axis, 1)
    assert np.linalg.norm(across, axis=1).max() == pytest.approx(0.5)
