# SPDX-License-Identifier: Apache-2.0
"""What a robot can be told of people: where they are, how far they could walk, where they will be
if they go on as now, or where they are forecast to be."""

from dataclasses import dataclass

import numpy as np

from nermo_ros.forecast.baseline import constant_velocity, zero_velocity
from nermo_ros.forecast.capsules import Capsules, capsules, swept
from nermo_ros.forecast.forecast import Forecast
from nermo_ros.observation.batch import Batch
from nermo_ros.skeleton.reach import BODY_SPEED

STEP = 0.02  # s, between the times of a sight


@dataclass(frozen=True, eq=False)
class Sight:
    """What one camera frame tells: time: s of the frame in the recording; shapes: by policy, for
    the K times of times_until, or for one that stands for all."""

    time: float
    shapes: dict[str, Capsules]


def times_until(window: float) -> np.ndarray:
    """(K,) s from 0 to the window at least."""
    return np.arange(int(np.ceil(window / STEP - 1e-6)) + 1) * STEP


def sight(time: float, batch: Batch, forecast: Forecast, measured: np.ndarray) -> Sight:
    """A frame at `time` [s] and a forecast made of it, at times from 0 on; measured: (P, 17) bool,
    the joints of the forecast's people that count.

    Raises ValueError where the model has no radii.
    """
    if forecast.radii is None:
        raise ValueError(f'model {forecast.model} has no radii: run `nermo calibrate`')
    ahead = np.where(measured[:, None, :, None], forecast.positions, np.nan)
    times, reference = forecast.times, forecast.reference
    shapes = {
        'present': present(batch, reference),
        'walking': walking(batch, reference, times),
        'velocity': going_on(batch, reference, times),
        'positions': passed(capsules(ahead)),
        'forecast': passed(capsules(ahead, forecast.radii)),
    }
    return Sight(time, shapes)


def present(batch: Batch, reference: int) -> Capsules:
    """Each joint where it was last seen, for all times; reference: int ns, now."""
    return capsules(_seen_only(batch, zero_velocity(*_arrays(batch, reference, np.zeros(1)))))


def walking(batch: Batch, reference: int, times: np.ndarray) -> Capsules:
    """The same, and all that is reached from there at walking speed, 1.6 m/s as in ISO/TS 15066,
    since each joint was seen; times: (K,) s after the reference."""
    positions = _seen_only(batch, zero_velocity(*_arrays(batch, reference, times)))
    newest = np.where(batch.mask > 0, batch.times[..., None], -np.inf).max(1, initial=-np.inf)
    ages = ((reference - batch.stamps) / 1e9)[:, None] - newest
    reach = BODY_SPEED * (np.where(np.isfinite(ages), ages, 0)[:, None] + times[:, None])
    return capsules(positions, reach)


def going_on(batch: Batch, reference: int, times: np.ndarray) -> Capsules:
    """Each joint as it goes on at its last velocity, which needs no model; no uncertainty."""
    positions = constant_velocity(*_arrays(batch, reference, times))
    return passed(capsules(_seen_only(batch, positions)))


def passed(instants: Capsules) -> Capsules:
    """Shapes at K times -> at each what was passed through since the time before."""
    between = swept(instants, instants.ends.shape[1] - 1)
    return Capsules(
        instants.names,
        np.concatenate([instants.ends[:, :1], between.ends], 1),
        np.concatenate([instants.radii[:, :1], between.radii], 1),
    )


def separations(centres: np.ndarray, radii: np.ndarray, shapes: Capsules) -> np.ndarray:
    """(K,) m from balls (N, 3), (N,) m to the shapes, the least from now to each time; infinite
    for nobody."""
    gaps = (shapes.gaps(centres) - radii).min((0, 2), initial=np.inf)
    return np.minimum.accumulate(gaps)


def _arrays(batch: Batch, reference: int, times: np.ndarray) -> tuple[np.ndarray, ...]:
    """What the baselines of forecast.baseline take."""
    query = times + ((reference - batch.stamps) / 1e9)[:, None]
    return batch.times, batch.positions, batch.mask, query.astype(np.float32)


def _seen_only(batch: Batch, positions: np.ndarray) -> np.ndarray:
    """Positions (P, K, 17, 3), NaN for joints that were not seen in the whole history."""
    seen = np.asarray(batch.mask.any(1))
    return np.where(seen[:, None, :, None], positions, np.nan)
