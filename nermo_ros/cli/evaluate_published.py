# SPDX-License-Identifier: Apache-2.0
"""`nermo evaluate --protocol published`: the papers' windows, clock and millimetres."""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

UNITS = (
    "Times and millimetres are the protocol's; on CMU its 1000 ms are 417 ms of motion and its "
    'mm are 1.24 times too large.'
)


def cmu(args: argparse.Namespace, predictor: Any) -> dict[str, Any]:
    """Figures of a model of cmu25 as evaluation.published has them, and those of baselines."""
    from nermo_ros.data.cmu_published import load_published
    from nermo_ros.evaluation import published

    _check_body(predictor, 'cmu25')
    files = load_published(args.data[0])
    choose = published.validation_files if args.validation else published.test_files
    sequences, baselines = choose(files), dict(published.BASELINES)
    if not sequences:
        start = 'train/' if args.validation else 'test/'
        raise ValueError(f'no files of the protocol in --data: keys start with {start}')
    if args.linear_maps:
        training = published.training_files(files, args.validation)
        if not training:
            raise ValueError('no files for --linear-maps to learn from: keys start with train/')
        baselines.update(published.linear_maps(training))
    return _figures(args, predictor, sequences, published.evaluate, baselines)


def h36m(args: argparse.Namespace, predictor: Any) -> dict[str, Any]:
    """Figures on subject 5, of a model of the 22 joints if there is one, and of baselines."""
    from nermo_ros.data.h36m import load_h36m
    from nermo_ros.evaluation.published import BASELINES
    from nermo_ros.evaluation.research_sets import evaluate_h36m

    _check_body(predictor, 'h36m22')

    def evaluate(predict: Callable, sequences: dict, *samples: int) -> dict[str, Any]:
        return evaluate_h36m(predict, sequences, args.windows, *samples)

    return _figures(args, predictor, load_h36m(args.data[0]), evaluate, BASELINES)


def dpw(args: argparse.Namespace, predictor: Any) -> dict[str, Any]:
    """Figures on the test people, of a model of the 23 joints if there is one, and baselines."""
    from nermo_ros.data.threedpw import load_3dpw
    from nermo_ros.evaluation.published import BASELINES
    from nermo_ros.evaluation.research_sets import evaluate_3dpw

    _check_body(predictor, 'smpl23')
    return _figures(args, predictor, load_3dpw(args.data[0]), evaluate_3dpw, BASELINES)


def _check_body(predictor: Any, body: str) -> None:
    from nermo_ros.skeleton.body import find_body

    if predictor and predictor.card.joints != find_body(body).joints:
        raise ValueError(
            f'{predictor.card.name} is no model of {body}, which the published protocol needs: '
            'give one that was trained on this data set'
        )


def _figures(
    args: argparse.Namespace,
    predictor: Any,
    sequences: dict[str, Any],
    evaluate: Callable,
    baselines: Mapping[str, Callable],
) -> dict[str, Any]:
    """The model's figures on top, where there is one, and of the baselines under that name."""
    return {
        'protocol': 'published',
        'dataset': args.dataset,
        'files': list(sequences),
        'validation': args.validation,
        **(evaluate(predictor, sequences, predictor.card.samples) if predictor else {}),
        'baselines': {name: evaluate(one, sequences) for name, one in baselines.items()},
    }


def text(figures: dict[str, Any]) -> str:
    """The figures as plain text tables: ours, the baselines', and what peers published."""
    from nermo_ros.evaluation.table import error_table

    measured = {name.replace('_', ' '): one for name, one in figures['baselines'].items()}
    if 'mean' in figures or 'per_action' in figures:
        measured = {'model': figures, **measured}
    rows: dict[str, Any] = {}
    for name in _names(figures):
        rows.update(_rows(figures, measured, name))
    horizons = [float(key) / 1000 for key in next(iter(rows.values()))]
    return '\n'.join([error_table(rows, horizons), '', UNITS, *_sources(figures)])


def _sources(figures: Mapping[str, Any]) -> list[str]:
    """What has to be known of peers whose figures are shown."""
    from nermo_ros.evaluation.peers import PEERS, TRAINED_ON

    if figures['validation']:
        return []
    peers = PEERS[figures['dataset']]
    if not peers:
        return ['No peer has published figures on this set that could be cited here.']
    by_source: dict[str, list[str]] = {}
    for peer in peers:
        by_source.setdefault(peer.source, []).append(peer.name)
    return [
        *([TRAINED_ON] if figures['dataset'] == 'cmu' else []),
        *(f'{", ".join(names)}: {source}.' for source, names in by_source.items()),
    ]


def _names(figures: Mapping[str, Any]) -> list[str]:
    """Of what there are figures: actions, means, and means over the predicted joints only."""
    from nermo_ros.evaluation.published import MEANS

    ours = figures['baselines']['zero_velocity']
    means = [name for name in ours if name.startswith('mean') and name != 'mean_25_joints']
    if figures['dataset'] == 'cmu' and not figures['validation']:
        means = list(MEANS)  # peers have those that some of our files are missing for
    inner = [name for name in MEANS if name in ours.get('mean_25_joints', {})]
    return [*ours.get('per_action', {}), *means, *(f'mean_25_joints/{name}' for name in inner)]


def _rows(figures: Mapping[str, Any], measured: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Rows of one action or mean by who they are of; validation files have no peers."""
    from nermo_ros.evaluation.peers import peer_rows

    group, _, inner = name.partition('/')
    label = f'{inner}, 25 joints' if inner else name
    found = {}
    for who, one in measured.items():
        rows = one.get(group, {}) if inner else {**one, **one.get('per_action', {})}
        if (inner or name) in rows:
            found[who] = rows[inner or name]
    if not figures['validation']:
        found.update(peer_rows(figures['dataset'], name))
    return {f'{label.replace("_", " ")}: {who}': row for who, row in found.items()}
