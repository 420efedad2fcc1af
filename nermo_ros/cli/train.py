# SPDX-License-Identifier: Apache-2.0
"""Fit a model to recordings, offline: writes weights, graph and card into a folder."""

import argparse
from dataclasses import replace
from pathlib import Path


def main(argv: list[str]) -> int:
    """nermo train CONFIG --data CMU --out FOLDER; returns the exit status."""
    parser = argparse.ArgumentParser(prog='nermo train', description=__doc__)
    parser.add_argument('config', help='a YAML file or a shipped name, e.g. body17')
    parser.add_argument('--data', type=Path, required=True, help='CMU recordings: npz or folder')
    parser.add_argument('--out', type=Path, required=True, help='folder of the model')
    parser.add_argument('--steps', type=int, help="of the outer loop instead of the config's")
    parser.add_argument('--seed', type=int, help="instead of the config's")
    parser.add_argument('--threads', type=int, default=2, help='of torch (default 2)')
    parser.add_argument(
        '--hold-out',
        action='store_true',
        help='validate on the fifth training file of each action instead of learning from it',
    )
    args = parser.parse_args(argv)
    try:
        import torch
    except ImportError:
        parser.exit(1, "training needs torch: pip install 'nermo_ros[train]'\n")

    from nermo_ros.data.cmu import RATE, load_cmu, split
    from nermo_ros.evaluation.horizons import in_milliseconds
    from nermo_ros.evaluation.true_time import errors
    from nermo_ros.inference.card import write_card
    from nermo_ros.training.config import TrainingConfig
    from nermo_ros.training.export import export, new_card
    from nermo_ros.training.train import numpy_predictor, train

    torch.set_num_threads(args.threads)
    try:
        config = TrainingConfig.read(args.config)
        learned, held_out = split(load_cmu(args.data), args.hold_out)
    except (OSError, ValueError) as error:
        parser.exit(1, f'nermo train: {error}\n')
    given = {'steps': args.steps, 'seed': args.seed}
    outer = replace(config.outer, **{k: v for k, v in given.items() if v is not None})
    config = replace(config, outer=outer)

    def validate(network: torch.nn.Module) -> dict[str, float]:
        predict = numpy_predictor(network)
        return in_milliseconds(errors(predict, held_out, samples=config.samples))

    train(config, list(learned.values()), RATE, args.out, validate if held_out else None)
    frames = sum(len(sequence) for sequence in learned.values())
    data = {'set': 'CMU-MoCap', 'files': len(learned), 'frames': frames, 'rate': RATE}
    write_card(args.out, new_card(config, {'data': data}))
    difference = export(args.out)
    print(f'{args.out}/model.onnx agrees with the network in float64 to {difference:.1e} m')
    return 0
