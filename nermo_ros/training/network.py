# SPDX-License-Identifier: Apache-2.0
"""Networks of a config, fresh or with trained weights."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from nermo_ros.model.architectures import build
from nermo_ros.skeleton.body import find_body
from nermo_ros.training.config import TrainingConfig


def make_network(config: TrainingConfig) -> nn.Module:
    """A network of the config's architecture, sizes and body, freshly initialised.

    Raises ValueError that names an architecture or a size that is not known.
    """
    body = find_body(config.body)
    return build(config.architecture, body.parents, body.mirror, config.network)


def load_network(config: TrainingConfig, weights: Path) -> nn.Module:
    """The trained network, ready for inference in single precision.

    Raises FileNotFoundError, and ValueError for weights of another network than the config's.
    """
    if not weights.is_file():
        raise FileNotFoundError(f'no weights at {weights}: train them with `nermo train`')
    network = make_network(config)
    try:
        network.load_state_dict(load_file(weights))
    except RuntimeError as error:
        raise ValueError(
            f'{weights} is of another network than {config.architecture} of this version with the '
            f'sizes of its model.yaml: train it anew with `nermo train`'
        ) from error
    return network.eval()


def numpy_predictor(network: nn.Module) -> Callable[..., np.ndarray]:
    """The network as a function of numpy arrays, with the Predictor's call."""

    def predict(*arrays: np.ndarray) -> np.ndarray:
        device = next(network.parameters()).device
        tensors = (torch.from_numpy(np.ascontiguousarray(a)).to(device) for a in arrays)
        with torch.no_grad():
            return network(*tensors).cpu().numpy()

    return predict
