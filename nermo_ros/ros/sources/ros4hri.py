# SPDX-License-Identifier: Apache-2.0
"""ROS4HRI (REP 155): who is there in hri_msgs/IdsList (`/humans/bodies/tracked`), where in tf2.

The links of a body are frames with its id behind: `body_<id>` is the pelvis, `torso_<id>` the
neck, `l_wrist_<id>` and so on (human_description). Each body is read at the newest stamp of its
own transforms, which is the stamp of the observation, and not at that of the list: lists come
before the transforms they speak of. Nothing but the age of a transform tells what is hidden: a
link that has none at the stamp of its body is missing. Ids last as long as a track does.
"""

from typing import Any

import numpy as np

from nermo_ros.observation.observation import Observation
from nermo_ros.ros.sources.person import joint_set_of, observe
from nermo_ros.ros.sources.source import BadMessage, Reading, SourceSettings
from nermo_ros.ros.tf import TransformError, Transforms

JOINT_SET = 'hri15'
ROOT = 'body'


def read(message: Any, settings: SourceSettings, receipt_ns: int) -> Reading:
    """The bodies of an IdsList in the target frame, each at the newest stamp of its transforms.

    Raises BadMessage 'no_tf2' and 'no_target'. A body is dropped for 'empty_id', 'duplicate_id',
    'no_transform', 'static_body' and the reasons of observe().
    """
    if settings.transforms is None:
        raise BadMessage('no_tf2', 'ROS4HRI has people in tf2: install tf2_ros')
    if not settings.target:
        raise BadMessage('no_target', 'ROS4HRI has people in tf2: set target_frame, map say')
    people: dict[str, Observation] = {}
    drops = []
    for person in message.ids:
        try:
            if not person or person in people:
                reason = 'duplicate_id' if person else 'empty_id'
                raise BadMessage(reason, f'{person!r} in a list of ids: they must differ')
            people[person] = _observe(person, settings, settings.transforms)
        except BadMessage as drop:
            drops.append(drop)
    return Reading(list(people.values()), drops)


def _observe(person: str, settings: SourceSettings, transforms: Transforms) -> Observation:
    joint_set = joint_set_of(settings, JOINT_SET)
    root = f'{ROOT}_{person}'
    try:
        stamp = transforms.newest(settings.target, root)
    except TransformError as error:
        raise BadMessage(
            'no_transform', f'body {person!r} has no transform to {settings.target!r}: {error}'
        ) from error
    if not stamp:
        raise BadMessage('static_body', f'{root} is a static transform, which tells no time')
    positions = np.full((len(joint_set.joints), 3), np.nan)
    for index, link in enumerate(joint_set.joints):
        try:
            where = transforms.at(settings.target, f'{link}_{person}', stamp)
            positions[index] = where.translation
        except TransformError:
            continue
    return observe(
        joint_set, positions, settings, stamp=stamp, frame=settings.target, person=person
    )
