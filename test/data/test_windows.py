# SPDX-License-Identifier: Apache-2.0
from dataclasses import fields, replace

import numpy as np
import pytest

from nermo_ros.data.windows import CameraSettings, RandomCameras, Windows
from nermo_ros.skeleton.body17 import BONES, INDEX

PLAIN = CameraSettings(
    noisy=0,
    swap=0,
    stretch=(1, 1),
    scale=(1, 1),
    mirror=0,
    reverse=0,
    bones=0,
    jitter=0.15,
    history=(1, 1),
)


def line(frames=600, speed=(0.5, 0.0, 0.1)):
    """A stiff body that moves at a constant velocity [m/s], 120 Hz."""
    body = np.random.default_rng(3).normal(0, 0.4, (17, 3))
    return (body + np.arange(frames)[:, None, None] / 120 * np.array(speed)).astype(np.float32)


def recorded(windows):
    """The windows whose whole future was recorded."""
    whole = windows.known.all(1)
    return Windows(
        **{field.name: getattr(windows, field.name)[whole] for field in fields(Windows)}
    )


def test_shapes_and_stamps():
    windows = RandomCameras([line()], 120.0, 32, (0.0, 0.5, 1.0)).draw(64)
    assert windows.times.shape == (64, 32)
    assert windows.positions.shape == (64, 32, 17, 3)
    assert windows.mask.shape == (64, 32, 17)
    assert windows.future.shape == (64, 3, 17, 3)
    assert (windows.times[:, -1] == 0).all()
    assert (np.diff(windows.times, axis=1) >= 0).all()
    assert not windows.positions[windows.mask == 0].any()
    assert all(a.dtype == np.float32 for a in (windows.times, windows.positions, windows.mask))


def test_truth_is_where_the_motion_goes_in_true_seconds():
    windows = recorded(RandomCameras([line()], 120.0, 32, (0.0, 0.5, 1.0), PLAIN).draw(64))
    speed = np.linalg.norm(windows.future[:, 2] - windows.future[:, 0], axis=-1)
    np.testing.assert_allclose(speed, np.hypot(0.5, 0.1), rtol=1e-3)
    seen = windows.mask[:, -1] == 1
    np.testing.assert_allclose(
        windows.positions[:, -1][seen], windows.future[:, 0][seen], atol=1e-4
    )


def test_stretch_changes_the_speed():
    fast = replace(PLAIN, stretch=(2.0, 2.0))
    windows = recorded(RandomCameras([line()], 120.0, 32, (0.0, 1.0), fast).draw(16))
    speed = np.linalg.norm(windows.future[:, 1] - windows.future[:, 0], axis=-1)
    np.testing.assert_allclose(speed, 2 * np.hypot(0.5, 0.1), rtol=1e-3)


def test_reversed_windows_run_backwards():
    settings = replace(PLAIN, reverse=1.0)
    windows = recorded(RandomCameras([line()], 120.0, 32, (0.0, 1.0), settings).draw(64))
    rise = windows.future[:, 1, :, 2] - windows.future[:, 0, :, 2]
    np.testing.assert_allclose(rise, -0.1, atol=1e-3)
    seen = windows.mask[:, -1] == 1
    now = windows.future[:, 0]
    np.testing.assert_allclose(windows.positions[:, -1][seen], now[seen], atol=1e-4)


def test_headings_leave_heights_alone():
    windows = recorded(RandomCameras([line()], 120.0, 32, (0.0, 1.0), PLAIN).draw(64))
    rise = windows.future[:, 1, :, 2] - windows.future[:, 0, :, 2]
    np.testing.assert_allclose(rise, 0.1, atol=1e-3)
    directions = windows.future[:, 1, 0, :2] - windows.future[:, 0, 0, :2]
    assert np.ptp(np.arctan2(directions[:, 1], directions[:, 0])) > 5


