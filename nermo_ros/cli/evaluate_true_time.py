# SPDX-License-Identifier: Apache-2.0
"""`nermo evaluate --protocol true-time`: true seconds, true millimetres, the world frame."""

import argparse
from collections.abc import Callable
from typing import Any

from nermo_ros.forecast.baseline import constant_velocity, damped_velocity, zero_velocity
from nermo_ros.skeleton import body17


def _forecasters(predictor: Any) -> dict[str, Callable]:
    if predictor.card.joints != body17.JOINTS:
        raise ValueError(f'{predictor.card.name} is no model of body17, which true time needs')
    return {
        'model': predictor,
        'zero_velocity': zero_velocity,
        'constant_velocity': constant_velocity,
        'damped_velocity': damped_velocity,
    }


def cmu(args: argparse.Namespace, predictor: Any) -> dict[str, Any]:
    """mm by row of the suite, forecaster and horizon; the baselines see the same histories."""
    from nermo_ros.data.cmu import load_cmu
    from nermo_ros.evaluation.horizons import in_milliseconds, known
    from nermo_ros.evaluation.true_time import SUITE, errors, test_sequences

    forecasters, samples = _forecasters(predictor), predictor.card.samples
    sequences = test_sequences(load_cmu(args.data[0]))
    if not sequences:
        raise ValueError('no test files of the protocol in --data: keys start with test/')
    rows = {
        row: {
            name: known(in_milliseconds(errors(forecaster, sequences, samples=samples, **options)))
            for name, forecaster in forecasters.items()
        }
        for row, options in SUITE.items()
    }
    return {'protocol': 'true-time', 'files': list(sequences), 'error_mm': rows}


def recordings(args: argparse.Namespace, predictor: Any) -> dict[str, Any]:
    """mm by recording, forecaster and horizon, and 'mean' over the recordings."""
    import numpy as np

    from nermo_ros.data.recordings import load_recordings
    from nermo_ros.evaluation.horizons import in_milliseconds
    from nermo_ros.evaluation.own_recordings import errors

    forecasters, samples = _forecasters(predictor), predictor.card.samples
    sequences = load_recordings(args.data, args.topic)
    measured = {
        name: errors(forecaster, sequences, samples=samples)
        for name, forecaster in forecasters.items()
    }
    names = list(measured['model'])
    rows = {
        row: {name: in_milliseconds(errors[row]) for name, errors in measured.items()}
        for row in names
    }
    rows['mean'] = {
        name: in_milliseconds(np.mean(list(errors.values()), 0))
        for name, errors in measured.items()
    }
    return {
        'protocol': 'true-time', 'dataset': 'recordings', 'files': names, 'error_mm': rows,
    }  # fmt: skip


def text(figures: dict[str, Any]) -> str:
    """The figures as a plain text table."""
    from nermo_ros.evaluation.table import error_table

    rows = {
        f'{row}, {name.replace("_", " ")}': errors
        for row, forecasters in figures['error_mm'].items()
        for name, errors in forecasters.items()
    }
    return error_table(rows)
