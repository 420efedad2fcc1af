# SPDX-License-Identifier: Apache-2.0
"""What was seen of whom and when: single observations, histories per person, padded batches."""

from nermo_ros.observation.batch import Batch
from nermo_ros.observation.drop import Drop
from nermo_ros.observation.history import History
from nermo_ros.observation.mask import BoneLengths, FrozenJoints, JointSpeed, seen_states
from nermo_ros.observation.observation import JointState, Observation
from nermo_ros.observation.tracks import Tracks, TrackSettings

__all__ = [
    'Batch',
    'BoneLengths',
    'Drop',
    'FrozenJoints',
    'History',
    'JointSpeed',
    'JointState',
    'Observation',
    'TrackSettings',
    'Tracks',
    'seen_states',
]
