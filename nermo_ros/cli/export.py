# SPDX-License-Identifier: Apache-2.0
"""Turn trained weights into model.onnx, and check the graph against the network in float64."""

import argparse
from pathlib import Path


def main(argv: list[str]) -> int:
    """nermo export FOLDER; returns the exit status."""
    parser = argparse.ArgumentParser(prog='nermo export', description=__doc__)
    parser.add_argument('folder', type=Path, help='with weights.safetensors and model.yaml')
    args = parser.parse_args(argv)
    from nermo_ros.inference.card import ModelError

    try:
        from nermo_ros.training.export import export
    except ImportError as error:
        parser.exit(1, f"exporting needs {error.name}: pip install 'nermo_ros[train]'\n")
    try:
        difference = export(args.folder)
    except (ModelError, OSError, ValueError) as error:
        parser.exit(1, f'nermo export: {error}\n')
    print(f'{args.folder}/model.onnx agrees with the network in float64 to {difference:.1e} m')
    return 0
