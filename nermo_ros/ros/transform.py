# SPDX-License-Identifier: Apache-2.0
"""From the frame of the input to the frame of the output."""

from dataclasses import replace

import numpy as np

from nermo_ros.observation.observation import JointState, Observation
from nermo_ros.ros.sources.source import BadMessage
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
    """Lets observations of one frame through, moved into the target frame.

    target: frame of the output; empty: that of the input. pose: x y z (m) qx qy qz qw, where the
    input's frame stands in the target frame; empty: not known. The first frame let through is the
    input's frame from then on: people seen in two frames must not be mixed.
    """

    def __init__(self, target: str = '', pose: tuple[float, ...] = ()):
        self.target = target
        self.source = ''
        if len(pose):
            self.rotation, self.translation = rigid(np.asarray(pose, np.float64))
        self._moves = bool(len(pose))

    @property
    def frame(self) -> str:
        """Frame of what comes out; empty while nothing has told it."""
        return self.target or self.source

    def __call__(self, observation: Observation) -> Observation:
        """The observation in the target frame; raises BadMessage('no_transform')."""
        frame = observation.frame
        if frame == self.target:
            return observation
        if self.target and not self._moves:
            raise BadMessage(
                'no_transform',
                f'people come in frame {frame!r}, target_frame is {self.target!r}: set '
                f'sensor_transform to where {frame!r} stands in it, or leave target_frame empty',
            )
        if self.source and frame != self.source:
            raise BadMessage(
                'no_transform',
                f'people come in frame {frame!r} after {self.source!r}: give one node one '
                'sensor, or deactivate and activate the node after a change',
            )
        self.source = frame
        return self._moved(observation) if self._moves else observation

    def _moved(self, observation: Observation) -> Observation:
        positions = observation.positions.astype(np.float64) @ self.rotation.T + self.translation
        positions[observation.states == JointState.MISSING] = 0
        return replace(observation, frame=self.target, positions=positions.astype(np.float32))


def rigid(pose: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rotation (3, 3) and translation (3,) of x y z qx qy qz qw."""
    x, y, z, w = pose[3:] / np.linalg.norm(pose[3:])
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    return rotation, pose[:3]
