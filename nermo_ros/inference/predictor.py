# SPDX-License-Identifier: Apache-2.0
"""What every backend is: a loaded model that adapts to histories and decodes at any times."""

from pathlib import Path
from typing import Protocol

import numpy as np

from nermo_ros.inference.card import ModelCard


class BackendError(RuntimeError):
    """A backend cannot be used here; the message says why and what to do."""


class Predictor(Protocol):
    """A model on a device: made by `load(folder)`, warmed up before use, closed after it.

    One call adapts the modulation of P people to their histories of N = card.samples samples and
    decodes it at Q times: times (P, N) s <= 0, positions (P, N, J, 3) m, mask (P, N, J) 1 seen /
    0 not, query (P, Q) s, all float32 and C contiguous -> (P, Q, J, 3) float32 m in the frame of
    the positions. An entirely missing history gives finite values. Raises BackendError if the
    device fails.
    """

    name: str
    card: ModelCard

    @classmethod
    def load(cls, folder: Path) -> 'Predictor': ...

    def warm_up(self) -> None: ...

    def __call__(
        self, times: np.ndarray, positions: np.ndarray, mask: np.ndarray, query: np.ndarray
    ) -> np.ndarray: ...

    def close(self) -> None: ...