def test_other_bodies_are_symmetric_and_stiff():
    windows = recorded(
        RandomCameras([line()], 120.0, 32, (0.0, 1.0), replace(PLAIN, bones=1.0, offset=0)).draw(
            32
        )
    )
    source = line()[0]
    ends = np.array(BONES)
    lengths = np.linalg.norm(np.diff(windows.future[:, :, ends], axis=3)[:, :, :, 0], axis=-1)
    np.testing.assert_allclose(lengths[:, 0], lengths[:, 1], rtol=1e-3)
    factor = lengths[:, 0] / np.linalg.norm(np.diff(source[ends], axis=1)[:, 0], axis=-1)
    left = [i for i, (_, j) in enumerate(BONES) if j in (1, 4, 7, 11, 13, 15)]
    right = [i for i, (_, j) in enumerate(BONES) if j in (2, 5, 8, 12, 14, 16)]
    np.testing.assert_allclose(factor[:, left], factor[:, right], rtol=1e-3)
    assert factor.std(0).min() > 0.05


def test_offset_joints_keep_their_distances():
    settings = replace(PLAIN, bones=1.0, torso=(1, 1), limb=(1, 1), offset=0.05)
    windows = recorded(RandomCameras([line()], 120.0, 32, (0.0, 1.0), settings).draw(32))
    spans = np.linalg.norm(windows.future - windows.future[:, :, :1], axis=-1)
    np.testing.assert_allclose(spans[:, 0], spans[:, 1], rtol=1e-3)
    assert spans[:, 0, INDEX['neck']].std() > 0.01


def test_noise_comes_in_its_share_of_the_windows():
    settings = replace(PLAIN, noisy=0.5, noise=(0.05, 0.05))
    windows = recorded(RandomCameras([line()], 120.0, 32, (0.0, 0.5), settings).draw(400))
    off = np.linalg.norm(windows.positions[:, -1] - windows.future[:, 0], axis=-1)
    noisy = (off * windows.mask[:, -1]).max(1) > 0.01
    assert 0.35 < noisy[windows.mask[:, -1].any(1)].mean() < 0.65


def test_swapped_sides():
    settings = replace(PLAIN, swap=1.0)
    windows = RandomCameras([line()], 120.0, 32, (0.0, 0.5), settings).draw(200)
    complete = windows.mask[:, 5:].all((1, 2))
    hips = windows.positions[:, :, INDEX['l_hip']] - windows.positions[:, :, INDEX['r_hip']]
    turned = (hips[:, 5:] * hips[:, -1:]).sum(-1) < 0
    assert turned[complete].any()


@pytest.mark.parametrize('share', [0.0, 0.3, 1.0])
def test_some_people_reach_instead(share):
    settings = replace(PLAIN, reaching=share)
    windows = RandomCameras([line()], 120.0, 32, (0.0, 0.5, 1.0), settings).draw(400)
    between = windows.future[:, :, 13] - windows.future[:, :, 0]  # of a stiff body it stays
    reached = np.abs(between - between[:, :1]).max((1, 2)) > 1e-3
    assert reached.mean() == pytest.approx(0.85 * share, abs=0.1)  # some of them stand still
    assert windows.known[reached].all()


def test_rare_actions_get_their_share():
    slow, fast = line(6000, (0.1, 0, 0)), line(300, (2.0, 0, 0))
    cameras = RandomCameras(
        [slow, slow, fast], 120.0, 32, (0.0, 0.4), replace(PLAIN, balance=1.0), actions='aab'
    )
    windows = cameras.draw(400)
    way = np.linalg.norm(windows.future[:, 1] - windows.future[:, 0], axis=-1).mean(1)
    assert 0.4 < (way > 0.4).mean() < 0.6


def test_same_seed_same_windows():
    first, second = (RandomCameras([line()], 120.0, 32, (0.5,), seed=4).draw(8) for _ in range(2))
    assert np.array_equal(first.positions, second.positions)


def test_what_was_not_recorded_is_not_known():
    windows = RandomCameras([line(150)], 120.0, 32, (0.0, 0.4, 1.0), PLAIN).draw(64)
    assert windows.known[:, :2].all()
    assert set(np.unique(windows.known[:, 2])) == {0, 1}
    way = np.linalg.norm(windows.future[:, 2] - windows.future[:, 0], axis=-1)
    complete = windows.known[:, 2] == 1
    np.testing.assert_allclose(way[complete], np.hypot(0.5, 0.1), rtol=1e-3)


def test_too_short_sequences_are_refused():
    with pytest.raises(ValueError, match='no sequence is longer'):
        RandomCameras([line(80)], 120.0, 32, (1.0,))
