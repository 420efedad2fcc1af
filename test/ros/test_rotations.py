# SPDX-License-Identifier: Apache-2.0
import sys

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nermo_ros.ros import rotations

HALF = np.sqrt(0.5)


@pytest.mark.parametrize(
    ('quaternion', 'expected'),
    [
        ((0, 0, 0, 1), np.eye(3)),
        ((0, 0, HALF, HALF), [[0, -1, 0], [1, 0, 0], [0, 0, 1]]),
        ((-0.5, 0.5, -0.5, 0.5), [[0, 0, 1], [-1, 0, 0], [0, -1, 0]]),  # an optical frame
    ],
)
def test_known_turns(quaternion, expected):
    np.testing.assert_allclose(rotations.matrix(*quaternion), expected, atol=1e-12)


@given(st.lists(st.floats(-1, 1), min_size=4, max_size=4))
def test_a_rotation_whatever_the_length(quaternion):
    assume(np.linalg.norm(quaternion) > 0.01)
    turn = rotations.matrix(*quaternion)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(turn) == pytest.approx(1)


def test_both_libraries_agree():
    library = pytest.importorskip(
        'tf_transformations', reason='tf_transformations comes with a ROS 2 installation only'
    )
    quaternion = np.array([0.1, -0.2, 0.3, 0.9]) / np.linalg.norm([0.1, -0.2, 0.3, 0.9])
    w, x, y, z = np.roll(quaternion, 1)
    from transforms3d.quaternions import quat2mat

    np.testing.assert_allclose(
        library.quaternion_matrix(quaternion)[:3, :3], quat2mat((w, x, y, z)), atol=1e-12
    )
    assert 'tf_transformations' in sys.modules
