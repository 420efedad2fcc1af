# SPDX-License-Identifier: Apache-2.0
"""PyTorch in float64 on one CPU thread: exact and slow, the reference of the other backends."""

from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.predictor import BackendError, UnavailableError, check_shapes

NEEDS = "pip install 'nermo_ros[torch]'"


class TorchPredictor:
    """weights.safetensors of a model folder in eager mode; see Predictor for the call.

    Sets PyTorch's threads in this process to one.
    """

    name = 'torch'
    why: tuple[str, ...] = ()

    def __init__(self, card: ModelCard, network: Any):
        import torch

        torch.set_num_threads(1)
        self.card = card
        self._network = network

    @classmethod
    def load(cls, folder: Path) -> 'TorchPredictor':
        """Load folder/model.yaml and folder/weights.safetensors; raises ModelError or
        BackendError."""
        card = ModelCard.read(folder)
        return cls(card, load_network(card, folder).double())

    def warm_up(self) -> None:
        """Nothing is planned ahead."""

    def __call__(
        self, times: np.ndarray, positions: np.ndarray, mask: np.ndarray, query: np.ndarray
    ) -> np.ndarray:
        """See Predictor."""
        import torch

        arrays = (times, positions, mask, query)
        people, asked = check_shapes(self.card, self.name, arrays)
        if self._network is None:
            raise BackendError('torch failed: it is closed')
        if not people:
            return np.zeros((0, asked, len(self.card.joints), 3), np.float32)
        try:
            with torch.inference_mode():
                exact = self._network(*(torch.from_numpy(a).double() for a in arrays))
                return exact.float().numpy()
        except RuntimeError as error:
            raise BackendError(f'torch failed: {error}') from error

    def close(self) -> None:
        """Free the network; the predictor cannot be called any more."""
        self._network = None


def load_network(card: ModelCard, folder: Path) -> Any:
    """The trained network of a model folder, guarded as it is exported; raises BackendError."""
    try:
        from nermo_ros.model.guarded import Guarded
        from nermo_ros.training.config import TrainingConfig
        from nermo_ros.training.network import load_network
    except ImportError as error:
        raise UnavailableError(f'{error.name} is not installed: {NEEDS}') from error
    if 'config' not in card.training:
        raise BackendError(f'{folder}/model.yaml tells no training config: train it again')
    try:
        config = TrainingConfig.parse(card.training['config'])
        return Guarded(load_network(config, Path(folder) / 'weights.safetensors')).eval()
    except Exception as error:  # safetensors and torch share no narrower base class
        raise BackendError(f'torch cannot load {folder}: {error}') from error
