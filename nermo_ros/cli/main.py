# SPDX-License-Identifier: Apache-2.0
"""The `nermo` command: one module a subcommand, imported only when it is asked for."""

import argparse
import sys
from importlib import import_module

COMMANDS = {
    'predict': 'run the node that turns skeletons into forecasts',
    'replay': 'publish a recording as a camera would, or score it offline',
    'demo': 'node, replay and report in one go',
    'robot': 'a simulated arm beside recorded people: what a forecast is worth to it',
    'train': 'fit a model to recordings (needs the train extra)',
    'finetune': 'teach a trained model your own people (needs the train extra)',
    'evaluate': 'errors of a model and of the baselines on a data set',
    'calibrate': "radii that hold a joint with a stated probability, into a model's card",
    'cost': 'parameters, multiply-adds and latency of models (needs the train extra)',
    'bench': 'latency, memory and CPU use of backends, baselines and the node',
    'cameras': 'what a second camera buys under occlusion, on a recording',
    'results': 'docs/results.md and its figures from the figures of the commands above',
    'export': 'turn trained weights into model.onnx (needs the train extra)',
    'build-engine': 'the TensorRT engine of a model, for this machine',
}


def main(argv: list[str] | None = None) -> int:
    """Run one subcommand; returns the exit status."""
    parser = argparse.ArgumentParser(prog='nermo', description=__doc__)
    subparsers = parser.add_subparsers(dest='command', required=True, metavar='COMMAND')
    for name, help_text in COMMANDS.items():
        subparsers.add_parser(name, help=help_text, add_help=False)
    known, rest = parser.parse_known_args(argv)
    module = known.command.replace('-', '_')
    return import_module(f'nermo_ros.cli.{module}').main(rest)


if __name__ == '__main__':
    sys.exit(main())
