# SPDX-License-Identifier: Apache-2.0
"""Histories of every kind, by which a backend is checked against another."""

from pathlib import Path

import numpy as np

from nermo_ros.inference.buckets import PEOPLE
from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.onnxruntime_backend import OnnxRuntimePredictor
from nermo_ros.inference.predictor import BackendError, Predictor

# m. Single precision in another order of operations differs by 1e-5; what is wrong by a
# millimetre is wrong for another reason.
TOLERANCE = 1e-3


def random_histories(
    people: int, samples: int, joints: int = 17, seed: int = 0
) -> list[np.ndarray]:
    """times, positions, mask, query as a predictor takes them, with irregular stamps and holes.

    Joints swing by 0.2 m at up to 2 Hz, as limbs do, and are measured to 1 cm.
    """
    rng = np.random.default_rng(seed)
    times = -np.sort(rng.uniform(0, 1, (people, samples)))[:, ::-1]
    times[:, -1] = 0
    pace, phase = rng.uniform(0, 2, (2, people, 1, joints, 3))
    swing = 0.2 * np.sin(2 * np.pi * (pace * times[..., None, None] + phase))
    noise = 0.01 * rng.standard_normal((people, samples, joints, 3))
    positions = 0.5 * rng.standard_normal((people, 1, joints, 3)) + swing + noise
    mask = (rng.random((people, samples, joints)) > rng.random((people, 1, 1))) * 1.0
    mask[0], mask[-1] = 0, 1  # nothing seen of the first, everything of the last (or only) one
    query = rng.uniform(-0.5, 1, (people, 7))
    arrays = (times, positions * mask[..., None], mask, query)
    return [np.ascontiguousarray(array, np.float32) for array in arrays]


# Of histories, by what is missing.
PATTERNS = ('random', 'nothing', 'everything', 'last', 'joint', 'padded')


def patterned(pattern: str, arrays: list[np.ndarray]) -> list[np.ndarray]:
    """random_histories() where what a pattern of PATTERNS names is missing.

    nothing, everything: of everybody; last: the newer half; joint: all but the second joint, in
    one sample; padded: the older half, which stands at one time as observation.history pads it.
    """
    times, positions, mask, query = arrays
    half = times.shape[1] // 2
    if pattern == 'nothing':
        mask = np.ones_like(mask)
    if pattern == 'everything':
        mask = np.zeros_like(mask)
    if pattern == 'last':
        mask = np.ones_like(mask)
        mask[:, half:] = 0
    if pattern == 'joint':
        mask = np.zeros_like(mask)
        mask[:, half, 1] = 1
    if pattern == 'padded':
        times, mask = times.copy(), np.ones_like(mask)
        times[:, :half] = times[:, half, None]
        mask[:, :half] = 0
    return [times, positions * mask[..., None], mask, query]


def disagreement(predictor: Predictor, folder: Path) -> float:
    """Largest difference [m] from ONNX Runtime over every bucket's number of people."""
    card, worst = ModelCard.read(folder), 0.0
    reference = OnnxRuntimePredictor.load(folder)
    for people in PEOPLE:
        batch = random_histories(people, card.samples, len(card.joints), seed=people)
        difference = np.abs(predictor(*batch) - reference(*batch)).max()
        worst = max(worst, float(np.nan_to_num(difference, nan=np.inf)))
    reference.close()
    return worst


def check(predictor: Predictor, folder: Path) -> None:
    """Raises BackendError where a predictor does not agree with ONNX Runtime."""
    difference = disagreement(predictor, folder)
    if difference > TOLERANCE:
        raise BackendError(
            f'{predictor.name} differs from ONNX Runtime by {difference:.1e} m, more than the '
            f'{TOLERANCE} m that rounding explains, and is not used'
        )
