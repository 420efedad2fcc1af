# SPDX-License-Identifier: Apache-2.0
"""Fit a model to recordings, offline: writes weights, graph and card into a folder."""

import argparse
from dataclasses import replace
from pathlib import Path


def parser_of_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='nermo train', description=__doc__)
    parser.add_argument('config', nargs='?', help='a YAML file or a shipped name, e.g. body17')
    parser.add_argument('--quick', action='store_true', help='a small model within 5 minutes')
    parser.add_argument(
        '--data',
        type=Path,
        required=True,
        help="the config's data set: CMU's npz or folder, folder of Human3.6M or 3DPW",
    )
    parser.add_argument('--out', type=Path, required=True, help='folder of the model')
    parser.add_argument('--steps', type=int, help="of the outer loop instead of the config's")
    parser.add_argument('--seed', type=int, help="instead of the config's")
    parser.add_argument('--threads', type=int, default=2, help='of torch (default 2)')
    parser.add_argument(
        '--hold-out',
        action='store_true',
        help='CMU: validate on the fifth training file of each action instead of learning from '
        'it; the other sets have a part for that',
    )
    parser.add_argument(
        '--start', type=Path, metavar='FOLDER', help='of the same network: go on from its weights'
    )
    parser.add_argument('--resume', action='store_true', help='from the checkpoint in --out')
    parser.add_argument('--tensorboard', action='store_true', help='log for TensorBoard too')
    fabric = parser.add_argument_group('devices and machines (Lightning Fabric)')
    fabric.add_argument('--accelerator', choices=['cpu', 'cuda'], default='cpu')
    fabric.add_argument('--devices', type=int, default=1, help='processes on this machine (1)')
    fabric.add_argument('--nodes', type=int, default=1, help='machines (1)')
    fabric.add_argument(
        '--precision', choices=['32-true', 'bf16-mixed', '16-mixed'], default='32-true'
    )
    return parser


def main(argv: list[str]) -> int:
    """nermo train CONFIG --data DATA --out FOLDER; returns the exit status."""
    parser = parser_of_options()
    args = parser.parse_args(argv)
    if not args.config and not args.quick:
        parser.error('give a CONFIG, or --quick')
    try:
        import torch

        from nermo_ros.training.config import TrainingConfig
        from nermo_ros.training.devices import launch
        from nermo_ros.training.network import load_network
        from nermo_ros.training.recordings import read_recordings
        from nermo_ros.training.train import train
        from nermo_ros.training.windows import make_windows
    except ImportError as error:
        parser.exit(1, f"training needs {error.name}: pip install 'nermo_ros[train]'\n")
    from nermo_ros.inference.card import ModelCard, ModelError, write_card

    torch.set_num_threads(args.threads)
    try:
        config = TrainingConfig.read(args.config or 'quick')
        given = {'steps': args.steps, 'seed': args.seed}
        outer = replace(config.outer, **{k: v for k, v in given.items() if v is not None})
        config = replace(config, outer=outer)
        data = read_recordings(config, args.data, args.hold_out)
        began = args.start and ModelCard.read(args.start)
        start = began and load_network(config, args.start / 'weights.safetensors').state_dict()
        fabric = launch(args.accelerator, args.devices, args.nodes, args.precision)
        train(
            config,
            make_windows(config, data.learned, data.rate),
            args.out,
            data.validate,
            fabric=fabric,
            resume=args.resume,
            start=start,
            tensorboard=args.tensorboard,
        )
    except (ModelError, OSError, ValueError, FloatingPointError) as error:
        parser.exit(1, f'nermo train: {error}\n')
    if fabric.global_rank:
        return 0
    from nermo_ros.training.export import export, new_card, origin

    frames = sum(len(sequence) for sequence in data.learned.values())
    told = {'set': data.name, 'files': len(data.learned), 'frames': frames, 'rate': data.rate}
    begun = {'from': origin(args.start)} if began else {}
    write_card(args.out, new_card(config, {**begun, 'data': told}))
    difference = export(args.out)
    print(f'{args.out}/model.onnx agrees with the network in float64 to {difference:.1e} m')
    return 0
