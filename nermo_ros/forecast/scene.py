# SPDX-License-Identifier: Apache-2.0
"""People as collision objects that are added, moved and removed, the way MoveIt's scene takes it.

MoveIt has no capsule: each is a cylinder along +Z and two balls at its ends. Shapes are set when
an object is added; MOVE carries poses alone, and needs an object of that name with as many shapes.
So sizes are rounded up and kept while they hold the person and are not much too large.
"""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from nermo_ros.forecast.capsules import Capsules

SPHERE_BELOW = 0.01  # m, a shorter capsule is a ball
SLACK = 3  # steps by which a radius may be too large before it is made smaller
LENGTH_STEPS = 3  # a length may be this many times looser: its ends lie inside the balls
POINT = 1e-9  # m, a shorter direction is none


class Operation(IntEnum):
    """The constants of moveit_msgs/CollisionObject."""

    ADD = 0
    REMOVE = 1
    MOVE = 3


@dataclass(frozen=True, eq=False)
class Change:
    """One person's object: heights (S,) m of cylinders, 0 for balls; radii (S,) m; positions
    (S, 3) m and quaternions (S, 4) x y z w of all shapes. MOVE has no sizes, REMOVE nothing."""

    person: str
    operation: Operation
    heights: np.ndarray = field(default_factory=lambda: np.empty(0))
    radii: np.ndarray = field(default_factory=lambda: np.empty(0))
    positions: np.ndarray = field(default_factory=lambda: np.empty((0, 3)))
    quaternions: np.ndarray = field(default_factory=lambda: np.empty((0, 4)))


class Scene:
    """What was sent of everybody, and what must be sent next.

    step: m, of sizes; balls: whether short capsules are balls alone. Swept ones had better not be:
    whatever starts to move would change its shapes.
    """

    def __init__(self, step: float = 0.02, *, balls: bool = True):
        self._step, self._balls = step, balls
        self._sizes: dict[str, np.ndarray] = {}

    @property
    def people(self) -> set[str]:
        """Who has an object."""
        return set(self._sizes)

    def update(
        self, people: tuple[str, ...], shapes: Capsules, *, afresh: bool = False
    ) -> list[Change]:
        """One change for everybody in `people` (rows of shapes) and everybody who is gone.

        Capsules that are NaN are left out; somebody of whom none is left is removed. afresh: add
        everybody again, for a scene that may have missed what was sent.
        """
        seen = [self._change(person, shapes, row, afresh) for row, person in enumerate(people)]
        changes = [change for change in seen if change is not None]
        present = {change.person for change in changes}
        return changes + self._remove(self.people - present)

    def clear(self) -> list[Change]:
        """Remove everybody."""
        return self._remove(self.people)

    def _remove(self, gone: set[str]) -> list[Change]:
        for person in gone:
            del self._sizes[person]
        return [Change(person, Operation.REMOVE) for person in sorted(gone)]

    def _change(self, person: str, shapes: Capsules, row: int, afresh: bool) -> Change | None:
        ends = shapes.ends[row].reshape(-1, 2, 3).astype(np.float64)
        radii = shapes.radii[row].reshape(-1).astype(np.float64)
        known = np.isfinite(ends).all((1, 2)) & np.isfinite(radii)
        if not known.any():
            return None
        ends, needed = ends[known], self._needed(ends[known], radii[known])
        kept = self._sizes.get(person)
        if kept is not None and not afresh and self._fits(kept, needed):
            _, _, positions, quaternions = _shapes(ends, kept)
            return Change(person, Operation.MOVE, positions=positions, quaternions=quaternions)
        self._sizes[person] = self._rounded(needed)
        return Change(person, Operation.ADD, *_shapes(ends, self._sizes[person]))

    def _needed(self, ends: np.ndarray, radii: np.ndarray) -> np.ndarray:
        """Least length and radius (N, 2) of capsules (N, 2, 3) and (N,)."""
        lengths = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
        if not self._balls:
            return np.stack([np.maximum(lengths, SPHERE_BELOW), radii], 1)
        short = lengths < SPHERE_BELOW
        balls = radii + np.where(short, lengths / 2, 0)
        return np.stack([np.where(short, 0, lengths), balls], 1)

    def _rounded(self, needed: np.ndarray) -> np.ndarray:
        """Half a step to spare, so that the next small change is none."""
        steps = self._step * np.array([LENGTH_STEPS, 1])
        rounded = np.ceil(needed / steps + 0.5) * steps
        rounded[needed[:, 0] == 0, 0] = 0
        return rounded

    def _fits(self, sizes: np.ndarray, needed: np.ndarray) -> bool:
        if len(sizes) != len(needed):
            return False
        spare = sizes - needed
        most = SLACK * self._step * np.array([LENGTH_STEPS, 1])
        # A cylinder that became short stays one: the shapes must not change their number.
        return bool((spare >= 0).all() and ((spare <= most) | (needed == 0)).all())


def _shapes(ends: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, ...]:
    """Heights, radii, positions and quaternions of all shapes: the middles of all capsules, a
    cylinder or a ball each, and then two balls at the ends of the cylinders."""
    middles = ends.mean(1)
    long = sizes[:, 0] > 0
    balls = ends[long].reshape(-1, 3)
    upright = np.tile([0.0, 0.0, 0.0, 1.0], (len(balls), 1))
    return (
        np.concatenate([sizes[:, 0], np.zeros(len(balls))]),
        np.concatenate([sizes[:, 1], np.repeat(sizes[long, 1], 2)]),
        np.concatenate([middles, balls]),
        np.concatenate([along_z(ends[:, 1] - ends[:, 0]), upright]),
    )


def along_z(directions: np.ndarray) -> np.ndarray:
    """Quaternions (N, 4) x y z w that turn +Z into directions (N, 3) m; shorter than POINT: no
    turn."""
    x, y, z = directions.T
    length = np.linalg.norm(directions, axis=1)
    # The half-angle formula of the shortest turn; straight down it has no axis: x is as good.
    turn = np.stack([-y, x, np.zeros_like(x), length + z], 1)
    norm = np.linalg.norm(turn, axis=1)
    turn[norm <= 1e-9 * length] = [1, 0, 0, 0]
    turn[length < POINT] = [0, 0, 0, 1]
    return turn / np.linalg.norm(turn, axis=1, keepdims=True)
