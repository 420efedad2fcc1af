# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.forecast.baseline import damped_velocity
from nermo_ros.forecast.forecast import Status
from nermo_ros.forecast.forecaster import Forecaster, ForecastSettings
from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.predictor import BackendError
from nermo_ros.observation.batch import Batch
from nermo_ros.observation.observation import JointState
from nermo_ros.skeleton.body17 import JOINTS

SECOND = 1_000_000_000
NOW = 1_000 * SECOND
CARD = ModelCard('still', '1', JOINTS, history=1.0, past=1.0, horizon=1.0, samples=10)


class Still:
    """A predictor that puts every joint at (query, 7, 7) and remembers what it was asked."""

    name, card = 'still', CARD

    def __init__(self, spoil=None):
        self.queries = []
        self.spoil = spoil

    def __call__(self, times, positions, mask, query):
        self.queries.append(query)
        output = np.full((*query.shape, 17, 3), 7, np.float32)
        output[..., 0] = query[..., None]
        return self.spoil(output) if self.spoil else output


def people(count=1, samples=6, period=0.1, age=0.0, real=None):
    """Everybody walks along x at 1 m/s; `real`: samples that are not padding."""
    real = samples if real is None else real
    times = np.maximum(np.arange(1 - samples, 1), 1 - real).astype(np.float32) * np.float32(period)
    mask = np.zeros((count, samples, 17), np.float32)
    mask[:, samples - real :] = 1
    positions = np.zeros((count, samples, 17, 3), np.float32)
    positions[..., 0] = times[:, None] + np.arange(17)
    positions *= mask[..., None]
    return Batch(
        ids=tuple(f'p{i}' for i in range(count)),
        stamps=np.full(count, NOW - int(age * SECOND), np.int64),
        times=np.tile(times, (count, 1)),
        positions=positions,
        mask=mask,
    )


def test_one_call_gives_the_reference_and_the_steps():
    predictor = Still()
    forecast = Forecaster(predictor, ForecastSettings(horizon=0.5, step=0.1))(people(2), NOW)
    assert len(predictor.queries) == 1
    assert predictor.queries[0].dtype == np.float32
    np.testing.assert_allclose(predictor.queries[0][1], [0, 0.1, 0.2, 0.3, 0.4, 0.5], atol=1e-6)
    np.testing.assert_allclose(forecast.times, [0.1, 0.2, 0.3, 0.4, 0.5], atol=1e-6)
    assert forecast.positions.shape == (2, 5, 17, 3)
    assert forecast.positions.dtype == forecast.repaired.dtype == np.float32
    np.testing.assert_allclose(forecast.positions[0, :, 3, 0], forecast.times)
    assert forecast.ids == ('p0', 'p1') and forecast.reference == NOW
    assert list(forecast.status) == [Status.OK] * 2
    assert forecast.model == 'still 1'


def test_default_steps_reach_the_horizon():
    times = ForecastSettings().times
    assert len(times) == 25 and times[-1] == pytest.approx(1.0)
    assert len(ForecastSettings(horizon=0.02, step=0.04).times) == 1


def test_query_is_relative_to_each_persons_own_newest_sample_and_held_at_the_horizon():
    predictor = Still()
    batch = people(2)
    batch.stamps[1] -= int(0.2 * SECOND)
    forecast = Forecaster(predictor, ForecastSettings(horizon=1.0, step=0.5))(batch, NOW)
    np.testing.assert_allclose(predictor.queries[0], [[0, 0.5, 1.0], [0.2, 0.7, 1.0]], atol=1e-6)
    np.testing.assert_allclose(forecast.ages, [0, 0.2])


def test_seen_joints_are_repaired_to_themselves_and_missing_ones_by_the_model():
    batch = people()
    batch.mask[0, -1, 4] = 0
    batch.positions[0, -1, 4] = 0
    forecast = Forecaster(Still(), ForecastSettings())(batch, NOW)
    others = np.arange(17) != 4
    np.testing.assert_array_equal(forecast.repaired[0, others], batch.positions[0, -1, others])
    np.testing.assert_array_equal(forecast.repaired[0, 4], [0, 7, 7])
    assert forecast.states[0, 4] == JointState.INFERRED
    assert (forecast.states[0, others] == JointState.OBSERVED).all()


def test_a_person_not_in_the_newest_message_is_wholly_inferred():
    forecast = Forecaster(Still(), ForecastSettings())(people(age=0.1), NOW)
    assert (forecast.states == JointState.INFERRED).all()
    np.testing.assert_allclose(forecast.repaired[0, :, 0], 0.1, atol=1e-6)


