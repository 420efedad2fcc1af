# SPDX-License-Identifier: Apache-2.0
"""From messages to forecasts: everything of the node that needs no graph."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nermo_ros.forecast.bound import Limits
from nermo_ros.forecast.forecast import Forecast
from nermo_ros.forecast.forecaster import Forecaster, ForecastSettings
from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.predictor import Predictor
from nermo_ros.observation.drop import Drop
from nermo_ros.observation.judge import JudgeSettings
from nermo_ros.observation.observation import Observation
from nermo_ros.observation.tracks import Tracks, TrackSettings
from nermo_ros.ros.intake import Intake, rules_of
from nermo_ros.ros.sensor_clock import SensorClock
from nermo_ros.ros.sources.source import BadMessage
from nermo_ros.ros.stages import Stages
from nermo_ros.ros.tf import Transforms
from nermo_ros.ros.transform import trunk_slope
from nermo_ros.skeleton.body17 import JOINTS
from nermo_ros.skeleton.reach import speeds

UPRIGHT = 0.5  # least cosine between trunk and z of somebody who stands, sits or bends
CLOCK_JUMP = Drop.CLOCK_JUMP.value
MOST_SAMPLES = 256  # remembered of a person: two seconds at 120 Hz


class Pipeline:
    """One source or several, one model, all people.

    values: of the parameters; counts: of drops by reason, of 'unseen' and 'fallback' (Forecaster);
    warn: called with reason and text for each; stages: are told what each took; transforms: tf2,
    None where there is none. Raises ValueError where values and model do not fit, saying what to
    set. All times are int ns: `receipt` and `now` by the node's clock. People's ages are counted
    from the receipt of the newest observation, so that a sensor whose clock is not ours neither
    loses nor keeps people.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        predictor: Predictor,
        counts: Counter[str],
        warn: Callable[[str, str], None],
        stages: Stages | None = None,
        transforms: Transforms | None = None,
    ):
        _check(values, predictor)
        self.intake = Intake(values, transforms, self._drop, warn)
        self._use_inferred = values['use_inferred']
        self.source, self.gate = self.intake.inputs[0].source, self.intake.inputs[0].gate
        # Of several cameras each is judged by itself, before they are fused.
        alone = self.intake.inputs if len(self.intake.inputs) == 1 else ()
        self.tracks = Tracks(_track_settings(values, predictor.card, rules_of(values, alone)))
        self.forecaster = Forecaster(predictor, _forecast_settings(values), counts)
        self._counts = counts
        self._warn = warn
        self._stages = stages or Stages()
        self._slope: float | None = None
        self._clock = SensorClock(values['sensor_latency'])
        self._sensor_latency = round(values['sensor_latency'] * 1e9)
        self._compensate = values['compensate_latency']

    def update(self, values: Mapping[str, Any]) -> None:
        """Take over the parameters that can be changed at any time; raises ValueError."""
        _check(values, self.forecaster.predictor)
        self.forecaster.settings = _forecast_settings(values)
        self._compensate = values['compensate_latency']

    def take(self, message: Any, receipt: int, index: int = 0) -> int:
        """Put the people of a message of intake.inputs[index] into their histories; returns how
        many went in."""
        began = time.perf_counter_ns()
        seen = self.intake.take(message, receipt, index)
        return self._add_all(seen, receipt, self._stages.lap('source', began))

    def take_waiting(self, now: int) -> int:
        """The same for what waits for tf2 or for another camera."""
        return self._add_all(self.intake.poll(now), now, time.perf_counter_ns())

    def _add_all(self, observations: Sequence[Observation], receipt: int, began: int) -> int:
        added = sum([self._add(observation) for observation in observations])
        self._stages.lap('observation', began)
        if self.intake.fusion is not None:
            while self.intake.fusion.dissolved:
                self.tracks.forget(self.intake.fusion.dissolved.pop())
        if added:
            newest = max(newest.stamp for newest in self.tracks.newest.values())
            differ = self._clock.hear(newest, receipt)
            if differ and self._compensate:
                self._warn('clock_offset', differ)
        return added

    def _add(self, observation: Observation) -> bool:
        if self._sensor_latency:
            observation = replace(observation, stamp=observation.stamp - self._sensor_latency)
        jumps = self.tracks.drops.get(CLOCK_JUMP, 0)
        if self._slope is None:
            self._look_for_gravity(observation)
        drop = self.tracks.add(observation)
        if self.tracks.drops.get(CLOCK_JUMP, 0) > jumps:
            text = 'stamps went back in time: everybody is tracked anew'
            self._drop(BadMessage(CLOCK_JUMP, text))
            if self.intake.fusion is not None:
                self.intake.fusion.clear()
        if drop is not None:
            text = (
                f'an observation of {observation.person!r} at {observation.stamp} ns is left out'
            )
            self._drop(BadMessage(drop.value, text))
        return drop is None

    def _look_for_gravity(self, observation: Observation) -> None:
        """Warns where the first person seen does not stand along z: cameras look along theirs."""
        self._slope = trunk_slope(observation)
        if self._slope is not None and self._slope < UPRIGHT:
            text = (
                f'{observation.person!r} does not stand along z of {observation.frame!r}: if z is '
                'not up there, as in a camera frame, set target_frame and sensor_transform'
            )
            self._warn('not_upright', text)

    def _drop(self, bad: BadMessage) -> None:
        self._counts[bad.reason] += 1
        self._warn(bad.reason, bad.text)

    def silence(self, now: int) -> float:
        """Seconds since the newest observation came in."""
        return self._clock.silence(now)

    def expire(self, now: int) -> list[str]:
        """Forget people unseen for the time-out; returns their ids."""
        return self.tracks.expire(self._clock.time(now))

    def age(self, now: int) -> float:
        """Seconds since what the newest observation shows; where latency is not compensated or
        the sensor's clock is not ours, since its receipt."""
        return self._clock.age(now) if self._compensate else max(0.0, self.silence(now))

    def forecast(self, now: int) -> Forecast:
        """Everybody tracked, at the settings' times after now, or, where latency is not
        compensated, after the newest observation; the reference is the newest observation."""
        ahead = self.forecaster.settings.times
        times = (ahead + self.age(now)).astype(np.float32) if self._compensate else ahead
        return self._run(self._clock.newest, now, times)

    def forecast_at(self, times: np.ndarray, reference: int | None, now: int) -> Forecast:
        """Everybody tracked, at `times` (K,) s after `reference` (default: newest observation).

        Raises ValueError where nobody is tracked or a time is not one that the model can give.
        """
        if not self.tracks.newest:
            raise ValueError('nobody is tracked: there is no forecast yet')
        reference = self._clock.newest if reference is None else reference
        if not len(times):
            raise ValueError('times_from_reference is empty: give at least one time')
        if not np.isfinite(times).all():
            raise ValueError('times_from_reference has numbers that are not finite')
        card = self.forecaster.predictor.card
        after = (reference - self._clock.newest) / 1e9 + np.asarray(times, np.float64)
        # Single-precision times round.
        if after.min() < -card.past - 1e-6 or after.max() > card.horizon + 1e-6:
            raise ValueError(
                f'times reach from {after.min():.3f} to {after.max():.3f} s after the newest '
                f'observation; model {card.name} answers for {-card.past} to {card.horizon} s'
            )
        return self._run(reference, now, times)

    def _run(self, reference: int, now: int, times: np.ndarray | None) -> Forecast:
        began = time.perf_counter_ns()
        card = self.forecaster.predictor.card
        batch = self.tracks.batch(card.samples, card.history, use_inferred=self._use_inferred)
        states = np.zeros((len(batch.ids), len(JOINTS)), np.uint8)
        newest = self.tracks.newest
        for row, person in enumerate(batch.ids):
            states[row] = newest[person].states
        began, failed = self._stages.lap('batch', began), self._counts['fallback']
        forecast = self.forecaster(batch, reference, self._clock.time(now), times, states)
        predicting = self.forecaster.predicting
        if predicting:
            self._stages.add('predictor', predicting)
        self._stages.lap('forecast', began + predicting)
        if self._counts['fallback'] > failed:
            self._warn('fallback', f'the model could not be used: {self.forecaster.error}')
        return forecast

    def clear(self) -> None:
        """Forget everybody: the clock has jumped."""
        self.tracks.clear()
        self.intake.clear()
        self.forecaster.doubt.memory.clear()


def _check(values: Mapping[str, Any], predictor: Predictor) -> None:
    card = predictor.card
    if card.joints != JOINTS:
        raise ValueError(f'model {card.name} has other joints than body17: choose another model')
    for name, limit in (('horizon', card.horizon), ('min_history', card.history)):
        if values[name] > limit:
            raise ValueError(
                f'{name} is {values[name]} s, model {card.name} has {limit} s: set {name} to at '
                f'most {limit} or choose another model'
            )


def _forecast_settings(values: Mapping[str, Any]) -> ForecastSettings:
    names = ('horizon', 'step', 'min_samples', 'min_history', 'stale_after')
    limits = Limits(
        error=values['measurement_error'],
        speeds=speeds(values['body_speed'], values['hand_speed']),
    )
    return ForecastSettings(limits=limits, **{name: values[name] for name in names})


def _track_settings(
    values: Mapping[str, Any], card: ModelCard, rules: JudgeSettings
) -> TrackSettings:
    return TrackSettings(
        # Somebody unseen for a while still has the model's whole history.
        seconds=card.history + values['timeout'],
        capacity=max(MOST_SAMPLES, 2 * card.samples),
        timeout=values['timeout'],
        rejoin_distance=values['id_switch_distance'],
        **vars(rules),
    )
