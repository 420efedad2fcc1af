# SPDX-License-Identifier: Apache-2.0
"""From people's histories to a forecast that a planner can use, whatever the model does."""

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from nermo_ros.forecast.baseline import damped_velocity
from nermo_ros.forecast.bound import Limits
from nermo_ros.forecast.doubt import Doubt
from nermo_ros.forecast.forecast import Forecast, Status
from nermo_ros.forecast.memory import GRID
from nermo_ros.inference.predictor import BackendError, Predictor
from nermo_ros.observation.batch import Batch, real_samples
from nermo_ros.observation.observation import JointState

FALLBACK_MODEL = 'damped_velocity'
PARTIAL_BELOW = 0.5  # share of joint samples seen
# A member's name takes longer to find than a number.
OK, WARMING_UP, PARTIAL, UNFAMILIAR, STALE, FALLBACK = map(int, Status)
MISSING, INFERRED, OBSERVED = map(int, JointState)


@dataclass(frozen=True)
class ForecastSettings:
    """horizon, step: s, the forecast's times are step, 2 step, ... up to the horizon; min_samples,
    min_history (s): of what the model needs before it is used for a person; stale_after: s after
    which a person counts as STALE; limits: of where a joint can be."""

    horizon: float = 1.0
    step: float = 0.04
    min_samples: int = 3
    min_history: float = 0.1
    stale_after: float = 0.3
    limits: Limits = field(default_factory=Limits)

    @cached_property
    def times(self) -> np.ndarray:
        """(K,) float32 s, increasing, at least one."""
        count = max(1, int(self.horizon / self.step + 1e-6))
        return (np.arange(1, count + 1) * self.step).astype(np.float32)


