# SPDX-License-Identifier: Apache-2.0
"""From a source's joints to the canonical body."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from nermo_ros.skeleton import body17
from nermo_ros.skeleton.joint_set import Between, JointSet, Recipe
from nermo_ros.skeleton.sets import JOINT_SETS

# As ordered in observation.JointState, which this room may not know.
MISSING, INFERRED = 0, 1


def to_body17(
    joint_set: JointSet, positions: np.ndarray, states: np.ndarray, confidences: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The canonical body of one person, or of several at once.

    positions (..., J, 3) metres in any frame, states (..., J) of 0 missing, 1 inferred, 2
    observed, and confidences (..., J) in the order of the joint set -> positions (..., 17, 3)
    float32, 0 where missing, states (..., 17) uint8, confidences (..., 17) float32, 0 where
    missing. A made joint has the worst
    state and the lowest confidence of its parents. A joint without a finite position is missing,
    whatever its state. Raises ValueError where an array does not have J rows.
    """
    joints = len(joint_set.joints)
    positions = np.asarray(positions, np.float32)
    states = np.asarray(states, np.uint8)
    confidences = np.asarray(confidences, np.float32)
    shapes = positions.shape, states.shape, confidences.shape
    people = positions.shape[:-2]
    if shapes != ((*people, joints, 3), (*people, joints), (*people, joints)):
        raise ValueError(
            f'positions, states, confidences of {joint_set.name} have the shapes {shapes}: '
            f'give ({joints}, 3), ({joints},), ({joints},)'
        )
    finite = np.isfinite(np.abs(positions).max(-1))
    states = np.where(finite, states, np.uint8(MISSING))
    positions = np.where(states[..., None] > MISSING, positions, np.float32(0))
    chosen = _chosen(joint_set)
    if chosen is None:
        made = _make(_weights(joint_set), positions, states, confidences)
    else:
        states = states[..., chosen]
        sure = np.where(states > MISSING, confidences[..., chosen], np.float32(0))
        made = positions[..., chosen, :], states, sure
    if joint_set.fallbacks:
        rough = _make(_weights(joint_set, fallback=True), positions, states, confidences)
        rough[1][rough[1] > INFERRED] = INFERRED
        lacking = made[1] == MISSING
        for better, worse in zip(made, rough, strict=True):
            better[lacking] = worse[lacking]
    return made


def _make(
    weights: np.ndarray, positions: np.ndarray, states: np.ndarray, confidences: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    parents = weights != 0
    made = np.where(parents, states[..., None, :], np.uint8(255)).min(-1)
    made[..., ~parents.any(1)] = MISSING
    seen = made > MISSING
    lowest = np.where(parents, confidences[..., None, :], np.inf).min(-1)
    return (
        np.where(seen[..., None], weights @ positions, 0).astype(np.float32),
        made,
        np.where(seen, lowest, 0).astype(np.float32),
    )


@cache
def _chosen(joint_set: JointSet) -> np.ndarray | None:
    """(17,) source index of each canonical joint, where the source has all of them itself."""
    direct = direct_indices(joint_set)
    return np.array(list(direct.values())) if len(direct) == len(body17.JOINTS) else None


@cache
def _weights(joint_set: JointSet, fallback: bool = False) -> np.ndarray:
    """(17, J): the share of each source joint in each canonical one; 0 where no fallback is."""

    def row(recipe: Recipe) -> np.ndarray:
        if isinstance(recipe, Between):
            start, end = (row(joint_set.recipe(name)) for name in (recipe.start, recipe.end))
            return (1 - recipe.fraction) * start + recipe.fraction * end
        names = (recipe,) if isinstance(recipe, str) else recipe
        weights = np.zeros(len(joint_set.joints), np.float32)
        weights[[joint_set.index[name] for name in names]] = 1 / len(names)
        return weights

    weights = np.zeros((len(body17.JOINTS), len(joint_set.joints)), np.float32)
    for index, name in enumerate(body17.JOINTS):
        if not fallback:
            weights[index] = row(joint_set.recipe(name))
        elif name in joint_set.fallbacks:
            weights[index] = row(joint_set.fallbacks[name])
    return weights


def direct_indices(joint_set: JointSet) -> dict[int, int]:
    """Source index of each canonical index whose joint the source has itself."""
    recipes = {index: joint_set.recipe(name) for index, name in enumerate(body17.JOINTS)}
    return {
        index: joint_set.index[recipe]
        for index, recipe in recipes.items()
        if isinstance(recipe, str)
    }


def find_joint_set(names: Sequence[str]) -> JointSet:
    """The joint set with these joints in this order; ValueError, saying what to do, if none."""
    names = tuple(names)
    for joint_set in JOINT_SETS.values():
        if joint_set.joints == names:
            return joint_set
    for joint_set in JOINT_SETS.values():
        if sorted(joint_set.joints) == sorted(names):
            raise ValueError(
                f'these are the joints of {joint_set.name} in another order: '
                f'send them in the order {", ".join(joint_set.joints)}'
            )
    raise ValueError(
        f'no joint set has these {len(names)} joints ({", ".join(names[:4])}, ...): send all the '
        f'joints of one of {", ".join(JOINT_SETS)}, in its order, NaN where not seen'
    )
