# SPDX-License-Identifier: Apache-2.0
"""The times at which this field reports errors."""

import math
from collections.abc import Mapping

import numpy as np

HORIZONS = (0.08, 0.16, 0.32, 0.40, 0.56, 1.00)  # s, as in the tables of the CMU and H36M papers


def in_milliseconds(
    errors: np.ndarray, horizons: tuple[float, ...] = HORIZONS
) -> dict[str, float]:
    """Errors in metres at the horizons -> {'80': mm, ..., '1000': mm}, rounded to 0.01 mm."""
    keys = (f'{1000 * horizon:.0f}' for horizon in horizons)
    return {key: round(1000 * float(error), 2) for key, error in zip(keys, errors, strict=True)}


def known(errors: Mapping[str, float]) -> dict[str, float | None]:
    """NaN, where nothing was scored, becomes None, which JSON has a word for."""
    return {key: error if math.isfinite(error) else None for key, error in errors.items()}
