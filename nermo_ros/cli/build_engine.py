# SPDX-License-Identifier: Apache-2.0
"""Build a model's engine for this machine and keep it, so that no node has to."""

import argparse


def main(argv: list[str]) -> int:
    """nermo build-engine [MODEL]; returns the exit status."""
    parser = argparse.ArgumentParser(prog='nermo build-engine', description=__doc__)
    parser.add_argument(
        'model', nargs='?', default='body17', help='shipped name or folder (body17)'
    )
    parser.add_argument(
        '--backend',
        choices=('tensorrt', 'native'),
        default='tensorrt',
        help='what it is for: the GPU (tensorrt), or this processor (native)',
    )
    parser.add_argument('--anew', action='store_true', help='build it even if it is there')
    parser.add_argument(
        '--dry-run',
        action='store_true',
        help='build without keeping it; TensorRT-RTX can do that without a GPU',
    )
    args = parser.parse_args(argv)

    from nermo_ros.inference.build_engine import BUILDERS, try_build
    from nermo_ros.inference.card import ModelError
    from nermo_ros.inference.models import model_folder
    from nermo_ros.inference.predictor import BackendError

    def say(text: str) -> None:
        print(text, flush=True)

    try:
        folder = model_folder(args.model)
        if args.dry_run:
            built, seconds, size = try_build(folder, args.backend)
            say(f'{built} builds {args.model} in {seconds:.1f} s, {size / 1e6:.1f} MB: not kept')
        else:
            path = BUILDERS[args.backend](folder, say, args.anew)
            say(f'{args.model} is ready: {path}')
    except (BackendError, ModelError, OSError) as error:
        parser.exit(1, f'nermo build-engine: {error}\n')
    return 0
