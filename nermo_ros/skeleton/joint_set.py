# SPDX-License-Identifier: Apache-2.0
"""The joints a source speaks of, in its order, and how the canonical body is made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from nermo_ros.skeleton import body17


@dataclass(frozen=True)
class Between:
    """The point that lies `fraction` of the way from one canonical joint to another."""

    start: str
    end: str
    fraction: float


# A joint of the source, the mean of several, or a point between two canonical joints.
Recipe = str | tuple[str, ...] | Between


@dataclass(frozen=True, eq=False)
class JointSet:
    """The joints of one source, as data.

    joints: unique names in the index order of the source, snake case, l_ and r_ for the person's
    own left and right, the canonical name where the joint is a canonical one; recipes: how to make
    canonical joints that have no namesake in the set, or whose namesake is not the one to take;
    fallbacks: a second, rougher recipe for where the first has a missing parent: its result counts
    as inferred at best. Raises ValueError when the tables contradict each other.
    """

    name: str
    joints: tuple[str, ...]
    recipes: Mapping[str, Recipe] = field(default_factory=dict)
    fallbacks: Mapping[str, Recipe] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(set(self.joints)) != len(self.joints):
            raise ValueError(f'joint set {self.name}: a joint name occurs twice')
        for table in (self.recipes, self.fallbacks):
            for canonical, recipe in table.items():
                self._check(canonical, recipe)
        for canonical in body17.JOINTS:
            if canonical not in self.recipes and canonical not in self.index:
                raise ValueError(f'joint set {self.name}: give a recipe for {canonical}')
        if not all(_other_side(joint) in self.index for joint in self.joints):
            raise ValueError(f'joint set {self.name}: a joint of one side lacks the other side')

    def _check(self, canonical: str, recipe: Recipe) -> None:
        known = body17.INDEX if isinstance(recipe, Between) else self.index
        if isinstance(recipe, Between):
            parents = {recipe.start, recipe.end}
        else:
            parents = {recipe} if isinstance(recipe, str) else set(recipe)
        unknown = {canonical} - set(body17.JOINTS) | parents - set(known)
        if unknown:
            raise ValueError(f'joint set {self.name}: the recipe of {canonical} names {unknown}')

    @cached_property
    def index(self) -> dict[str, int]:
        """Index of each joint name."""
        return {name: index for index, name in enumerate(self.joints)}

    @cached_property
    def mirror(self) -> tuple[int, ...]:
        """Index of each joint's partner on the other side; of itself on the midline."""
        return tuple(self.index[_other_side(joint)] for joint in self.joints)

    def recipe(self, canonical: str) -> Recipe:
        """How a canonical joint is made: by its recipe, else it is the joint of the same name."""
        return self.recipes.get(canonical, canonical)


def _other_side(joint: str) -> str:
    return {'l_': 'r_', 'r_': 'l_'}.get(joint[:2], joint[:2]) + joint[2:]
