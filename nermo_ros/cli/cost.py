# SPDX-License-Identifier: Apache-2.0
"""What models cost: parameters, multiply-adds, time of a forecast, and of their training."""

import argparse
import json
import platform
import sys
from pathlib import Path
from typing import Any

QUERIES = 25  # times that one forecast answers, evenly up to the model's horizon


def main(argv: list[str]) -> int:
    """nermo cost MODEL...; returns the exit status."""
    parser = argparse.ArgumentParser(prog='nermo cost', description=__doc__)
    parser.add_argument('models', nargs='+', help='shipped names or folders of `nermo train`')
    parser.add_argument('--runs', type=int, default=500, help='forecasts to time of each (500)')
    parser.add_argument('--trained-on', default='', help='the machine of the training, in words')
    parser.add_argument('--json', type=Path, help='file for the figures')
    args = parser.parse_args(argv)
    if args.runs < 1:
        parser.error('--runs is a number of forecasts from 1')

    from nermo_ros.evaluation.table import aligned
    from nermo_ros.inference.card import ModelError
    from nermo_ros.inference.models import model_folder

    try:
        folders = {folder.name: folder for folder in map(model_folder, args.models)}
        if len(folders) < len(args.models):
            raise ValueError('two models have the same folder name: rename one')
        figures = _figures(folders, args.runs, args.trained_on)
        if args.json:
            args.json.write_text(json.dumps(figures, indent=2) + '\n')
    except ImportError as error:
        print(f"nermo cost needs {error.name}: pip install 'nermo_ros[train]'", file=sys.stderr)
        return 1
    except (ModelError, OSError, RuntimeError, ValueError) as error:
        print(f'nermo cost: {error}', file=sys.stderr)
        return 1
    head = ['model', 'parameters', 'multiply-adds', 'p50 [ms]', 'p99 [ms]']
    keys = ('parameters', 'multiply_adds', 'p50_ms', 'p99_ms')
    rows = [[name, *(str(one[k]) for k in keys)] for name, one in figures['models'].items()]
    print(aligned([head, *rows]))
    return 0


def _figures(folders: dict[str, Path], runs: int, trained_on: str) -> dict[str, Any]:
    """By model folder's name, with the machine that the forecasts were timed on."""
    import numpy as np
    import onnxruntime
    import torch

    from nermo_ros.inference.card import ModelCard
    from nermo_ros.training.config import TrainingConfig
    from nermo_ros.training.cost import latencies, multiply_adds, parameters
    from nermo_ros.training.export import origin
    from nermo_ros.training.network import load_network

    torch.set_num_threads(1)
    models, inputs = {}, []
    for name, folder in folders.items():
        card = ModelCard.read(folder)
        if 'config' not in card.training:
            raise ValueError(f'{folder}/model.yaml tells no training config: train it again')
        config = TrainingConfig.parse(card.training['config'])
        network = load_network(config, folder / 'weights.safetensors')
        inputs.append(_one_person(card))
        begun = origin(folder)
        models[name] = {
            'architecture': config.architecture,
            'parameters': parameters(network),
            'multiply_adds': multiply_adds(network, inputs[-1]),
            'training': {
                'steps': begun['steps'],
                'batch': config.outer.batch,
                'seed': config.outer.seed,
                'files': card.training.get('data', {}).get('files'),
                'seconds': begun.get('seconds'),
            },
        }
    took = latencies([folder / 'model.onnx' for folder in folders.values()], inputs, runs)
    for one, seconds in zip(models.values(), took, strict=True):
        for percent in (50, 99):
            one[f'p{percent}_ms'] = round(1000 * float(np.percentile(seconds, percent)), 3)
    return {
        'machine': processor(),
        'python': platform.python_version(),
        'onnxruntime': onnxruntime.__version__,
        'torch': torch.__version__,
        'runs': runs,
        'queries': QUERIES,
        'trained_on': trained_on,
        'models': models,
    }


def _one_person(card: Any) -> list[Any]:
    """times, positions, mask, query of one person who is seen whole all the time."""
    import numpy as np

    joints = len(card.joints)
    times = np.linspace(-card.history, 0, card.samples, dtype=np.float32)[None]
    steps = np.random.default_rng(0).standard_normal((1, card.samples, joints, 3))
    query = card.horizon * np.arange(1, QUERIES + 1, dtype=np.float32)[None] / QUERIES
    mask = np.ones((1, card.samples, joints), np.float32)
    return [times, 0.01 * steps.cumsum(1).astype(np.float32), mask, query.astype(np.float32)]


def processor() -> str:
    """The CPU's name, as Linux has it, else the architecture's."""
    info = Path('/proc/cpuinfo')
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.partition(':')[2].strip() for line in lines if line.startswith('model name')]
    return next((name for name in names if name), platform.machine())
