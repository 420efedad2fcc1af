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
from nermo_ros.training.log import seconds
from nermo_ros.training.network import load_network

# m, of the graph against the same network in float64: more is no rounding. Shipped models keep to
# a tenth of it and less, see the tests.
TOLERANCE = 1e-4


def export(folder: Path) -> float:
    """Write folder/model.onnx from folder/weights.safetensors and complete folder/model.yaml.

    Returns the largest difference in metres between the graph in ONNX Runtime and the network in
    float64 on histories of every kind; raises ModelError where that is more than TOLERANCE.
    """
    card = ModelCard.read(folder)
    config = TrainingConfig.parse(card.training['config'])
    network = load_network(config, folder / 'weights.safetensors')
    _write_graph(network, config, folder / 'model.onnx')
    differences = compare(network, folder, config)
    if wrong := {name: d for name, d in differences.items() if d > TOLERANCE}:
        (folder / 'model.onnx').unlink()
        shown = ', '.join(f'{d:.1e} m ({name} missing)' for name, d in wrong.items())
        raise ModelError(f'the graph differs from the network by {shown}: not exported')
    text = yaml.safe_load((folder / 'model.yaml').read_text())
    text['hashes'] = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ('model.onnx', 'weights.safetensors')
    }
    if text['hashes']['weights.safetensors'] != card.hashes.get('weights.safetensors'):
        for name in ('radii', 'fallback_radii'):
            text.pop(name, None)  # of other weights
    write_card(folder, text)
    return max(differences.values())


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


def origin(folder: Path) -> dict[str, Any]:
    """What the card of a model tells that begins from the one in the folder; steps, seconds: of
    all outer loops so far, the latter where the logs tell."""
    card = ModelCard.read(folder)
    training, before = card.training, card.training.get('from', {'steps': 0, 'seconds': 0})
    told = {'name': card.name, 'version': card.version, 'hashes': dict(card.hashes)}
    told['steps'] = training['config']['outer']['steps'] + before['steps']
    took = seconds(folder)
    if took is not None and 'seconds' in before:
        told['seconds'] = took + before['seconds']
    return told


def compare(network: nn.Module, folder: Path, config: TrainingConfig) -> dict[str, float]:
    """Largest difference [m] of folder/model.onnx in ONNX Runtime from the network in float64.

    By pattern of golden.PATTERNS, over every bucket's number of people and one between.
    """
    predictor, worst = OnnxRuntimePredictor.load(folder), dict.fromkeys(PATTERNS, 0.0)
    reference = copy.deepcopy(network).double()
    joints = len(find_body(config.body).joints)
    for people in (*PEOPLE, 5):
        for pattern in PATTERNS:
            arrays = patterned(pattern, random_histories(people, config.samples, joints, people))
            with torch.no_grad():
                exact = reference(*(torch.from_numpy(array).double() for array in arrays)).numpy()
            difference = np.abs(predictor(*arrays) - exact).max()
            worst[pattern] = max(worst[pattern], float(np.nan_to_num(difference, nan=np.inf)))
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
