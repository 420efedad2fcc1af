# SPDX-License-Identifier: Apache-2.0
"""The graph compiled for the processor at hand, on one CPU thread; compiled once and kept."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from nermo_ros.inference import golden
from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.engine_cache import (
    BadEntryError,
    EngineCache,
    default_folder,
    read_graph,
)
from nermo_ros.inference.native.compiler import (
    Library,
    compile_graph,
    library_key,
    need_tools,
)
from nermo_ros.inference.predictor import BackendError, check_shapes
from nermo_ros.inference.swapping import Swapping, behind_onnx_runtime

LINE = 64  # bytes of a cache line


class NativePredictor:
    """model.onnx of a model folder as machine code; see Predictor for the call.

    One person after the other, 32 times at once, in memory that stays the same.
    """

    name = 'native'
    why: tuple[str, ...] = ()

    def __init__(self, card: ModelCard, library: Library):
        self.card = card
        self._library: Library | None = library
        self._work = np.zeros(library.arena_floats + LINE, np.float32)
        address = self._work.ctypes.data
        self._arena = address + -address % LINE

    @classmethod
    def load(
        cls, folder: Path, report: Callable[[str], None] = lambda text: None
    ) -> 'NativePredictor':
        """Load folder/model.yaml and the library of folder/model.onnx, compiled if need be.

        Raises ModelError or BackendError.
        """
        card, cache = ModelCard.read(folder), EngineCache(default_folder(), report)
        key = library_key(read_graph(folder))
        return cls(card, Library(cache.get(key, lambda: compile_checked(folder))))

    @classmethod
    def load_behind(
        cls, folder: Path, report: Callable[[str], None]
    ) -> 'NativePredictor | Swapping':
        """At once where it is compiled already, else ONNX Runtime, which hands over once it is.

        Raises at once what can be told at once: ModelError, BackendError.
        """
        card, cache = ModelCard.read(folder), EngineCache(default_folder(), report)
        key = library_key(read_graph(folder))
        try:
            return cls(card, Library(cache.read(key)))
        except BadEntryError:
            need_tools()
        return behind_onnx_runtime(folder, 'native', lambda: cls.load(folder), report)

    def warm_up(self) -> None:
        """Run once."""
        joints, samples = len(self.card.joints), self.card.samples
        self(*golden.random_histories(1, samples, joints))

    def __call__(
        self, times: np.ndarray, positions: np.ndarray, mask: np.ndarray, query: np.ndarray
    ) -> np.ndarray:
        """See Predictor."""
        if self._library is None:
            raise BackendError(f'{self.name} failed: it is closed')
        arrays = (times, positions, mask, query)
        people, asked = check_shapes(self.card, self.name, arrays)
        answer = np.empty((people, asked, len(self.card.joints), 3), np.float32)
        held = [np.ascontiguousarray(array, np.float32) for array in (*arrays, answer)]
        pointers = [array.__array_interface__['data'][0] for array in held]
        self._library.forecast(people, asked, *pointers, self._arena)
        return answer

    def close(self) -> None:
        """Let go of the library; the predictor cannot be called any more."""
        self._library = None


def compile_checked(folder: Path) -> bytes:
    """The library of folder/model.onnx; raises BackendError where it does not agree with ONNX
    Runtime."""
    card = ModelCard.read(folder)
    need_tools()
    compiled = compile_graph(read_graph(folder), card.samples)
    predictor = NativePredictor(card, Library(compiled))
    golden.check(predictor, folder)
    return compiled
