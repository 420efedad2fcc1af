# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.recordings.recording import load_recording
from nermo_ros.robot.path import BEFORE, MEETING, Path
from nermo_ros.robot.speed import Rule
from nermo_ros.skeleton.body17 import INDEX

MOST = np.pi  # rad/s of each joint of a UR5e


@pytest.fixture(scope='module')
def path():
    return Path()


def test_leads_through_the_place_where_the_baton_changes_hands(path):
    wrists = load_recording('handover').positions[:, :, INDEX['r_wrist']]
    nearest = np.linalg.norm(wrists[0] - wrists[1], axis=-1).argmin()
    assert wrists[:, nearest].mean(0) == pytest.approx(MEETING, abs=0.01)
    assert path.tool(BEFORE) == pytest.approx(MEETING, abs=1e-3)


def test_there_and_back_on_a_straight_line(path):
    ways = np.linspace(0, path.length, 41)
    places = path.tool(ways)
    assert places[[0, 20, 40]] == pytest.approx(
        np.stack([path.start, path.end, path.start]), abs=1e-4
    )
    assert np.linalg.norm(np.diff(places, axis=0), axis=1) == pytest.approx(
        path.length / 40, rel=0.01
    )


def test_no_joint_is_faster_than_the_arms(path):
    ways = np.arange(0, path.half, 0.005)
    change = np.abs(np.diff(path.angles(ways), axis=0)) / 0.005
    assert change.max() * Rule.speed < MOST


def test_out_of_reach_is_told():
    with pytest.raises(ValueError, match='does not reach'):
        Path(end=np.array([0.0, 3.0, 1.0])).angles(0.0)