def test_joints_inferred_by_the_source_stay_inferred():
    states = np.full((1, 17), JointState.OBSERVED, np.uint8)
    states[0, 2] = JointState.INFERRED
    forecast = Forecaster(Still(), ForecastSettings())(people(), NOW, states=states)
    assert forecast.states[0, 2] == JointState.INFERRED
    assert forecast.repaired[0, 2, 0] == people().positions[0, -1, 2, 0]


@pytest.mark.parametrize(
    ('real', 'period', 'status'),
    [
        (2, 0.1, Status.WARMING_UP),
        (3, 0.04, Status.WARMING_UP),
        (3, 0.05, Status.OK),
        (6, 0.1, Status.OK),
    ],
)
def test_warming_up_until_there_are_samples_and_history(real, period, status):
    batch = people(real=real, period=period)
    forecast = Forecaster(Still(), ForecastSettings())(batch, NOW)
    assert forecast.status[0] == status
    assert forecast.model == ('damped_velocity' if status else 'still 1')


def test_warming_up_uses_damped_velocity_for_that_person_alone():
    batch = people(2)
    batch.mask[1, :-2] = 0
    batch.positions[1, :-2] = 0
    forecast = Forecaster(Still(), ForecastSettings())(batch, NOW)
    assert list(forecast.status) == [Status.OK, Status.WARMING_UP]
    expected = damped_velocity(
        batch.times, batch.positions, batch.mask, np.tile(forecast.times, (2, 1))
    )
    np.testing.assert_allclose(forecast.positions[1], expected[1], atol=1e-6)
    assert forecast.positions[0, 0, 0, 1] == 7
    assert forecast.model == 'still 1'


def test_partial_when_less_than_half_was_seen():
    batch = people(samples=8, real=6)
    batch.mask[0, :, 3:] *= np.array([0, 0, 0, 0, 0, 0, 1, 0], np.float32)[:, None]
    forecast = Forecaster(Still(), ForecastSettings())(batch, NOW)
    assert forecast.status[0] == Status.PARTIAL
    np.testing.assert_allclose(forecast.observed_fraction[0, :3], 1)
    np.testing.assert_allclose(forecast.observed_fraction[0, 3:], 1 / 6)


def test_stale_by_the_time_that_has_passed():
    forecaster = Forecaster(Still(), ForecastSettings(stale_after=0.3))
    assert forecaster(people(), NOW, now=NOW + int(0.2 * SECOND)).status[0] == Status.OK
    assert forecaster(people(), NOW, now=NOW + int(0.4 * SECOND)).status[0] == Status.STALE
    assert forecaster(people(age=0.5), NOW).status[0] == Status.STALE


def test_backend_error_falls_back_and_is_counted():
    def fail(output):
        raise BackendError('the device is gone: start the node again')

    forecaster = Forecaster(Still(fail), ForecastSettings())
    forecast = forecaster(people(2), NOW)
    assert list(forecast.status) == [Status.FALLBACK] * 2
    assert forecast.model == 'damped_velocity'
    assert forecaster.counts['fallback'] == 2
    assert 'start the node again' in forecaster.error
    assert np.isfinite(forecast.positions).all()


def test_numbers_that_are_not_finite_cost_that_person_alone():
    def spoil(output):
        output[1, 3, 2, 0] = np.nan
        return output

    forecaster = Forecaster(Still(spoil), ForecastSettings())
    forecast = forecaster(people(2), NOW)
    assert list(forecast.status) == [Status.OK, Status.FALLBACK]
    assert np.isfinite(forecast.positions).all()
    assert forecaster.counts['fallback'] == 1 and 'finite' in forecaster.error


def test_a_person_of_whom_nothing_was_seen_is_left_out_and_counted():
    batch = people(2)
    batch.mask[0] = 0
    batch.positions[0] = 0
    forecaster = Forecaster(Still(), ForecastSettings())
    assert forecaster(batch, NOW).ids == ('p1',)
    assert forecaster.counts['unseen'] == 1


def test_nobody_needs_no_model():
    predictor = Still()
    forecast = Forecaster(predictor, ForecastSettings())(people(0), NOW)
    assert forecast.ids == () and forecast.positions.shape == (0, 25, 17, 3)
    assert not predictor.queries


def test_any_times_in_any_order():
    times = np.array([0.5, -0.3, 0.0, 0.123], np.float32)
    forecast = Forecaster(Still(), ForecastSettings())(people(), NOW, times=times)
    np.testing.assert_array_equal(forecast.times, times)
    np.testing.assert_allclose(forecast.positions[0, :, 0, 0], times, atol=1e-6)
