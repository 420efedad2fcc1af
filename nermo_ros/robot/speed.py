# SPDX-License-Identifier: Apache-2.0
"""How fast the tool may be, by how near people are and will be: speed and separation monitoring.

The idea of ISO/TS 15066: whatever moves on, the robot must stand before the separation is used up.
With people at a distance d who stand still, a robot that reacts after T and brakes with a may have

    v <= sqrt((a T)^2 + 2 a (d - C)) - a T,

so that its way v T + v^2 / (2 a) leaves C of d. Where people move, d is what is left at the end of
that time, T + v / a. It is a study of a planner's rule, not an implementation of the standard.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rule:
    """Parameters, all above 0 but the clearance. Raises ValueError for others.

    speed: m/s, of the tool at most; braking: m/s^2, also of speeding up; reaction: s, from what a
    camera sees to the beginning of braking; clearance: m, C above.
    """

    speed: float = 0.6
    braking: float = 2.5
    reaction: float = 0.15
    clearance: float = 0.05

    def __post_init__(self) -> None:
        for name in ('speed', 'braking', 'reaction'):
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0):
                raise ValueError(f'{name} is {value}: give more than 0')
        if not (np.isfinite(self.clearance) and self.clearance >= 0):
            raise ValueError(f'clearance is {self.clearance}: give 0 m or more')

    @property
    def window(self) -> float:
        """Seconds until the robot stands, from full speed."""
        return self.reaction + self.speed / self.braking

    def at_distance(self, separation: np.ndarray | float) -> np.ndarray:
        """Speed (...) m/s allowed by people who stay at that separation (...) m: the formula."""
        lag = self.braking * self.reaction
        room = lag**2 + 2 * self.braking * (np.asarray(separation) - self.clearance)
        speed = np.sqrt(np.maximum(room, lag**2)) - lag
        return np.clip(speed, 0, self.speed)

    def allowed(self, times: np.ndarray, separations: np.ndarray) -> float:
        """The highest speed from which the robot stands before the clearance is used up.

        separations: (K,) m, the least from now to each of times (K,) s, which reach from 0 to the
        window or further. From a speed v the robot stands after reaction + v / braking.
        """
        if times[-1] < self.window - 1e-6:
            raise ValueError(f'separations up to {times[-1]:.3f} s: give {self.window:.3f} s')
        standing = np.maximum(self.braking * (times - self.reaction), 0)
        return float(np.minimum(self.at_distance(separations), standing).max())
