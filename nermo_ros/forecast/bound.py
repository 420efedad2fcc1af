# SPDX-License-Identifier: Apache-2.0
"""Where a joint can be at all: around the place where it was last seen, by its greatest speed.

A joint is in a ball around the place where it was last seen, of radius error + speed x time since,
and in every such ball of another joint widened by the limbs between them, which alone tell of a
joint that was never seen. Speeds are those of skeleton.reach and no law of nature.
"""

from dataclasses import dataclass, field

import numpy as np

from nermo_ros.skeleton.reach import LENGTHS, speeds

ERROR = 0.05  # m, of a joint where it was seen: a depth camera's, at a few metres


@dataclass(frozen=True, eq=False)
class Limits:
    """error: m, of a joint where it was seen; speeds: (17,) m/s at most."""

    error: float = ERROR
    speeds: np.ndarray = field(default_factory=speeds)


def bound(
    times: np.ndarray,
    positions: np.ndarray,
    mask: np.ndarray,
    query: np.ndarray,
    forecast: np.ndarray,
    limits: Limits,
) -> np.ndarray:
    """Radius (P, Q, 17) m of the ball around the forecast that holds every place where the joint
    can be: a larger one says nothing more.

    times (P, N) s, positions (P, N, 17, 3) m, mask (P, N, 17), query (P, Q) s in any order: as the
    predictor gets them; forecast: (P, Q, 17, 3) m. It does not shrink from one query >= 0 to a
    later one. Infinite where nothing of a person was seen.
    """
    seen, since, place = _last_seen(times, positions, mask)
    joints = np.arange(len(LENGTHS))
    # Of the other joints only the one that is tightest now: every one is a bound by itself.
    unseen = np.where(seen, 0, np.inf)
    others = (limits.speeds * since + unseen)[:, None] + LENGTHS
    others[:, joints, joints] = np.inf
    nearest = others.argmin(2)
    people = np.arange(len(times))[:, None]
    limb = LENGTHS[joints, nearest] + unseen[people, nearest]

    def around(
        place: np.ndarray, since: np.ndarray, speeds: np.ndarray, slack: np.ndarray
    ) -> np.ndarray:
        way = length(forecast - place[:, None])
        passed = np.abs(query[..., None] + since[:, None])
        return way + speeds * passed + (limits.error + slack)[:, None]

    own = around(place, since, limits.speeds, unseen)
    there = place[people, nearest], since[people, nearest], limits.speeds[nearest][:, None]
    return _kept(query, np.minimum(own, around(*there, limb)))


def _last_seen(
    times: np.ndarray, positions: np.ndarray, mask: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each joint (P, J): whether it was seen, how many seconds before time zero last, and
    where (P, J, 3)."""
    seen = mask[:, ::-1] > 0
    column = mask.shape[1] - 1 - seen.argmax(1)
    people = np.arange(len(times))[:, None]
    place = positions[people, column, np.arange(mask.shape[2])]
    return np.asarray(seen.any(1)), -times[people, column], place


def length(vectors: np.ndarray) -> np.ndarray:
    """Of vectors (..., 3): np.linalg.norm takes three times as long for so short ones."""
    return np.asarray(np.sqrt(np.einsum('...i,...i', vectors, vectors)))


def _kept(query: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """What it has grown to by an earlier query >= 0 it stays: a forecast can come back to where a
    joint was last seen, the doubt cannot."""
    if (query[:, 1:] >= query[:, :-1]).all():  # as it is in every cycle
        ahead = (query >= 0)[..., None]
        return np.where(ahead, np.maximum.accumulate(np.where(ahead, radius, 0), axis=1), radius)
    order = np.argsort(query, axis=1, kind='stable')[..., None]
    ordered = np.take_along_axis(radius, order, axis=1)
    ahead = np.take_along_axis(query[..., None], order, axis=1) >= 0
    grown = np.maximum.accumulate(np.where(ahead, ordered, 0), axis=1)
    kept = np.empty_like(radius)
    np.put_along_axis(kept, order, np.where(ahead, grown, ordered), axis=1)
    return kept
