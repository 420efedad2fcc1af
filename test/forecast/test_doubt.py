# SPDX-License-Identifier: Apache-2.0
"""Radii and statuses as a Forecaster of the shipped model's card gives them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nermo_ros.forecast.baseline import damped_velocity
from nermo_ros.forecast.bound import Limits, bound
from nermo_ros.forecast.forecast import Status
from nermo_ros.forecast.forecaster import Forecaster, ForecastSettings
from nermo_ros.forecast.radii import FLOOR, LEAST_MISS
from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.models import model_folder
from nermo_ros.inference.predictor import BackendError
from nermo_ros.observation.batch import Batch
from nermo_ros.skeleton.body17 import INDEX, JOINTS

CARD = ModelCard.read(model_folder('body17'))
START = 10**18
WRIST = INDEX['r_wrist']


class Damped:
    """A predictor without a model: damped velocity, off by `error` m where it is told to be."""

    name, card = 'damped', CARD

    def __init__(self, card=CARD):
        self.card, self.error, self.broken, self.calls = card, 0.0, False, 0

    def __call__(self, times, positions, mask, query):
        self.calls += 1
        if self.broken:
            raise BackendError('broken')
        return damped_velocity(times, positions, mask, query) + np.float32(self.error)


def walker(seconds, rate=30.0, samples=32, hidden=0.0, people=1):
    """Standing people; the right wrist unseen for the last `hidden` seconds."""
    times = -np.arange(samples - 1, -1, -1, dtype=np.float32) / np.float32(rate)
    body = np.random.default_rng(0).normal(0, 0.3, (len(JOINTS), 3)).astype(np.float32)
    mask = np.ones((people, samples, len(JOINTS)), np.float32)
    mask[:, times > 1e-3 - hidden, WRIST] = 0
    return Batch(
        ids=tuple(f'p{row}' for row in range(people)),
        stamps=np.full(people, START + round(seconds * 1e9)),
        times=np.tile(times, (people, 1)),
        positions=np.tile(body, (people, samples, 1, 1)) * mask[..., None],
        mask=mask,
    )


def newest(batch):
    return int(batch.stamps.max())


def watched(predictor, cycles=12, **options):
    """A forecaster that has seen that many frames, and its last forecast."""
    forecaster = Forecaster(predictor, ForecastSettings())
    for cycle in range(cycles):
        batch = walker(cycle / 30, **options)
        forecast = forecaster(batch, newest(batch))
    return forecaster, forecast


def test_radii_stand_beside_the_positions():
    forecaster, forecast = watched(Damped(), people=2)
    assert forecast.radii.shape == forecast.positions.shape[:3]
    assert forecast.radii.dtype == np.float32
    assert (np.diff(forecast.radii, axis=1) >= 0).all()
    assert (forecast.radii >= FLOOR).all()
    assert forecaster.predictor.calls == 12, 'one call a cycle'


def test_none_where_the_model_is_not_calibrated():
    _, forecast = watched(Damped(replace(CARD, radii={}, fallback_radii={})))
    assert forecast.radii is None and forecast.status[0] == Status.OK


def test_a_card_of_another_version_says_what_to_do():
    with pytest.raises(ValueError, match='nermo calibrate'):
        Forecaster(Damped(replace(CARD, radii={'coverage': 0.95})), ForecastSettings())


def test_a_motion_that_was_missed_is_unfamiliar_and_has_wider_radii():
    predictor = Damped()
    forecaster, calm = watched(predictor)
    assert calm.status[0] == Status.OK
    threshold = CARD.radii['unfamiliar_above']
    assert 0.03 < threshold < 0.5
    for error, status in ((0.5 * threshold, Status.OK), (1.5 * threshold, Status.UNFAMILIAR)):
        predictor.error = error / np.sqrt(3)
        forecaster, missed = watched(predictor)
        assert missed.status[0] == status
        assert (missed.radii[0, 0] > calm.radii[0, 0]).all()
    half_seen = walker(12 / 30)
    half_seen.mask[:, ::2] = 0
    half_seen.mask[:, :, 8:] = 0
    assert forecaster(half_seen, newest(half_seen)).status[0] == Status.UNFAMILIAR


def test_a_small_miss_of_the_others_does_not_tell_of_a_hidden_joint():
    _, calm = watched(Damped(), hidden=0.3)
    radii = Forecaster(Damped(), ForecastSettings())
    batch = walker(0.0, hidden=0.3)
    unknown = radii(batch, newest(batch))
    assert calm.radii[0, 2, 0] < 0.5 * unknown.radii[0, 2, 0]
    assert calm.radii[0, 2, WRIST] == pytest.approx(unknown.radii[0, 2, WRIST], rel=1e-5)
    assert LEAST_MISS < 0.03


def test_the_fallback_has_radii_of_its_own():
    predictor = Damped()
    forecaster, trusted = watched(predictor)
    predictor.broken = True
    batch = walker(13 / 30)
    fallback = forecaster(batch, newest(batch))
    assert fallback.status[0] == Status.FALLBACK and fallback.model == 'damped_velocity'
    assert (fallback.radii > trusted.radii).all()
    started = walker(0.0, samples=2)
    starting = Forecaster(Damped(), ForecastSettings())(started, newest(started))
    assert starting.status[0] == Status.WARMING_UP
    assert np.isfinite(starting.radii).all()


def test_a_fallback_that_is_not_calibrated_has_the_bound():
    batch = walker(0.0, samples=2)
    forecaster = Forecaster(Damped(replace(CARD, fallback_radii={})), ForecastSettings())
    forecast = forecaster(batch, newest(batch))
    query = forecast.times[None]
    arrays = batch.times, batch.positions, batch.mask
    limit = bound(*arrays, query, forecast.positions, Limits())
    np.testing.assert_allclose(forecast.radii, limit, rtol=1e-5)


def test_radii_grow_while_nothing_is_seen():
    forecaster, before = watched(Damped())
    batch = walker(11 / 30)
    for silence in (0.1, 0.4, 0.8):
        now = newest(batch) + round(silence * 1e9)
        times = forecaster.settings.times + np.float32(silence)
        after = forecaster(batch, newest(batch), now, times)
        assert (after.radii > before.radii).all()
        before = after
    assert after.status[0] == Status.STALE
    one_old = replace(batch, stamps=batch.stamps - round(0.4 * 1e9))
    assert forecaster(one_old, newest(batch)).status[0] == Status.STALE


def test_nobody_has_no_radii():
    batch = walker(0.0, people=0)
    assert Forecaster(Damped(), ForecastSettings())(batch, START).radii.shape == (0, 25, 17)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 20),
    gone=st.floats(0, 0.9),
    error=st.floats(0, 3, width=32),
    times=st.lists(st.floats(-0.5, 2.0, width=32), min_size=1, max_size=8),
    broken=st.booleans(),
)
def test_between_floor_and_bound_and_never_shrinking(seed, gone, error, times, broken):
    rng = np.random.default_rng(seed)
    predictor = Damped()
    predictor.error = error
    forecaster, _ = watched(predictor, cycles=9)
    predictor.broken = broken
    batch = walker(9 / 30)
    keep = rng.random(batch.mask.shape) >= gone
    keep[:, -1, 0] = True
    batch = replace(
        batch,
        mask=(batch.mask * keep).astype(np.float32),
        positions=batch.positions * keep[..., None],
    )
    asked = np.array(times, np.float32)
    forecast = forecaster(batch, newest(batch), times=asked)
    radii = forecast.radii[0]
    arrays = batch.times, batch.positions, batch.mask
    limit = bound(*arrays, asked[None], forecast.positions, Limits())[0]
    assert np.isfinite(radii).all()
    assert (radii >= FLOOR).all() and (radii <= np.maximum(limit, FLOOR) + 1e-5).all()
    order = np.argsort(asked, kind='stable')
    ahead = radii[order][asked[order] >= 0]
    assert (np.diff(ahead, axis=0) >= -1e-5).all()
