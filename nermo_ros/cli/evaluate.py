# SPDX-License-Identifier: Apache-2.0
"""Errors of a model and of the baselines on the CMU test files, in true time and millimetres."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def main(argv: list[str]) -> int:
    """nermo evaluate --data CMU; returns the exit status."""
    parser = argparse.ArgumentParser(prog='nermo evaluate', description=__doc__)
    parser.add_argument('--model', default='body17', help='shipped name or folder (body17)')
    parser.add_argument('--backend', default='auto', help='what runs the model (auto)')
    parser.add_argument('--data', type=Path, required=True, help='CMU recordings: npz or folder')
    parser.add_argument('--protocol', choices=['true-time'], default='true-time')
    parser.add_argument('--json', type=Path, help='file for the figures')
    parser.add_argument('--record', action='store_true', help="write them into the model's card")
    args = parser.parse_args(argv)

    from nermo_ros.data.cmu import load_cmu
    from nermo_ros.evaluation.true_time import test_sequences
    from nermo_ros.inference.backends import open_predictor
    from nermo_ros.inference.card import ModelError, record_metrics
    from nermo_ros.inference.models import model_folder
    from nermo_ros.inference.predictor import BackendError

    try:
        predictor = open_predictor(args.model, args.backend)
        sequences = test_sequences(load_cmu(args.data))
        if not sequences:
            raise ValueError('no test files of the protocol in --data: keys start with test/')
        figures = _figures(predictor, sequences)
        if args.json:
            args.json.write_text(json.dumps(figures, indent=2) + '\n')
        if args.record:
            record_metrics(model_folder(args.model), figures)
    except (BackendError, ModelError, OSError, ValueError) as error:
        print(f'nermo evaluate: {error}', file=sys.stderr)
        return 1
    print(_text(figures))
    return 0


def _figures(predictor: Any, sequences: dict[str, Any]) -> dict[str, Any]:
    """mm by row of the suite, forecaster and horizon; the baselines see the same histories."""
    from nermo_ros.evaluation.horizons import in_milliseconds
    from nermo_ros.evaluation.true_time import SUITE, errors
    from nermo_ros.forecast.baseline import constant_velocity, damped_velocity, zero_velocity

    forecasters = {
        'model': predictor,
        'zero_velocity': zero_velocity,
        'constant_velocity': constant_velocity,
        'damped_velocity': damped_velocity,
    }
    samples = predictor.card.samples
    rows = {
        row: {
            name: in_milliseconds(errors(forecaster, sequences, samples=samples, **options))
            for name, forecaster in forecasters.items()
        }
        for row, options in SUITE.items()
    }
    return {'protocol': 'true-time', 'files': list(sequences), 'error_mm': rows}


def _text(figures: dict[str, Any]) -> str:
    from nermo_ros.evaluation.table import error_table

    rows = {
        f'{row}, {name.replace("_", " ")}': errors
        for row, forecasters in figures['error_mm'].items()
        for name, errors in forecasters.items()
    }
    return error_table(rows)
