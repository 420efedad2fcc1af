# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime on one CPU thread: the default backend."""

from pathlib import Path

import numpy as np

from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.predictor import BackendError

INPUTS = ('times', 'positions', 'mask', 'query')
OUTPUT = 'forecast'


class OnnxRuntimePredictor:
    """model.onnx of a model folder; see Predictor for the call."""

    name = 'onnxruntime'

    def __init__(self, card: ModelCard, graph: Path):
        try:
            import onnxruntime
        except ImportError as error:
            raise BackendError('onnxruntime is not installed: pip install onnxruntime') from error
        if not graph.is_file():
            raise BackendError(f'{graph} is missing: write it with `nermo export {graph.parent}`')
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # A spinning pool would take the core that the executor and the middleware need.
        options.add_session_config_entry('session.intra_op.allow_spinning', '0')
        options.add_session_config_entry('session.inter_op.allow_spinning', '0')
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
        samples, joints = self.card.samples, len(self.card.joints)
        for people in (1, 2, 8, 1):
            times = np.tile(np.linspace(-1, 0, samples, dtype=np.float32), (people, 1))
            mask = np.ones((people, samples, joints), np.float32)
            positions = np.zeros((people, samples, joints, 3), np.float32)
            self(times, positions, mask, np.zeros((people, 1), np.float32))

    def __call__(
        self, times: np.ndarray, positions: np.ndarray, mask: np.ndarray, query: np.ndarray
    ) -> np.ndarray:
        """See Predictor."""
        feed = dict(zip(INPUTS, (times, positions, mask, query), strict=True))
        try:
            return self._session.run([OUTPUT], feed)[0]
        except Exception as error:
            raise BackendError(f'onnxruntime failed: {error}') from error

    def close(self) -> None:
        """Free the session; the predictor cannot be called any more."""
        self._session = None
