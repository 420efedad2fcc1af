# SPDX-License-Identifier: Apache-2.0
"""Trained weights to one ONNX graph: inner loop and decoder, any number of people and times."""

import copy
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
import yaml
from torch import nn

from nermo_ros.inference.buckets import PEOPLE
from nermo_ros.inference.card import ModelCard, ModelError, write_card
from nermo_ros.inference.golden import PATTERNS, patterned, random_histories
from nermo_ros.inference.onnxruntime_backend import OnnxRuntimePredictor
from nermo_ros.inference.predictor import INPUTS, OUTPUT
from nermo_ros.model.guarded import Guarded
from nermo_ros.skeleton.body import find_body
from nermo_ros.training.config import TrainingConfig
from nermo_ros.training.graph_check import check_graph
from nermo_ros.training.network import load_network

TOLERANCE = 1e-5  # m, of the graph against the same network in float64


def export(folder: Path) -> float:
    """Write folder/model.onnx from folder/weights.safetensors and complete folder/model.yaml.

    Returns the largest difference in metres between the graph in ONNX Runtime and the network in
    float64 on histories of every kind; raises ModelError when that is more than TOLERANCE.
    """
    card = ModelCard.read(folder)
    config = TrainingConfig.parse(card.training['config'])
    network = load_network(config, folder / 'weights.safetensors')
    _write_graph(network, config, folder / 'model.onnx')
    difference = compare(network, folder, config)
    if difference > TOLERANCE:
        (folder / 'model.onnx').unlink()
        raise ModelError(f'the graph differs from the network by {difference:.1e} m: not exported')
    text = yaml.safe_load((folder / 'model.yaml').read_text())
    text['hashes'] = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ('model.onnx', 'weights.safetensors')
    }
    if text['hashes']['weights.safetensors'] != card.hashes.get('weights.safetensors'):
        text.pop('radii', None)  # of other weights
    write_card(folder, text)
    return difference


def new_card(config: TrainingConfig, training: dict[str, Any]) -> dict[str, Any]:
    """What model.yaml says of freshly trained weights; training: where they come from."""
    return {
        'name': config.name,
        'version': config.version,
        'joints': list(find_body(config.body).joints),
        'history': config.history,
        'past': config.past,
        'horizon': config.horizon,
        'samples': config.samples,
        'training': {**training, 'config': config.as_dict()},
    }


def compare(network: nn.Module, folder: Path, config: TrainingConfig) -> float:
    """Largest difference [m] of folder/model.onnx in ONNX Runtime from the network in float64."""
    predictor, worst = OnnxRuntimePredictor.load(folder), 0.0
    reference = copy.deepcopy(network).double()
    joints = len(find_body(config.body).joints)
    for people in (*PEOPLE, 5):
        for pattern in PATTERNS:
            arrays = patterned(pattern, random_histories(people, config.samples, joints, people))
            with torch.no_grad():
                exact = reference(*(torch.from_numpy(array).double() for array in arrays)).numpy()
            difference = np.abs(predictor(*arrays) - exact).max()
            worst = max(worst, float(np.nan_to_num(difference, nan=np.inf)))
    return worst


def _write_graph(network: nn.Module, config: TrainingConfig, path: Path) -> None:
    joints = len(find_body(config.body).joints)
    arguments = tuple(torch.from_numpy(a) for a in random_histories(3, config.samples, joints))
    people, times = torch.export.Dim('people'), torch.export.Dim('times')
    program = torch.onnx.export(
        Guarded(network).eval(),
        arguments,
        dynamo=True,
        opset_version=18,
        external_data=False,
        input_names=list(INPUTS),
        output_names=[OUTPUT],
        dynamic_shapes=({0: people}, {0: people}, {0: people}, {0: people, 1: times}),
        verbose=False,
    )
    model = program.model_proto
    for node in model.graph.node:  # where in whose source tree it was traced is nobody's business
        del node.metadata_props[:]
    check_graph(model)
    onnx.save(model, path)
