# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np

from nermo_ros.ros.outputs import points
from nermo_ros.skeleton.body17 import BONES, INDEX


def test_joints_fingertips_and_no_gaps_between(body):
    found = points.body_points(body, 0.0)
    for person in range(2):
        joints = body.repaired[person]
        away = np.linalg.norm(joints[:, None] - found, axis=-1).min(1)
        np.testing.assert_allclose(away, 0, atol=1e-6)
        for start, end in joints[np.array(BONES)]:
            way = start + np.linspace(0, 1, 50)[:, None] * (end - start)
            gaps = np.linalg.norm(way[:, None] - found, axis=-1).min(1)
            assert gaps.max() <= points.SPACING / 2 + 0.002
        elbow, wrist = joints[INDEX['r_elbow']], joints[INDEX['r_wrist']]
        tip = wrist + 0.206 * (wrist - elbow) / np.linalg.norm(wrist - elbow)
        assert np.linalg.norm(found - tip, axis=1).min() < 1e-5


def test_ahead_they_are_where_the_forecast_is(body):
    found = points.body_points(body, float(body.times[2]))
    away = np.linalg.norm(body.positions[1, 2][:, None] - found, axis=-1).min(1)
    np.testing.assert_allclose(away, 0, atol=1e-6)


def test_nobody_and_joints_in_one_place(body):
    nobody = replace(body, ids=(), positions=body.positions[:0], repaired=body.repaired[:0])
    assert points.body_points(nobody, 0.1).shape == (0, 3)
    heap = replace(body, repaired=0 * body.repaired, positions=0 * body.positions)
    assert not points.body_points(heap, 0.0).any()


def test_the_message():
    made = points.message(np.array([[1.0, 2, 3]]), 5_000_000_007, 'base')
    assert (made.header.stamp.sec, made.header.stamp.nanosec) == (5, 7)
    assert made.header.frame_id == 'base' and len(made.poses) == 1
    pose = made.poses[0]
    assert (pose.position.x, pose.position.y, pose.position.z) == (1, 2, 3)
    assert pose.orientation.w == 1
