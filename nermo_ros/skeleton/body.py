# SPDX-License-Identifier: Apache-2.0
"""The bodies that models are trained for: joints, bones and sides, as data."""

from dataclasses import dataclass

from nermo_ros.skeleton import body17, cmu25, h36m22, smpl23


@dataclass(frozen=True)
class Body:
    """joints: J names in a model's order; parents: of each joint, its own where it has none;
    mirror: index of each joint's partner on the other side, its own on the midline."""

    name: str
    joints: tuple[str, ...]
    parents: tuple[int, ...]
    mirror: tuple[int, ...]


BODIES = {
    'body17': Body('body17', body17.JOINTS, body17.PARENTS, body17.MIRROR),
    'cmu25': Body('cmu25', cmu25.JOINTS, cmu25.PARENTS, cmu25.MIRROR),
    'h36m22': Body('h36m22', h36m22.JOINTS, h36m22.PARENTS, h36m22.MIRROR),
    'smpl23': Body('smpl23', smpl23.JOINTS, smpl23.PARENTS, smpl23.MIRROR),
}


def find_body(name: str) -> Body:
    """The body of that name; raises ValueError that lists the known ones."""
    if name not in BODIES:
        raise ValueError(f'no body {name!r}: give one of {", ".join(BODIES)}')
    return BODIES[name]
