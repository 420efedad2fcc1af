# SPDX-License-Identifier: Apache-2.0
"""A body made of those joints of a rig that a model predicts."""

from collections.abc import Mapping, Sequence


def kept_parents(
    kept: Sequence[int], rig_parents: Sequence[int], copies: Mapping[int, int]
) -> tuple[int, ...]:
    """Index in `kept` of the nearest ancestor there of each one, its own where there is none.

    kept: joints of the rig; rig_parents: of all its joints, -1 for the root; copies: joints that
    sit on another one, which takes their place.
    """
    return tuple(_kept_parent(joint, kept, rig_parents, copies) for joint in kept)


def _kept_parent(
    joint: int, kept: Sequence[int], rig_parents: Sequence[int], copies: Mapping[int, int]
) -> int:
    ancestor = rig_parents[joint]
    while ancestor >= 0:
        ancestor = copies.get(ancestor, ancestor)
        if ancestor in kept:
            return kept.index(ancestor)
        ancestor = rig_parents[ancestor]
    return kept.index(joint)
