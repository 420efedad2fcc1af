# SPDX-License-Identifier: Apache-2.0
"""How fast it is: the model on every backend against baselines, and the node end to end."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

PEOPLE = (1, 2, 4, 8, 16)
NODE_PEOPLE, RATES = (1, 2, 8, 16), (15, 30, 60, 120)


def main(argv: list[str]) -> int:
    """nermo bench; returns the exit status."""
    args = _parser().parse_args(argv)

    from nermo_ros.cli.bench import plot, report
    from nermo_ros.cli.bench.measure import figures
    from nermo_ros.cli.node_process import NodeError
    from nermo_ros.inference.card import ModelError

    try:
        if args.read:
            folder = report.folder_from(args.read, args.document)
            args.document.write_text(report.document(report.read(args.read), folder))
            return 0
        with tempfile.TemporaryDirectory() as work:
            found = figures(_plan(args), Path(work))
        if args.json:
            args.json.write_text(json.dumps(found, indent=2) + '\n')
        if args.plot:
            plot.draw(args.plot, found)
    except KeyboardInterrupt:
        return 130
    except ImportError as error:
        print(f"nermo bench: {error}: pip install 'nermo_ros[demo]'", file=sys.stderr)
        return 1
    except (ModelError, NodeError, OSError, RuntimeError, ValueError) as error:
        print(f'nermo bench: {error}', file=sys.stderr)
        return 1
    print(report.text(found))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='nermo bench', description=__doc__)
    parser.add_argument('--model', default='body17', help='shipped name or folder (body17)')
    parser.add_argument('--backend', action='append', help='instead of all; again for several')
    parser.add_argument('--node-backend', default='auto', help='of the node end to end (auto)')
    parser.add_argument('--runs', type=int, default=500, help='calls of each (500)')
    parser.add_argument('--seconds', type=float, default=10.0, help='of each run of the node (10)')
    parser.add_argument('--no-node', action='store_true', help='leave the node out')
    parser.add_argument('--quick', action='store_true', help='see that it works; no results')
    parser.add_argument('--json', type=Path, help='file for the figures')
    parser.add_argument('--plot', type=Path, help='file for a picture of them')
    parser.add_argument('--read', type=Path, help='measure nothing: folder of earlier figures')
    parser.add_argument(
        '--document', type=Path, default=Path('docs/performance.md'), help='made of what is read'
    )
    parser.add_argument(
        '--domain', type=int, default=os.getpid() % 100 + 1, help='ROS_DOMAIN_ID (one of its own)'
    )
    return parser


def _plan(args: argparse.Namespace) -> Any:
    from nermo_ros.cli.bench.measure import Plan
    from nermo_ros.inference.backends import BACKENDS
    from nermo_ros.inference.models import model_folder

    for name in args.backend or ():
        if name not in BACKENDS:
            raise ValueError(f'no backend {name!r}: give one of {", ".join(BACKENDS)}')
    if args.runs < 1 or args.seconds <= 0:
        raise ValueError('--runs is a number from 1, --seconds one above 0')
    common = {
        'model': model_folder(args.model),
        'backends': args.backend or list(BACKENDS),
        'node_backend': args.node_backend,
        'domain': args.domain,
    }
    if args.quick:
        few = {'people': (1, 2), 'node_people': (2,), 'rates': (30,), 'sizes': {'blocks': 1}}
        return Plan(**common, **few, runs=3, seconds=1.0, node=not args.no_node, quick=True)
    many = {'people': PEOPLE, 'node_people': NODE_PEOPLE, 'rates': RATES, 'sizes': {}}
    seconds = args.seconds
    return Plan(**common, **many, runs=args.runs, seconds=seconds, node=not args.no_node)
