# SPDX-License-Identifier: Apache-2.0
"""The topics that people come from, as the parameters name them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nermo_ros.ros.parameters import pose_of
from nermo_ros.ros.sources import SOURCES
from nermo_ros.ros.sources.source import Source, SourceSettings
from nermo_ros.ros.tf import Transforms
from nermo_ros.ros.transform import FrameGate

POSE = 7  # numbers: x y z qx qy qz qw
TOPIC = 'input'  # where there is one


@dataclass(frozen=True)
class Input:
    """One topic; source: key of SOURCES; settings, gate: how its messages are read and moved."""

    topic: str
    name: str
    settings: SourceSettings
    gate: FrameGate

    @property
    def source(self) -> Source:
        """The row of SOURCES."""
        return SOURCES[self.name]


def make_inputs(values: Mapping[str, Any], transforms: Transforms | None) -> tuple[Input, ...]:
    """One input for each entry of `inputs` (topic, or source:topic), else the one on `input`.

    Raises ValueError, which says what to set, where the parameters contradict each other.
    """
    entries = list(values['inputs'] or [])
    named = [_named(entry, values['source']) for entry in entries] or [(values['source'], TOPIC)]
    topics = [topic for _, topic in named]
    if len(set(topics)) < len(topics):
        raise ValueError(f'inputs has a topic twice: {", ".join(topics)}')
    target, pose = values['target_frame'], pose_of(values['sensor_transform'])
    if len(named) > 1 and not target:
        raise ValueError(
            f'inputs has {len(named)} topics: set target_frame to the frame that they meet in'
        )
    if pose and len(pose) != POSE * len(named):
        raise ValueError(
            f'sensor_transform has {len(pose)} numbers, {len(named)} inputs take '
            f'{POSE * len(named)}: x y z qx qy qz qw for each, in their order'
        )
    if pose and not target:
        raise ValueError('sensor_transform is set without target_frame: name the frame it is in')
    return tuple(
        Input(
            topic,
            source,
            SourceSettings(
                joint_set=values['joint_set'],
                person_id=values['person_id'],
                confidence_threshold=values['confidence_threshold'],
                frame=values['source_frame'],
                transforms=transforms,
                target=target,
            ),
            FrameGate(target, pose[POSE * row : POSE * (row + 1)], transforms),
        )
        for row, (source, topic) in enumerate(named)
    )


def _named(entry: str, default: str) -> tuple[str, str]:
    """Source and topic of an entry."""
    source, _, topic = entry.rpartition(':')
    source = source or default
    if source not in SOURCES:
        raise ValueError(f'inputs names the source {source!r}: choose from {", ".join(SOURCES)}')
    if not topic:
        raise ValueError(f'inputs has {entry!r}: give topic, or source:topic')
    return source, topic


def needs_transforms(values: Mapping[str, Any]) -> bool:
    """Whether these parameters have tf2 asked."""
    inputs = make_inputs(values, None)
    if any(one.source.reads_tf for one in inputs):
        return True
    return bool(values['target_frame']) and not pose_of(values['sensor_transform'])
