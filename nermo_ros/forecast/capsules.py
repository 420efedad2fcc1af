# SPDX-License-Identifier: Apache-2.0
"""People as capsules: the shape that a robot must keep away from, at instants or swept over time.

A capsule is all points within its radius of the segment between its ends; a ball is one whose ends
coincide.
"""

from dataclasses import dataclass

import numpy as np

from nermo_ros.skeleton.body17 import INDEX
from nermo_ros.skeleton.capsule_sizes import CAPSULE_SIZES

NAMES = tuple(size.name for size in CAPSULE_SIZES)
_PROXIMAL = np.array([INDEX[size.proximal] for size in CAPSULE_SIZES])
_DISTAL = np.array([INDEX[size.distal] for size in CAPSULE_SIZES])
_RADII = np.array([size.radius for size in CAPSULE_SIZES], np.float32)
_BEYOND = np.array([i for i, size in enumerate(CAPSULE_SIZES) if size.beyond is not None])
_REACH = np.array([CAPSULE_SIZES[i].beyond for i in _BEYOND], np.float32)
SHORTEST = 1e-3  # m, of a bone that has a direction


@dataclass(frozen=True, eq=False)
class Capsules:
    """C capsules of P people at K times: names (C,); ends (P, K, C, 2, 3) m in the frame of the
    joints; radii (P, K, C) m. A capsule of a joint that is not finite is NaN throughout."""

    names: tuple[str, ...]
    ends: np.ndarray
    radii: np.ndarray

    def gaps(self, points: np.ndarray) -> np.ndarray:
        """points (N, 3) m -> (P, K, N) m to the nearest surface, negative inside; inf for nobody.

        Capsules that are NaN are left out.
        """
        away = distances(points, self.ends[..., None, :, :]) - self.radii[..., None]
        return np.where(np.isnan(away), np.inf, away).min(2, initial=np.inf)


def capsules(positions: np.ndarray, radii: np.ndarray | None = None) -> Capsules:
    """positions (P, K, 17, 3) m, radii of the joints' uncertainty (P, K, 17) m or None.

    A capsule grows by the larger uncertainty of its two joints, so that it holds the bone wherever
    in their balls the joints are; an uncertainty that is NaN counts as 0. A hand whose forearm has
    no direction is a ball around the wrist that holds it whichever way it points.
    """
    positions = np.asarray(positions, np.float32)
    proximal, distal = positions[..., _PROXIMAL, :], positions[..., _DISTAL, :]
    ends = np.stack([proximal, distal], -2)
    thickness = np.broadcast_to(_RADII, ends.shape[:-2]).copy()

    along = distal[..., _BEYOND, :] - proximal[..., _BEYOND, :]
    length = np.linalg.norm(along, axis=-1)
    pointing = length > SHORTEST
    reach = np.where(pointing, _REACH / np.maximum(length, SHORTEST), 0)
    ends[..., _BEYOND, :, :] = (distal[..., _BEYOND, :] + reach[..., None] * along)[..., None, :]
    thickness[..., _BEYOND] += np.where(pointing, 0, _REACH)

    if radii is not None:
        doubt = np.nan_to_num(np.asarray(radii, np.float32), nan=0.0)
        thickness += np.maximum(doubt[..., _PROXIMAL], doubt[..., _DISTAL])
    return _only_finite(ends, thickness)


def swept(instants: Capsules, stretches: int = 1) -> Capsules:
    """Everything that the capsules pass through from the first time to the last.

    The K times are cut into up to `stretches` stretches S, neighbours share the time between them:
    ends (P, S, C, 2, 3), radii (P, S, C). Each capsule holds its bone at all times of its stretch
    and, being convex, also between them where the joints move in straight lines.
    """
    times = instants.ends.shape[1]
    count = max(1, min(stretches, times - 1))
    cuts = np.linspace(0, times - 1, count + 1).round().astype(int)
    parts = [
        _enclosing(instants.ends[:, first : last + 1], instants.radii[:, first : last + 1])
        for first, last in zip(cuts, cuts[1:], strict=False)
    ]
    ends, radii = (np.stack(part, 1) for part in zip(*parts, strict=True))
    return Capsules(instants.names, ends, radii)


def distances(points: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """From points (..., 3) to segments (..., 2, 3), m."""
    start, along = ends[..., 0, :], ends[..., 1, :] - ends[..., 0, :]
    square = (along**2).sum(-1)
    part = ((points - start) * along).sum(-1) / np.where(square > 0, square, 1)
    nearest = start + np.clip(part, 0, 1)[..., None] * along
    return np.linalg.norm(points - nearest, axis=-1)


def _enclosing(ends: np.ndarray, radii: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One capsule that holds those of all times: ends (P, K, C, 2, 3), radii (P, K, C) -> ends
    (P, C, 2, 3), radii (P, C).

    Of two it takes the smaller: one along the bone's mean pose (little motion) and one along the
    way of the bone's middle (much motion).
    """
    middles = ends.mean(-2)
    axes = np.stack([ends.mean(1), np.stack([middles[:, 0], middles[:, -1]], -2)])
    away = distances(ends, axes[:, :, None, :, None]).max(-1)
    grown = (away + radii).max(2)
    lengths = np.linalg.norm(axes[..., 1, :] - axes[..., 0, :], axis=-1)
    volume = grown**2 * (lengths + 4 / 3 * grown)
    best = np.argmin(volume, axis=0)[None]
    return (
        np.take_along_axis(axes, best[..., None, None], 0)[0],
        np.take_along_axis(grown, best, 0)[0],
    )


def _only_finite(ends: np.ndarray, radii: np.ndarray) -> Capsules:
    known = np.isfinite(ends).all((-1, -2)) & np.isfinite(radii)
    return Capsules(
        NAMES,
        np.where(known[..., None, None], ends, np.nan).astype(np.float32),
        np.where(known, radii, np.nan).astype(np.float32),
    )
