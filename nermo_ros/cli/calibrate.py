# SPDX-License-Identifier: Apache-2.0
"""Radii that hold a joint with a stated probability, from errors on sequences not learned from.

Used are the CMU test files, with a twin the training files that the twin was not shown, and a
user's own recordings. The model's card gets its radii, those of damped velocity, its stand-in, and
the recent miss from which a motion is UNFAMILIAR. The report says how radii that were made without
a sequence did on it.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def main(argv: list[str]) -> int:
    """nermo calibrate --model FOLDER --data CMU; returns the exit status."""
    parser = argparse.ArgumentParser(prog='nermo calibrate', description=__doc__)
    parser.add_argument('--model', default='body17', help='shipped name or folder (body17)')
    parser.add_argument('--backend', default='auto', help='what runs the model (auto)')
    parser.add_argument('--data', type=Path, help='CMU recordings: npz or folder')
    parser.add_argument(
        '--twin',
        help='the same model trained with --hold-out: its errors on what it did not see count too',
    )
    parser.add_argument(
        '--recordings', type=Path, nargs='+', default=[], help='your own: bags or npz files'
    )
    parser.add_argument('--coverage', type=float, default=0.95, help='the probability (0.95)')
    parser.add_argument('--json', type=Path, help="file for the report's figures")
    parser.add_argument('--dry-run', action='store_true', help="leave the model's card as it is")
    args = parser.parse_args(argv)
    if not 0.5 <= args.coverage < 1:
        parser.error('--coverage is a probability from 0.5 to below 1')
    if not args.data and not args.recordings:
        parser.error('give sequences: --data, --recordings or both')

    from nermo_ros.evaluation.calibration import calibrate, figures, report
    from nermo_ros.evaluation.familiar import unfamiliar_above
    from nermo_ros.evaluation.scores import Scores
    from nermo_ros.inference.card import ModelError, record_radii
    from nermo_ros.inference.models import model_folder
    from nermo_ros.inference.predictor import BackendError

    try:
        errors, fallback_errors, joints = _errors(args)
        cards, measured = [], []
        for each in (errors, fallback_errors):
            scores = Scores.of(each, joints)
            radii, left_out = calibrate(scores, joints, args.coverage)
            cards.append(radii.as_dict())
            measured.append(figures(scores, left_out, args.coverage))
        threshold = round(unfamiliar_above(errors), 4)
        if args.json:
            told = {**measured[0], 'unfamiliar_above_m': threshold, 'fallback': measured[1]}
            args.json.write_text(json.dumps(told, indent=2) + '\n')
        if not args.dry_run:
            card = {**cards[0], 'unfamiliar_above': threshold}
            record_radii(model_folder(args.model), card, cards[1])
    except (BackendError, ModelError, OSError, ValueError) as error:
        print(f'nermo calibrate: {error}', file=sys.stderr)
        return 1
    sequences, actions = measured[0]['sequences'], measured[0]['actions']
    print(f'{sequences} sequences of {actions} actions, each left out once')
    print(report(measured[0]))
    print(f'UNFAMILIAR from a recent miss of {1000 * threshold:.0f} mm')
    print(f'\ndamped velocity\n{report(measured[1])}')
    return 0


def _errors(args: argparse.Namespace) -> tuple[Any, Any, tuple[str, ...]]:
    """Residuals of the model and of its fallback by sequence, and the model's joints."""
    from nermo_ros.evaluation.residuals import fallback_residuals, join, residuals
    from nermo_ros.inference.backends import open_predictor

    predictor = open_predictor(args.model, args.backend)
    twin = open_predictor(args.twin, args.backend) if args.twin else None
    tested, held_out = _cmu(args.data, twin and twin.card) if args.data else ({}, {})
    jobs = [(name, predictor, [sequence]) for name, sequence in tested.items()]
    jobs += [(name, twin, [sequence]) for name, sequence in held_out.items()]
    jobs += [(name, predictor, pieces) for name, pieces in _own(args.recordings).items()]
    errors, fallback = {}, {}
    for seed, (name, model, pieces) in enumerate(jobs):
        errors[name] = join([residuals(model, model.card, piece, seed) for piece in pieces])
        fallback[name] = join([fallback_residuals(model.card, piece, seed) for piece in pieces])
    return errors, fallback, predictor.card.joints


def _cmu(path: Path, twin_card: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The test files, and for a twin the training files that it was not shown."""
    from nermo_ros.data.cmu import load_cmu, split

    sequences = load_cmu(path)
    tested = {key: value for key, value in sequences.items() if key.startswith('test/')}
    if not tested:
        raise ValueError('no test files in --data: keys start with test/')
    if twin_card is None:
        return tested, {}
    training = {key: value for key, value in sequences.items() if key.startswith('train/')}
    if twin_card.training.get('data', {}).get('files') == len(training):
        raise ValueError('the twin was shown every training file: train it with --hold-out')
    learned, _ = split(sequences, hold_out=True)
    return tested, {key: value for key, value in training.items() if key not in learned}


def _own(paths: list[Path]) -> dict[str, list[Any]]:
    """Pieces of a user's recordings by 'recording/person', at the rate of the rest."""
    if not paths:
        return {}
    import numpy as np

    from nermo_ros.data.recordings import load_recordings
    from nermo_ros.evaluation.true_time import RATE, at

    people: dict[str, list[Any]] = {}
    for name, (piece, rate) in load_recordings(paths).items():
        resampled = at(piece, np.arange(0, len(piece) - 1, rate / RATE))
        people.setdefault(name.rpartition('/')[0], []).append(resampled)
    return people
