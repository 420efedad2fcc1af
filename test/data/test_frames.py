# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nermo_ros.data.frames import FrameSettings, FrameWindows
from nermo_ros.skeleton.cmu25 import MIRROR, NODES

PLAIN = {'mirror': 0.0, 'reverse': 0.0, 'stretched': 0.0}


def sequence(length=80, speed=0.01):
    """Every joint goes along z at `speed` a row, and x tells which joint it is."""
    body = np.zeros((length, 25, 3), np.float32)
    body[..., 0] = np.arange(25)
    body[..., 2] = speed * np.arange(length)[:, None]
    return body


def test_without_augmentation_windows_are_stretches_of_the_sequences():
    body = np.random.default_rng(0).normal(size=(60, 25, 3)).astype(np.float32)
    windows = FrameWindows([body], FrameSettings(**PLAIN)).draw(64)
    stretches = np.lib.stride_tricks.sliding_window_view(body, 35, 0).transpose(0, 3, 1, 2)
    drawn = np.concatenate([windows.positions, windows.future], 1)
    found = [np.flatnonzero((stretches == one).all((1, 2, 3))) for one in drawn]
    assert all(len(places) == 1 for places in found)
    assert {places[0] for places in found} > {0, 25}


def test_times_are_the_protocols():
    windows = FrameWindows([sequence()]).draw(3)
    np.testing.assert_allclose(windows.times[1], 0.04 * np.arange(-9, 1), atol=1e-6)
    np.testing.assert_allclose(windows.query[2], 0.04 * np.arange(1, 26), atol=1e-6)
    assert windows.known.shape == (3, 25)
    assert windows.known.all()
    assert windows.mask.all()
    assert windows.positions.shape == (3, 10, 25, 3)
    assert windows.future.shape == (3, 25, 25, 3)


def test_the_same_seed_draws_the_same():
    one, two, other = (FrameWindows([sequence()], seed=seed).draw(8) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.positions, two.positions)
    assert np.abs(one.positions - other.positions).max() > 0


def test_mirrored_windows_swap_the_sides():
    options = FrameSettings(**{**PLAIN, 'mirror': 1.0})
    window = FrameWindows([sequence()], options).draw(1)
    np.testing.assert_allclose(window.positions[0, 0, :, 0], -np.array(MIRROR))


def test_reversed_windows_run_backwards():
    options = FrameSettings(**{**PLAIN, 'reverse': 1.0})
    windows = FrameWindows([sequence()], options).draw(16)
    path = np.concatenate([windows.positions, windows.future], 1)[..., 2]
    np.testing.assert_allclose(np.diff(path, axis=1), -0.01, atol=1e-6)


@given(
    st.floats(0.5, 2.0), st.floats(1.0, 2.0), st.integers(1, 2), st.integers(35, 90),
    st.integers(0, 2**31),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_stretched_windows_stay_inside_and_keep_an_even_speed(least, factor, rows, length, seed):
    length = rows * length
    options = FrameSettings(
        **{**PLAIN, 'reverse': 0.5, 'stretched': 0.7}, rows=rows, stretch=(least, least * factor)
    )
    bodies = [sequence(length), sequence(length) + 100]
    windows = FrameWindows(bodies, options, seed=seed).draw(8)
    path = np.concatenate([windows.positions, windows.future], 1)[..., 0, 2]
    path = path - np.where(path > 50, 100, 0)
    assert path.min() >= 0
    assert path.max() <= 0.01 * (length - 1) + 1e-4
    speed = np.abs(np.diff(path, axis=1)) / 0.01
    np.testing.assert_allclose(speed, speed[:, :1] * np.ones(34), atol=2e-2)
    assert speed.max() <= max(rows * least * factor, rows) + 2e-2


def test_turned_and_scaled_bodies_keep_the_vertical():
    body = np.random.default_rng(0).normal(size=(35, 25, 3)).astype(np.float32)
    options = FrameSettings(**PLAIN, turn=0.5, scale=(0.5, 0.9))
    windows = FrameWindows([body], options).draw(32)
    scale = windows.positions[..., 1] / body[:10, :, 1]
    assert scale.min() > 0.49
    assert scale.max() < 0.91
    assert np.ptp(scale, axis=(1, 2)).max() < 1e-3
    lengths = np.linalg.norm(windows.positions[..., [0, 2]], axis=-1)
    expected = scale * np.linalg.norm(body[:10, :, [0, 2]], axis=-1)
    np.testing.assert_allclose(lengths, expected, rtol=1e-4, atol=1e-5)


def test_missing_samples_are_zero_in_their_share_of_the_windows():
    options = FrameSettings(**PLAIN, missing=0.5, dropout=(0.3, 0.6))
    windows = FrameWindows([sequence() + 1], options).draw(400)
    seen = windows.mask.mean((1, 2))
    assert 0.4 < (seen < 1).mean() < 0.6
    assert 0.5 < seen[seen < 1].mean() < 0.6
    assert (windows.positions[windows.mask == 0] == 0).all()
    assert (windows.positions[windows.mask == 1][:, 2] > 0).all()


def test_balance_gives_rare_actions_their_share():
    bodies = [sequence(400), sequence(400), sequence(100) + 50]
    actions = ['walking', 'walking', 'jumping']
    shares = []
    for balance in (0.0, 1.0):
        options = FrameSettings(**PLAIN, balance=balance)
        drawn = FrameWindows(bodies, options, actions=actions).draw(2000)
        shares.append((drawn.positions[:, 0, 0, 1] > 25).mean())
    assert shares[0] == pytest.approx(66 / 798, abs=0.03)
    assert shares[1] == pytest.approx(0.5, abs=0.04)


def test_short_sequences_are_left_out_and_too_few_refused():
    windows = FrameWindows([sequence(34) + 9, sequence(35)], FrameSettings(**PLAIN)).draw(20)
    assert (windows.positions[:, 0, NODES.index(3), 1] == 0).all()
    with pytest.raises(ValueError, match='no sequence is longer than 34 rows'):
        FrameWindows([sequence(34)])
