# SPDX-License-Identifier: Apache-2.0
"""People of a message, in the joints of the source, made into observations."""

from collections.abc import Mapping, Sequence

import numpy as np

from nermo_ros.observation.mask import seen_states
from nermo_ros.observation.observation import JointState, Observation
from nermo_ros.ros.sources.source import BadMessage, SourceSettings
from nermo_ros.skeleton import body17
from nermo_ros.skeleton.joint_set import JointSet
from nermo_ros.skeleton.mapping import direct_indices, to_body17
from nermo_ros.skeleton.sets import JOINT_SETS

# Beyond it a float32 is coarser than 6 cm.
FARTHEST = 1e6
# Metres from the middle joint to the median one that nobody reaches; in millimetres all do.
LARGEST = 5.0
MOST = int(max(JointState))

# Why a person is dropped, and what to do: see observe().
BAD_STATES = (
    'bad_states',
    f'states above {MOST}: send 0 missing, 1 inferred, 2 observed, or leave them out',
)
BAD_CONFIDENCES = 'bad_confidences', 'confidences outside 0..1: scale them, or leave them out'
BAD_POSITIONS = (
    'bad_positions',
    f'positions that are infinite or beyond {FARTHEST:.0e} m: send metres, and NaN where a joint '
    'is not seen',
)


def joint_set_of(settings: SourceSettings, default: str = '') -> JointSet:
    """The joint set the settings name; BadMessage('no_joint_set') where there is none such."""
    name = settings.joint_set or default
    if name not in JOINT_SETS:
        raise BadMessage(
            'no_joint_set',
            f'no joint set {name!r}: set joint_set to one of {", ".join(JOINT_SETS)}',
        )
    return JOINT_SETS[name]


def observe(
    joint_set: JointSet,
    positions: np.ndarray,
    settings: SourceSettings,
    *,
    stamp: int,
    frame: str,
    person: str,
    confidences: np.ndarray | None = None,
    states: np.ndarray | None = None,
) -> Observation:
    """An observation from positions (J, 3) metres, confidences (J,) 0..1 and states (J,).

    A NaN or exact-origin position is a missing joint. Raises BadMessage where values are out of
    range ('bad_positions', 'bad_confidences', 'bad_states') or no joint is seen ('nothing_seen').
    """
    (answer,) = observe_all(
        joint_set,
        np.asarray(positions)[None],
        settings,
        stamp=stamp,
        frame=frame,
        people=[person],
        confidences=None if confidences is None else np.asarray(confidences)[None],
        states=None if states is None else np.asarray(states)[None],
    )
    if isinstance(answer, BadMessage):
        raise answer
    return answer


def observe_all(
    joint_set: JointSet,
    positions: np.ndarray,
    settings: SourceSettings,
    *,
    stamp: int,
    frame: str,
    people: Sequence[str],
    confidences: np.ndarray | None = None,
    states: np.ndarray | None = None,
) -> list[Observation | BadMessage]:
    """The same for P people at once, which costs little more than for one; for each an observation
    or why there is none. Positions (P, J, 3), confidences (P, J), states (P, J)."""
    answers: dict[int, Observation | BadMessage] = {}
    answers.update(_refusals(people, positions, confidences, states))
    rows = [row for row in range(len(people)) if row not in answers]
    if answers:
        positions = positions[rows]
        confidences = None if confidences is None else confidences[rows]
        states = None if states is None else states[rows]
    positions, states = seen_states(
        positions, confidences, states, confidence_threshold=settings.confidence_threshold
    )
    if confidences is None:
        confidences = np.ones(states.shape, np.float32)
    positions, states, confidences = to_body17(joint_set, positions, states, confidences)
    for place, seen in enumerate(states.any(1).tolist()):
        person = people[rows[place]]
        answers[rows[place]] = (
            Observation(stamp, frame, person, positions[place], states[place], confidences[place])
            if seen
            else BadMessage(
                'nothing_seen',
                f'person {person!r} has no joint that is seen: leave the person out, '
                'or lower confidence_threshold',
            )
        )
    return [answers[row] for row in range(len(people))]


def _refusals(
    people: Sequence[str],
    positions: np.ndarray,
    confidences: np.ndarray | None,
    states: np.ndarray | None,
) -> dict[int, BadMessage]:
    """By row of the people whose values are out of range."""
    found = []
    if states is not None:
        found.append((BAD_STATES, (states > MOST).any(1)))
    if confidences is not None:
        found.append((BAD_CONFIDENCES, ~((confidences >= 0) & (confidences <= 1)).all(1)))
    found.append((BAD_POSITIONS, (np.abs(positions) > FARTHEST).any((1, 2))))
    refusals = {}
    for (reason, text), rows in found:
        for row, refused in enumerate(rows.tolist()):
            if refused:
                refusals[row] = BadMessage(reason, f'person {people[row]!r} has {text}')
    return refusals


def check_metres(positions: np.ndarray, person: str) -> None:
    """Raises BadMessage('not_metres') for a body (J, 3), NaN where missing, larger than any is."""
    seen = positions[np.isfinite(positions).all(1)]
    if not len(seen):
        return
    middle = np.median(seen, axis=0)
    if np.median(np.linalg.norm(seen - middle, axis=1)) > LARGEST:
        raise BadMessage(
            'not_metres',
            f'person {person!r} is larger than {LARGEST} m: set the unit of the driver to metres',
        )


def scatter(people: Mapping[str, np.ndarray], joint_set: JointSet) -> dict[str, np.ndarray]:
    """Body17 positions (17, 3) by id -> (J, 3) float32 of a joint set, NaN where it has none."""
    direct = direct_indices(joint_set)
    canonical, source = list(direct), list(direct.values())
    scattered = {}
    for person, positions in people.items():
        if np.shape(positions) != (len(body17.JOINTS), 3):
            raise ValueError(
                f'person {person!r} has positions of shape {np.shape(positions)}: give '
                f'({len(body17.JOINTS)}, 3), NaN where a joint is not seen'
            )
        scattered[person] = np.full((len(joint_set.joints), 3), np.nan, np.float32)
        scattered[person][source] = np.asarray(positions)[canonical]
    return scattered
