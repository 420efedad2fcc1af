# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime on one CPU thread: the default backend."""

from pathlib import Path

import numpy as np

from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.predictor import (
    INPUTS,
    OUTPUT,
    BackendError,
    UnavailableError,
    check_shapes,
    input_shapes,
)


class OnnxRuntimePredictor:
    """model.onnx of a model folder; see Predictor for the call."""

    name = 'onnxruntime'
    why: tuple[str, ...] = ()

    def __init__(self, card: ModelCard, graph: Path):
        try:
            import onnxruntime
        except ImportError as error:
            raise UnavailableError(
                'onnxruntime is not installed: pip install onnxruntime'
            ) from error
        if not graph.is_file():
            raise BackendError(f'{graph} is missing: write it with `nermo export {graph.parent}`')
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # A spinning pool would take the core that the executor and the middleware need.
        options.add_session_config_entry('session.intra_op.allow_spinning', '0')
        options.add_session_config_entry('session.inter_op.allow_spinning', '0')
        options.enable_mem_reuse = False  # a little faster for a little more memory
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(graph), options, providers=['CPUExecutionProvider']
            )
        except Exception as error:  # onnxruntime's own exceptions share no narrower base class
            raise BackendError(f'onnxruntime cannot load {graph}: {error}') from error
        names = {value.name for value in self._session.get_inputs()}
        outputs = {value.name for value in self._session.get_outputs()}
        if names != set(INPUTS) or OUTPUT not in outputs:
            raise BackendError(
                f'{graph} takes {sorted(names)} and gives {sorted(outputs)} instead of {INPUTS} '
                f'and {OUTPUT!r}: write it again with `nermo export`'
            )
        self.card = card

    @classmethod
    def load(cls, folder: Path) -> 'OnnxRuntimePredictor':
        """Load folder/model.yaml and folder/model.onnx; raises ModelError or BackendError."""
        return cls(ModelCard.read(folder), Path(folder) / 'model.onnx')

    def warm_up(self) -> None:
        """Run once for one person and for several: the first runs plan and allocate."""
        for people in (1, 2, 8, 1):
            shapes = input_shapes(self.card, people, 1)
            times, positions, mask, query = (np.zeros(shape, np.float32) for shape in shapes)
            times[:] = np.linspace(-1, 0, self.card.samples)
            self(times, positions, mask + 1, query)

    def __call__(
        self, times: np.ndarray, positions: np.ndarray, mask: np.ndarray, query: np.ndarray
    ) -> np.ndarray:
        """See Predictor.

        Buffers bound once would save nothing that can be measured: the graph is what takes time.
        """
        arrays = (times, positions, mask, query)
        check_shapes(self.card, self.name, arrays)
        try:
            return self._session.run([OUTPUT], dict(zip(INPUTS, arrays, strict=True)))[0]
        except Exception as error:
            raise BackendError(f'onnxruntime failed: {error}') from error

    def close(self) -> None:
        """Free the session; the predictor cannot be called any more."""
        self._session = None
