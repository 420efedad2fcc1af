# SPDX-License-Identifier: Apache-2.0
"""Teach a trained model your own people and sensor: bags or npz files in, a model folder out."""

import argparse
from pathlib import Path


def main(argv: list[str]) -> int:
    """nermo finetune RECORDING ... --out FOLDER; returns the exit status."""
    parser = argparse.ArgumentParser(prog='nermo finetune', description=__doc__)
    parser.add_argument(
        'recordings', type=Path, nargs='+', help='bags of SkeletonArray, npz files, or folders'
    )
    parser.add_argument('--model', default='body17', help='shipped name or folder (body17)')
    parser.add_argument('--out', type=Path, required=True, help='folder of the new model')
    parser.add_argument('--data', type=Path, help='CMU recordings: forget less of other motions')
    parser.add_argument('--topic', default='', help='of the bags, where several carry skeletons')
    parser.add_argument('--steps', type=int, help='at most (300)')
    parser.add_argument('--seed', type=int, default=0, help='(0)')
    parser.add_argument('--threads', type=int, default=2, help='of torch (2)')
    args = parser.parse_args(argv)
    try:
        import torch

        from nermo_ros.training.finetune import finetune
        from nermo_ros.training.own import own_sequences
    except ImportError as error:
        parser.exit(1, f"fine-tuning needs {error.name}: pip install 'nermo_ros[train]'\n")
    from nermo_ros.data.cmu import load_cmu, split
    from nermo_ros.evaluation.table import error_table
    from nermo_ros.inference.models import model_folder

    torch.set_num_threads(args.threads)
    outer = {'seed': args.seed} | ({'steps': args.steps} if args.steps else {})
    try:
        folder = model_folder(args.model)
        if args.out.resolve() == folder.resolve():
            raise ValueError('--out is the folder of --model: give another one')
        own = own_sequences(args.recordings, args.topic)
        general = split(load_cmu(args.data), hold_out=False)[0] if args.data else None
        gain = finetune(folder, own, args.out, general, outer)
    except (OSError, ValueError, FloatingPointError) as error:
        parser.exit(1, f'nermo finetune: {error}\n')
    print('On the last fifth of your recordings, which was not learned from:')
    print(error_table({'before': gain.before, 'after': gain.after}))
    if not gain.kept:
        print('No weights did better there, so the former ones were kept: record more of your own')
    return 0
