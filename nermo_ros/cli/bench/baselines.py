# SPDX-License-Identifier: Apache-2.0
"""Networks of the sizes that their papers give, with random weights, as others would run them.

siMLPe (Guo et al., WACV 2023): 48 blocks on 50 cosine coefficients of 66 channels, the 22 joints
of Human3.6M; LTD (Mao et al., ICCV 2019): 12 blocks of two graph convolutions, 256 wide, on 66
nodes, 10 frames to 25. The networks alone, on complete frames: filling gaps and answering between
frames, which the model's own time includes, is given to them.
"""

import logging
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nermo_ros.cli.bench.turns import Call

if TYPE_CHECKING:
    from nermo_ros.cli.bench.contenders import Contenders

BODY = 'h36m22'
PUBLISHED: dict[str, dict[str, Any]] = {
    'simlpe': {'blocks': 48, 'past': 25, 'future': 25},
    'ltd': {'blocks': 12, 'width': 256, 'past': 10, 'future': 25},
}


def add_networks(found: 'Contenders', sizes: dict[str, Any], work: Path) -> None:
    """Each network in PyTorch eager and in ONNX Runtime, on one thread."""
    names = [f'{name}_{way}' for name in PUBLISHED for way in ('eager', 'onnxruntime')]
    try:
        import torch
    except ImportError:
        why = "torch is not installed: pip install 'nermo_ros[train]'"
        found.not_run.update(dict.fromkeys(names, why))
        return
    torch.set_num_threads(1)
    for name, published in PUBLISHED.items():
        network, frames = _network(name, {**published, **sizes})
        found.calls[f'{name}_eager'] = _eager(network, frames)
        try:
            graph = _export(network, frames, work / f'{name}.onnx')
            found.calls[f'{name}_onnxruntime'] = _in_onnxruntime(graph, frames)
        except ImportError as error:
            why = f"{error.name} is not installed: pip install 'nermo_ros[train]'"
            found.not_run[f'{name}_onnxruntime'] = why


def _network(name: str, sizes: dict[str, Any]) -> tuple[Any, Callable[[int], np.ndarray]]:
    """The network, and histories (people, past, joints, 3) for it."""
    import torch

    from nermo_ros.model.architectures import build
    from nermo_ros.skeleton.body import find_body

    class Alone(torch.nn.Module):
        def __init__(self, network: Any):
            super().__init__()
            self.network = network

        def forward(self, history: torch.Tensor) -> torch.Tensor:
            future: torch.Tensor = self.network.future(history)
            return future

    def frames(people: int) -> np.ndarray:
        steps = np.random.default_rng(0).standard_normal((people, sizes['past'], joints, 3))
        return (0.01 * steps.cumsum(1)).astype(np.float32)

    body, joints = find_body(BODY), len(find_body(BODY).joints)
    return Alone(build(name, body.parents, body.mirror, sizes)).eval(), frames


def _eager(network: Any, frames: Callable[[int], np.ndarray]) -> Callable[[int], Call]:
    import torch

    def of(people: int) -> Call:
        history = frames(people)

        def call() -> np.ndarray:
            with torch.inference_mode():
                output: np.ndarray = network(torch.from_numpy(history)).numpy()
            return output

        return call

    return of


def _export(network: Any, frames: Callable[[int], np.ndarray], path: Path) -> Path:
    import onnxscript  # noqa: F401 -- torch's own complaint does not name it
    import torch

    logging.getLogger('torch.onnx').setLevel(logging.ERROR)  # of torchvision, which nobody needs
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', FutureWarning)  # of torch about torch
        torch.onnx.export(
            network,
            (torch.from_numpy(frames(3)),),
            path,
            dynamo=True,
            opset_version=18,
            external_data=False,
            input_names=['history'],
            output_names=['future'],
            dynamic_shapes=({0: torch.export.Dim('people')},),
            verbose=False,
        )
    return path


def _in_onnxruntime(graph: Path, frames: Callable[[int], np.ndarray]) -> Callable[[int], Call]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(graph), options, providers=['CPUExecutionProvider'])

    def of(people: int) -> Call:
        feed = {'history': frames(people)}
        return lambda: session.run(['future'], feed)[0]

    return of
