# SPDX-License-Identifier: Apache-2.0
"""What every backend is: a loaded model that adapts to histories and decodes at any times."""

from pathlib import Path
from typing import Protocol

import numpy as np

from nermo_ros.inference.card import ModelCard

INPUTS = ('times', 'positions', 'mask', 'query')
OUTPUT = 'forecast'


class BackendError(RuntimeError):
    """A backend cannot be used here; the message says why and what to do."""


class UnavailableError(BackendError):
    """This machine lacks what the backend needs: a device, a driver or a library."""


class Predictor(Protocol):
    """A model on a device: made by `load(folder)`, warmed up before use, closed after it.

    One call adapts the modulation of P people to their histories of N = card.samples samples and
    decodes it at Q times: times (P, N) s <= 0, positions (P, N, J, 3) m, mask (P, N, J) 1 seen /
    0 not, query (P, Q) s, all float32 and C contiguous -> (P, Q, J, 3) float32 m in the frame of
    the positions. Positions where mask is 0 are not looked at; an entirely missing history gives
    finite values. Raises BackendError if the device fails. One thread calls at a time.

    name: what runs the model at present; why: the reasons for which better backends do not.
    """

    card: ModelCard
    why: tuple[str, ...]

    @property
    def name(self) -> str: ...

    @classmethod
    def load(cls, folder: Path) -> 'Predictor': ...

    def warm_up(self) -> None: ...

    def __call__(
        self, times: np.ndarray, positions: np.ndarray, mask: np.ndarray, query: np.ndarray
    ) -> np.ndarray: ...

    def close(self) -> None: ...


def input_shapes(card: ModelCard, people: int, times: int) -> tuple[tuple[int, ...], ...]:
    """Of times, positions, mask and query."""
    history, joints = (people, card.samples), len(card.joints)
    return history, (*history, joints, 3), (*history, joints), (people, times)


def check_shapes(card: ModelCard, name: str, arrays: tuple[np.ndarray, ...]) -> tuple[int, int]:
    """(P, Q) of times, positions, mask and query; raises BackendError where they do not fit."""
    people, times = len(arrays[0]), arrays[3].shape[-1]
    wanted = input_shapes(card, people, times)
    for label, array, shape in zip(INPUTS, arrays, wanted, strict=True):
        if array.shape != shape:
            raise BackendError(f'{name} failed: {label} is {array.shape} instead of {shape}')
    return people, times
