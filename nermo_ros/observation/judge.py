# SPDX-License-Identifier: Apache-2.0
"""All rules of observation.mask that remember a person, in their order."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np

from nermo_ros.observation.mask import BoneLengths, FrozenJoints, JointSpeed
from nermo_ros.observation.observation import JointState, Observation

Rule = Callable[[int, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class JudgeSettings:
    """Each off at 0. frozen_samples: equal samples after which a joint is inferred
    (mask.FrozenJoints), 3 say; bone_tolerance: share of its median by which a bone may differ
    (mask.BoneLengths), 0.35 say; speed_limit: metres a second that a joint may make
    (mask.JointSpeed), 15 say. Raises ValueError for what is negative or no number, and for one
    equal sample.
    """

    frozen_samples: int = 0
    bone_tolerance: float = 0.0
    speed_limit: float = 0.0

    def __post_init__(self) -> None:
        for setting in fields(self):
            value = getattr(self, setting.name)
            if not value >= 0:
                raise ValueError(f'{setting.name} is {value}: give 0 (off) or more')
        if self.frozen_samples == 1:
            raise ValueError('frozen_samples is 1: give 0 (off), or 2 or more equal samples')


class Judge:
    """Judges the observations that one camera makes of one person, in the order they come."""

    def __init__(self, settings: JudgeSettings):
        self._rules: list[Rule] = []
        if settings.frozen_samples:
            self._rules.append(FrozenJoints(settings.frozen_samples))
        if settings.speed_limit:
            self._rules.append(JointSpeed(settings.speed_limit))
        if settings.bone_tolerance:
            self._rules.append(BoneLengths(settings.bone_tolerance))

    def __call__(self, observation: Observation) -> Observation:
        """The observation with the states that the rules leave it."""
        if not self._rules:
            return observation
        states = observation.states
        for rule in self._rules:
            states = rule(observation.stamp, observation.positions, states)
        seen = states > JointState.MISSING
        return replace(
            observation,
            positions=np.where(seen[:, None], observation.positions, 0).astype(np.float32),
            states=states,
            confidences=np.where(seen, observation.confidences, 0).astype(np.float32),
        )
