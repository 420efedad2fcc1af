# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/results.md, as Markdown, from figures that were measured."""

from collections.abc import Mapping, Sequence

from nermo_ros.evaluation.horizons import HORIZONS
from nermo_ros.evaluation.measured import (
    MATCHED,
    OURS,
    ROWS,
    Errors,
    Figures,
    Measured,
    mean_and_spread,
)  # fmt: skip
from nermo_ros.evaluation.peers import peer_rows
from nermo_ros.evaluation.table import markdown_table

KEYS = tuple(f'{1000 * horizon:.0f}' for horizon in HORIZONS)
HEAD = 'error [mm] after [ms]'
BASELINES = ('zero_velocity', 'constant_velocity', 'damped_velocity')
SHOWN_MEANS = ('mean_of_4', 'mean_of_5', 'mean_of_6')
# Rows of true time that are compared, and with which.
RATIOS = {
    'random_40': 'complete',
    'legs': 'complete_other_joints',
    'last_3': 'complete_100_ms_later',
    '15_hz': 'complete',
    '60_hz': 'complete',
}


def words(name: str) -> str:
    return name.replace('_', ' ')


def cells(errors: Errors, digits: int, keys: Sequence[str] = KEYS) -> list[str]:
    return ['-' if errors.get(key) is None else f'{errors[key]:.{digits}f}' for key in keys]


def seed_cells(seeds: list[Errors], digits: int = 2) -> list[str]:
    """Mean ± standard deviation over the seeds, where there are several."""
    mean, spread = mean_and_spread(seeds)
    found = cells(mean, digits)
    if spread is None:
        return found
    return [f'{m} ± {s}' for m, s in zip(found, cells(spread, digits), strict=True)]


def row_label(measured: Measured, row: str) -> str:
    seeds = len(measured.published[row])
    return ROWS.get(row, row) + (f', {seeds} seeds' if seeds > 1 else ', one seed')


def published_mean(measured: Measured, name: str) -> str:
    """One mean: ours and the matched row, baselines, peers."""
    rows = []
    for row in (OURS, MATCHED, 'ltd'):
        if seeds := measured.of_row(row, name):
            rows.append([row_label(measured, row), *seed_cells(seeds)])
    rows += [[words(who), *cells(one, 2)] for who, one in measured.baselines(name).items()]
    peers = peer_rows('cmu', name)
    rows += [[f'{who}, published', *cells(one, 2)] for who, one in peers.items()]
    return markdown_table([f'{words(name)}: {HEAD}', *KEYS], rows)


def per_action(measured: Measured) -> str:
    """Every action of ours, mean over seeds."""
    actions = sorted({name for one in measured.of_row(OURS, 'per_action') for name in one})
    rows = [
        [words(action), *seed_cells(measured.of_row(OURS, 'per_action', action))]
        for action in actions
    ]
    return markdown_table([HEAD, *KEYS], rows)


def every_joint(measured: Measured) -> str:
    """Means over the 25 joints that are predicted instead of the papers' 38."""
    rows = []
    for name in SHOWN_MEANS:
        for row in (OURS, MATCHED):
            if seeds := measured.of_row(row, 'mean_25_joints', name):
                rows.append([f'{words(name)}: {row_label(measured, row)}', *seed_cells(seeds)])
        for who, one in measured.baselines('mean_25_joints', name).items():
            rows.append([f'{words(name)}: {words(who)}', *cells(one, 2)])
    return markdown_table([HEAD, *KEYS], rows)


def ablations(measured: Measured, mean: str = 'mean_of_4') -> str:
    """Every row beside its budget and its size."""
    rows = []
    for row in [*ROWS, *sorted(measured.published.keys() - ROWS.keys())]:
        seeds = measured.of_row(row, mean)
        if not seeds:
            continue
        budget, size = 'not known', 'not known'
        if cost := measured.training(row):
            model, training = cost
            budget = f'{training["steps"]} × {training["batch"]}'
            size = f'{model["parameters"]:,}'
        rows.append([row_label(measured, row), budget, size, *seed_cells(seeds)])
    head = [f'{words(mean)}: {HEAD}', 'steps × batch', 'parameters', *KEYS]
    return markdown_table(head, rows)


def true_time(figures: Figures) -> str:
    """The model in every row of the suite."""
    rows = [[words(row), *cells(one['model'], 1)] for row, one in figures['error_mm'].items()]
    return markdown_table([HEAD, *KEYS], rows)


def true_time_ratios(figures: Figures) -> str:
    """Errors of RATIOS over the error that they are compared with."""
    suite = figures['error_mm']
    rows = []
    for row, other in RATIOS.items():
        if row in suite and other in suite:
            ratio = _ratio(suite[row]['model'], suite[other]['model'])
            rows.append([f'{words(row)} / {words(other)}', *cells(ratio, 3)])
    return markdown_table(['ratio after [ms]', *KEYS], rows)


def _ratio(errors: Errors, reference: Errors) -> dict[str, float | None]:
    """None where the reference has no figure."""
    return {key: errors[key] / of if (of := reference[key]) is not None else None for key in KEYS}


def true_time_baselines(figures: Figures) -> str:
    """Each baseline in every row of the suite."""
    rows = [
        [f'{words(row)}: {words(name)}', *cells(one[name], 1)]
        for row, one in figures['error_mm'].items()
        for name in BASELINES
        if name in one
    ]
    return markdown_table([HEAD, *KEYS], rows)


def handover(figures: Figures) -> str:
    names = {'model': 'mpjpe_mm', **{name: f'{name}_mm' for name in BASELINES}}
    rows = [[words(name), *cells(figures[k], 1)] for name, k in names.items() if k in figures]
    return markdown_table([HEAD, *KEYS], rows)


def costs(figures: Figures) -> str:
    rows = []
    for name, one in figures['models'].items():
        training = one['training']
        seconds = training['seconds']
        rows.append([
            name, one['architecture'], f'{one["parameters"]:,}', f'{one["multiply_adds"]:,}',
            f'{one["p50_ms"]:.2f}', f'{one["p99_ms"]:.2f}',
            f'{training["steps"]} × {training["batch"]}', f'{training["files"] or "not known"}',
            'not known' if seconds is None else f'{seconds / 60:.0f}',
        ])  # fmt: skip
    head = [
        'model', 'architecture', 'parameters', 'multiply-adds', 'p50 [ms]', 'p99 [ms]',
        'steps × batch', 'files', 'training [min]',
    ]  # fmt: skip
    return markdown_table(head, rows)


def by_knot(rows: Mapping[str, Errors], head: str) -> str:
    """Rows of calibration.figures at the knots in time."""
    keys = list(next(iter(rows.values())))
    body = [[words(name), *cells(one, 1, keys)] for name, one in rows.items()]
    return markdown_table([head, *keys], body)
