# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nermo_ros.robot import arm

ANGLES = st.lists(st.floats(-3, 3), min_size=6, max_size=6).map(np.array)


@pytest.mark.parametrize(
    ('angles', 'flange'),
    [
        # Sums of the published lengths: stretched along -x; turned by a quarter about the base;
        # upright; upper arm upright and forearm level.
        ([0, 0, 0, 0, 0, 0], [-0.8172, -0.2329, 0.0628]),
        ([np.pi / 2, 0, 0, 0, 0, 0], [0.2329, -0.8172, 0.0628]),
        ([0, -np.pi / 2, 0, 0, 0, 0], [-0.0997, -0.2329, 0.9797]),
        ([0, -np.pi / 2, np.pi / 2, 0, 0, 0], [-0.3922, -0.2329, 0.4878]),
    ],
)
def test_known_poses(angles, flange):
    assert arm.frames(np.array(angles, float))[6, :3, 3] == pytest.approx(flange, abs=1e-6)


@given(ANGLES)
def test_frames_are_rigid_and_links_hang_together(angles):
    turns = arm.frames(angles)[:, :3, :3]
    assert np.allclose(turns @ turns.swapaxes(1, 2), np.eye(3), atol=1e-9)
    ends = arm.links(angles)
    assert np.allclose(ends[1:, 0], ends[:-1, 1], atol=1e-9)
    assert np.allclose(ends[-1, 1], arm.tool(angles)[:3, 3])


@given(ANGLES, st.integers(0, len(arm.RADII) - 1), st.floats(0, 1), st.floats(0, 2 * np.pi))
def test_balls_hold_the_links(angles, link, share, around):
    start, end = arm.links(angles)[link]
    along = (end - start) / np.linalg.norm(end - start)
    side = np.cross(along, [1, 0, 0] if abs(along[0]) < 0.9 else [0, 1, 0])
    side /= np.linalg.norm(side)
    out = np.cos(around) * side + np.sin(around) * np.cross(along, side)
    point = start + share * (end - start) + arm.RADII[link] * out
    centres, radii = arm.balls(angles)
    assert (np.linalg.norm(centres - point, axis=1) - radii).min() <= 1e-9


def test_many_poses_at_once_are_as_one_by_one():
    many = np.random.default_rng(0).uniform(-3, 3, (4, 6))
    for together, alone in zip(arm.balls(many)[0], many, strict=True):
        assert np.allclose(together, arm.balls(alone)[0])


@settings(deadline=None, max_examples=20)
@given(st.lists(st.floats(-0.1, 0.1), min_size=6, max_size=6).map(np.array))
def test_solve_finds_a_pose_nearby(change):
    angles = np.array([1.76, -2.1, -1.7, 0.7, 1.38, 0.0])
    pose = arm.tool(angles + change)
    assert np.allclose(arm.tool(arm.solve(pose, angles)), pose, atol=1e-4)


def test_solve_tells_what_is_out_of_reach():
    pose = np.eye(4)
    pose[:3, 3] = [2, 0, 0]
    with pytest.raises(ValueError, match='does not reach'):
        arm.solve(pose, np.zeros(6))
