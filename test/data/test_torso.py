# SPDX-License-Identifier: Apache-2.0
import numpy as np

from nermo_ros.data.torso import torso_axes
from nermo_ros.recordings.recording import load_recording
from nermo_ros.skeleton.body17 import INDEX


def test_people_walk_forward_with_their_heads_up():
    body = load_recording('cmu_walking').positions[0].astype(float)
    axes = torso_axes(body)
    np.testing.assert_allclose(axes @ axes.mT, np.tile(np.eye(3), (len(body), 1, 1)), atol=1e-9)
    left, forward, up = axes.swapaxes(0, 1)
    went = body[20:, 0] - body[:-20, 0]
    assert ((went * forward[:-20]).sum(-1) > 0).mean() > 0.95
    assert (up[:, 2] > 0.8).all()
    across = body[:, INDEX['l_shoulder']] - body[:, INDEX['r_shoulder']]
    assert ((across * left).sum(-1) > 0).all()


def test_a_body_in_one_point_has_finite_axes():
    assert np.isfinite(torso_axes(np.zeros((2, 17, 3)))).all()
