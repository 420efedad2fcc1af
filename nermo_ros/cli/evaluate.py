# SPDX-License-Identifier: Apache-2.0
"""Errors of a model and of the baselines on a data set, beside what others published."""

import argparse
import json
import sys
from pathlib import Path

from nermo_ros.cli import evaluate_published, evaluate_true_time

# What evaluates (figures) and says so (text), and the model that is taken if none is named.
RUNS = {
    ('cmu', 'true-time'): (evaluate_true_time.cmu, evaluate_true_time.text, 'body17'),
    ('cmu', 'published'): (evaluate_published.cmu, evaluate_published.text, 'cmu25'),
    ('h36m', 'published'): (evaluate_published.h36m, evaluate_published.text, ''),
    ('3dpw', 'published'): (evaluate_published.dpw, evaluate_published.text, ''),
    ('recordings', 'true-time'): (
        evaluate_true_time.recordings, evaluate_true_time.text, 'body17',
    ),
}  # fmt: skip


def main(argv: list[str]) -> int:
    """nermo evaluate --data DATA; returns the exit status."""
    parser = _parser()
    args = parser.parse_args(argv)
    protocols = [protocol for dataset, protocol in RUNS if dataset == args.dataset]
    args.protocol = args.protocol or protocols[0]
    if args.protocol not in protocols:
        parser.error(f'--dataset {args.dataset} has the protocol {protocols[0]} only')
    if args.validation and (args.dataset, args.protocol) != ('cmu', 'published'):
        parser.error('--validation is for --dataset cmu --protocol published')
    if args.linear_maps and (args.dataset, args.protocol) != ('cmu', 'published'):
        parser.error('--linear-maps is for --dataset cmu --protocol published')
    figures_of, text_of, model = RUNS[args.dataset, args.protocol]
    args.model = args.model or model
    if args.record and not args.model:
        parser.error('--record writes into a model: name it with --model')

    from nermo_ros.inference.backends import open_predictor
    from nermo_ros.inference.card import ModelError, record_metrics
    from nermo_ros.inference.models import model_folder
    from nermo_ros.inference.predictor import BackendError

    try:
        predictor = open_predictor(args.model, args.backend) if args.model else None
        figures = figures_of(args, predictor)
        if args.json:
            args.json.write_text(json.dumps(figures, indent=2) + '\n')
        if args.record:
            record_metrics(model_folder(args.model), figures)
    except (BackendError, ModelError, OSError, ValueError) as error:
        print(f'nermo evaluate: {error}', file=sys.stderr)
        return 1
    except ImportError as error:
        print(f"nermo evaluate: {error}: bags need pip install 'nermo_ros[demo]'", file=sys.stderr)
        return 1
    print(text_of(figures))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='nermo evaluate', description=__doc__)
    parser.add_argument(
        '--dataset', choices=sorted({dataset for dataset, _ in RUNS}), default='cmu', help='(cmu)'
    )
    parser.add_argument(
        '--protocol',
        choices=['true-time', 'published'],
        help='true seconds and millimetres, or those of the papers (true-time where there is it)',
    )
    parser.add_argument(
        '--model',
        default='',
        help='shipped name or folder (body17; cmu25 for the published protocol on CMU; baselines '
        'alone for h36m and 3dpw)',
    )
    parser.add_argument('--backend', default='auto', help='what runs the model (auto)')
    parser.add_argument(
        '--data',
        type=Path,
        required=True,
        nargs='+',
        help='cmu: npz or folder; h36m: folder of S5 and so on; 3dpw: sequenceFiles; recordings: '
        'npz files and bags, or folders of them',
    )
    parser.add_argument('--json', type=Path, help='file for the figures')
    parser.add_argument('--record', action='store_true', help="write them into the model's card")
    parser.add_argument(
        '--validation',
        action='store_true',
        help='published protocol on CMU: the fifth training files, not the test files',
    )
    parser.add_argument(
        '--linear-maps',
        action='store_true',
        help='published protocol on CMU: two more baselines, fitted to the training files',
    )
    parser.add_argument(
        '--windows', type=int, choices=[8, 256], default=256, help='h36m: of an action (256)'
    )
    parser.add_argument('--topic', default='', help='recordings: of the skeletons in a bag')
    return parser