class Forecaster:
    """Calls a predictor once for everybody and stands in for it where it fails.

    counts: 'fallback' (people's forecasts that the model could not give), 'unseen' (people left
    out because nothing of them was seen in the whole window); error: why the model last failed, ''
    if it never did; predicting: ns that the model took last, 0 where it was not asked; doubt: of
    its forecasts. Raises ValueError where the card's radii are of another version.
    """

    def __init__(
        self, predictor: Predictor, settings: ForecastSettings, counts: Counter[str] | None = None
    ):
        self.predictor = predictor
        self.settings = settings
        self.counts = Counter() if counts is None else counts
        self.error = ''
        self.predicting = 0
        self.doubt = Doubt(predictor.card)

    def __call__(
        self,
        batch: Batch,
        reference: int,
        now: int | None = None,
        times: np.ndarray | None = None,
        states: np.ndarray | None = None,
    ) -> Forecast:
        """Forecast everybody in the batch of whom something was seen.

        reference: int ns, time zero; now: int ns on the same clock, for STALE (default: the
        reference); times: (K,) s after the reference in any order (default: those of the
        settings); states: (P, 17) of the newest samples, where a joint of the mask may be INFERRED
        by its source (default: the mask's joints are OBSERVED).
        """
        times = self.settings.times if times is None else np.asarray(times, np.float32)
        if states is None:
            states = np.where(batch.mask[:, -1] > 0, OBSERVED, MISSING)
        seen = np.asarray(batch.mask.any((1, 2)))
        self.counts['unseen'] += int((~seen).sum())
        if not seen.all():
            batch, states = _rows(batch, seen), states[seen]

        ages = (reference - batch.stamps) / 1e9
        query = np.concatenate([[0.0], times]) + ages[:, None]
        warming = self._warming_up(batch)
        positions, failed = self._remembering(batch, query, ~warming)
        radii, unfamiliar = None, np.zeros(len(batch.ids), bool)
        if self.doubt.calibrated:
            path = query[:, 1:], positions[:, 1:]
            answer = self.doubt(batch, *path, warming | failed, self.settings.limits)
            radii, unfamiliar = answer.radii, answer.unfamiliar

        current = ages == 0
        kept = current[:, None] & (batch.mask[:, -1] > 0)
        fraction = _observed_fraction(batch)
        return Forecast(
            ids=batch.ids,
            stamps=batch.stamps,
            reference=reference,
            times=times,
            positions=positions[:, 1:],
            repaired=np.where(kept[..., None], batch.positions[:, -1], positions[:, 0]),
            states=np.where(kept, states, INFERRED).astype(np.uint8),
            observed_fraction=fraction,
            ages=ages,
            status=self._status(
                batch, fraction, unfamiliar, warming, failed, reference if now is None else now
            ),
            model=self._model(warming | failed),
            radii=radii,
        )

    def _remembering(
        self, batch: Batch, query: np.ndarray, wanted: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """As _predict; what the next moment will show to be right or wrong is asked for too."""
        if not self.doubt.calibrated:
            return self._predict(batch, query, wanted)
        people, asked = query.shape
        both = np.empty((people, asked + len(GRID)))
        both[:, :asked], both[:, asked:] = query, GRID
        output, failed = self._predict(batch, both, wanted)
        self.doubt.memory.add(batch, output[:, asked:], wanted & ~failed)
        return output[:, :asked], failed

    def _predict(
        self, batch: Batch, query: np.ndarray, wanted: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """(P, 1 + K, 17, 3), from the model for the people wanted of it, and (P,) for whom it
        failed."""
        arrays = (batch.times, batch.positions, batch.mask)
        failed = np.zeros(len(batch.ids), bool)
        output, self.predicting = None, 0
        if wanted.any():
            card = self.predictor.card
            # Outside the times it was trained on, the model's pose is held.
            held = np.minimum(np.maximum(query, -card.past), card.horizon).astype(np.float32)
            began = time.perf_counter_ns()
            try:
                output = self.predictor(*arrays, held)
                failed = wanted & ~np.isfinite(output).all((1, 2, 3))
                if failed.any():
                    self.error = 'it gave numbers that are not finite'
            except BackendError as error:
                failed = wanted
                self.error = str(error)
            self.predicting = time.perf_counter_ns() - began
            self.counts['fallback'] += int(failed.sum())
        without = ~wanted | failed
        if output is None or without.any():
            stand_in = damped_velocity(*arrays, query.astype(np.float32))
            without = without[:, None, None, None]
            output = stand_in if output is None else np.where(without, stand_in, output)
        return output, failed

    def _warming_up(self, batch: Batch) -> np.ndarray:
        seen = batch.mask.any(2)
        oldest = np.where(seen, batch.times, 0).min(1, initial=0)
        too_few = seen.sum(1) < self.settings.min_samples
        # The times are float32: a history of just min_history must not fail by its rounding.
        return too_few | (-oldest < self.settings.min_history - 1e-4)

    def _status(
        self,
        batch: Batch,
        fraction: np.ndarray,
        unfamiliar: np.ndarray,
        warming: np.ndarray,
        failed: np.ndarray,
        now: int,
    ) -> np.ndarray:
        """What limits each person's forecast most."""
        stale = (now - batch.stamps) / 1e9 > self.settings.stale_after
        partial = fraction.sum(1) < PARTIAL_BELOW * fraction.shape[1]
        status = np.full(len(batch.ids), OK, np.uint8)
        rising = (partial, PARTIAL), (unfamiliar, UNFAMILIAR), (warming, WARMING_UP)
        for rows, limit in (*rising, (failed, FALLBACK), (stale, STALE)):
            status[rows] = limit
        return status

    def _model(self, without: np.ndarray) -> str:
        card = self.predictor.card
        return FALLBACK_MODEL if without.size and without.all() else f'{card.name} {card.version}'


def _rows(batch: Batch, keep: np.ndarray) -> Batch:
    return replace(
        batch,
        ids=tuple(person for person, kept in zip(batch.ids, keep, strict=True) if kept),
        **{name: getattr(batch, name)[keep] for name in ('stamps', 'times', 'positions', 'mask')},
    )


def _observed_fraction(batch: Batch) -> np.ndarray:
    """(P, 17) float32."""
    count = real_samples(batch.times).sum(1)
    return (batch.mask.sum(1) / count[:, None]).astype(np.float32)
