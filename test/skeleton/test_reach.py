# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.recordings.recording import load_recording, shipped_recordings
from nermo_ros.skeleton.body17 import BONES, INDEX
from nermo_ros.skeleton.reach import LENGTHS, speeds


def test_lengths_are_those_along_the_bones():
    np.testing.assert_array_equal(LENGTHS, LENGTHS.T)
    assert not LENGTHS.diagonal().any() and np.isfinite(LENGTHS).all()
    shoulder, elbow, wrist = (INDEX[f'r_{name}'] for name in ('shoulder', 'elbow', 'wrist'))
    way = LENGTHS[shoulder, elbow] + LENGTHS[elbow, wrist]
    assert LENGTHS[shoulder, wrist] == pytest.approx(way)
    assert (LENGTHS[INDEX['l_ankle']] >= LENGTHS[INDEX['pelvis']] - 1e-9).sum() > 10


@pytest.mark.parametrize('name', shipped_recordings())
def test_no_recorded_bone_is_longer(name):
    positions = load_recording(name).positions
    for parent, joint in BONES:
        bone = np.linalg.norm(positions[:, :, joint] - positions[:, :, parent], axis=-1)
        assert not (bone > LENGTHS[parent, joint]).any(), joint


def test_nobody_walks_faster_than_the_speeds():
    recording = load_recording('cmu_walking')
    frames = round(0.1 * recording.rate)
    moved = recording.positions[:, frames:] - recording.positions[:, :-frames]
    speed = np.linalg.norm(moved, axis=-1) * recording.rate / frames
    assert (speed.max((0, 1)) < speeds() * 1.05).all()


def test_a_hand_is_never_slower_than_the_body():
    fast = speeds(body=3.0, hand=2.0)
    assert fast[INDEX['r_wrist']] == fast[INDEX['pelvis']] == 3.0
    assert fast[INDEX['l_ankle']] > fast[INDEX['l_knee']] > 3.0
    assert speeds()[INDEX['r_wrist']] == 2.0 and speeds()[INDEX['pelvis']] == 1.6
