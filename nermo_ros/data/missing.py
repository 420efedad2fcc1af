# SPDX-License-Identifier: Apache-2.0
"""The suite of missing-data patterns, for training and for evaluation.

A pattern takes a generator and a mask (P, N, J) of what a camera could see, newest sample last,
and returns what is left of it, 1 seen, 0 not. The patterns are what trackers produce: flicker
of single joints, joints that are never found, a limb behind an obstacle, dropped frames, a person
behind a bench.
"""

from collections.abc import Callable

import numpy as np

from nermo_ros.skeleton.body17 import INDEX

Pattern = Callable[[np.random.Generator, np.ndarray], np.ndarray]


def _indices(*names: str) -> list[int]:
    return [INDEX[name] for name in names]


LEGS = _indices('l_knee', 'r_knee', 'l_ankle', 'r_ankle')
LEGS_AND_HIPS = [*_indices('l_hip', 'r_hip'), *LEGS]
LOWER_BODY = [INDEX['pelvis'], *LEGS_AND_HIPS]
LIMBS = (
    _indices('l_elbow', 'l_wrist'),
    _indices('r_elbow', 'r_wrist'),
    _indices('l_shoulder', 'l_elbow', 'l_wrist'),
    _indices('r_shoulder', 'r_elbow', 'r_wrist'),
    _indices('l_knee', 'l_ankle'),
    _indices('r_knee', 'r_ankle'),
)


def complete(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
    """Everything the camera could see."""
    return mask


def scattered(share: float | tuple[float, float]) -> Pattern:
    """Joint samples missing independently, with probability `share` or one from the range."""

    def pattern(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
        if isinstance(share, tuple):
            chance: np.ndarray | float = rng.uniform(*share, (len(mask), 1, 1))
        else:
            chance = share
        return mask * (rng.random(mask.shape, np.float32) >= chance)

    return pattern


def joints(share: float) -> Pattern:
    """Whole joints missing for the whole history, each with probability `share`."""

    def pattern(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
        return mask * (rng.random((len(mask), 1, mask.shape[2])) >= share)

    return pattern


def never(joint_indices: list[int]) -> Pattern:
    """The named joints missing for the whole history."""

    def pattern(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
        mask = mask.copy()
        mask[:, :, joint_indices] = 0
        return mask

    return pattern


def limb(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
    """An arm or a leg missing for a stretch of the history that often reaches to now."""
    mask, samples = mask.copy(), mask.shape[1]
    for person in mask:
        end = rng.integers(1, samples + 1) if rng.random() < 0.5 else samples
        start = max(0, end - rng.integers(2, samples + 1))
        person[start:end, LIMBS[rng.integers(len(LIMBS))]] = 0
    return mask


def last_frames(least: int, most: int) -> Pattern:
    """The newest `least` to `most` frames missing."""

    def pattern(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
        count = rng.integers(least, most + 1, (len(mask), 1))
        return mask * (np.arange(mask.shape[1]) < mask.shape[1] - count)[:, :, None]

    return pattern


def frames(share: float) -> Pattern:
    """Whole frames missing, each with probability `share`."""

    def pattern(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
        return mask * (rng.random(mask.shape[:2]) >= share)[:, :, None]

    return pattern


def gap(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
    """A run of whole frames missing, up to half of the history, somewhere before now."""
    samples = mask.shape[1]
    length = rng.integers(2, samples // 2 + 1, (len(mask), 1))
    end = rng.integers(length, samples, (len(mask), 1))  # the newest sample stays
    index = np.arange(samples)
    return mask * ((index < end - length) | (index >= end))[:, :, None]


# What training draws from, with the share of the batch that each pattern gets.
TRAINING: tuple[tuple[float, Pattern], ...] = (
    (0.06, complete),
    (0.68, scattered((0.15, 0.6))),
    (0.04, last_frames(1, 3)),
    (0.04, joints(0.25)),
    (0.05, limb),
    (0.02, frames(0.4)),
    (0.02, gap),
    (0.04, never(LEGS)),
    (0.04, never(LEGS_AND_HIPS)),
    (0.01, never(LOWER_BODY)),
)

# What `nermo evaluate --protocol true-time` reports.
EVALUATION: dict[str, Pattern] = {
    'complete': complete,
    'random_20': scattered(0.2),
    'random_40': scattered(0.4),
    'random_60': scattered(0.6),
    'joints_25': joints(0.25),
    'limb': limb,
    'frames_40': frames(0.4),
    'gap': gap,
    'last_1': last_frames(1, 1),
    'last_3': last_frames(3, 3),
    'legs': never(LEGS),
}


def draw(
    rng: np.random.Generator, mask: np.ndarray, suite: tuple[tuple[float, Pattern], ...] = TRAINING
) -> np.ndarray:
    """Give each person of the mask (P, N, J) a pattern of the suite; float32.

    A history of which too little is left to say anything (under 1.5 samples of every joint)
    stays complete.
    """
    shares = np.array([share for share, _ in suite])
    choice = rng.choice(len(suite), len(mask), p=shares / shares.sum())
    left = mask.copy()
    for index, (_, pattern) in enumerate(suite):
        chosen = choice == index
        if chosen.any():
            left[chosen] = pattern(rng, mask[chosen])
    enough = left.sum((1, 2), keepdims=True) >= 1.5 * mask.shape[2]
    return np.where(enough, left, mask).astype(np.float32)
