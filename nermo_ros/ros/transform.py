# SPDX-License-Identifier: Apache-2.0
"""From the frame of the input to the frame of the output."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nermo_ros.observation.observation import JointState, Observation
from nermo_ros.ros.rotations import Rigid, rigid
from nermo_ros.ros.sources.source import BadMessage
from nermo_ros.ros.tf import TransformError, Transforms
from nermo_ros.skeleton.body17 import INDEX


def trunk_slope(observation: Observation) -> float | None:
    """Cosine of the angle between the trunk, pelvis to neck, and the frame's z; None: not seen."""
    ends = [INDEX['pelvis'], INDEX['neck']]
    if (observation.states[ends] == JointState.MISSING).any():
        return None
    trunk = observation.positions[ends[1]] - observation.positions[ends[0]]
    length = float(np.linalg.norm(trunk))
    return float(trunk[2]) / length if length else None


class FrameGate:
    """Lets observations through, moved into the target frame.

    target: frame of the output; empty: that of the input. pose: x y z (m) qx qy qz qw, where the
    input's frame stands in the target frame; empty: not known, tf2 is asked. transforms: tf2, None
    where there is none. Without it the first frame let through is the input's frame from then on:
    people seen in two frames must not be mixed.
    """

    def __init__(
        self, target: str = '', pose: Sequence[float] = (), transforms: Transforms | None = None
    ):
        self.target = target
        self.source = ''
        self._mount = rigid(pose) if pose else None
        self._transforms = transforms

    @property
    def frame(self) -> str:
        """Frame of what comes out; empty while nothing has told it."""
        return self.target or self.source

    def __call__(self, observation: Observation) -> Observation:
        """The observation in the target frame.

        Raises BadMessage('no_transform'), or its kind TooEarly where tf2 does not know the
        transform at the observation's stamp yet.
        """
        frame = observation.frame
        if frame == self.target:
            return observation
        if self.target and self._mount is None and self._transforms is not None:
            return _moved(observation, self.target, self._looked_up(observation))
        if self.target and self._mount is None:
            raise BadMessage(
                'no_transform',
                f'people come in frame {frame!r}, target_frame is {self.target!r}: install '
                f'tf2_ros, set sensor_transform to where {frame!r} stands in it, or leave '
                'target_frame empty',
            )
        if self.source and frame != self.source:
            raise BadMessage(
                'no_transform',
                f'people come in frame {frame!r} after {self.source!r}: give each sensor a topic '
                'of its own, or deactivate and activate the node after a change',
            )
        self.source = frame
        return (
            observation if self._mount is None else _moved(observation, self.target, self._mount)
        )

    def _looked_up(self, observation: Observation) -> Rigid:
        try:
            return self._transforms.at(self.target, observation.frame, observation.stamp)
        except TransformError as error:
            kind = TooEarly if error.early else BadMessage
            raise kind(
                'no_transform',
                f'no transform from {observation.frame!r} to target_frame {self.target!r} at '
                f'{observation.stamp} ns, when people were seen: {error}',
            ) from error


class TooEarly(BadMessage):
    """Only not yet: what moves the sensor has not told where it stood at that time."""


def _moved(observation: Observation, frame: str, rigid: Rigid) -> Observation:
    positions = observation.positions.astype(np.float64) @ rigid.rotation.T + rigid.translation
    positions[observation.states == JointState.MISSING] = 0
    return replace(observation, frame=frame, positions=positions.astype(np.float32))
