# SPDX-License-Identifier: Apache-2.0
"""Plain text tables."""

from collections.abc import Mapping, Sequence

from nermo_ros.evaluation.horizons import HORIZONS

Errors = Mapping[str, float | None]


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Lines of a table: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return '\n'.join(
        '  '.join(
            cell.rjust(width) if number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def error_table(
    rows: Mapping[str, Errors],
    horizons: Sequence[float] = HORIZONS,
    title: str = 'error [mm] after [ms]',
) -> str:
    """Errors in mm at the horizons, one row for each name; None (nothing to score) is a dash."""
    keys = [f'{1000 * horizon:.0f}' for horizon in horizons]
    head = [title, *keys]
    body = [[name, *(_number(errors[key]) for key in keys)] for name, errors in rows.items()]
    return aligned([head, *body])


def _number(value: float | None) -> str:
    return '-' if value is None else f'{value:.1f}'


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for Markdown: the first column to the left, the others to the right."""
    lines = [head, ['---'] + ['---:'] * (len(head) - 1), *rows]
    return '\n'.join(f'| {" | ".join(row)} |' for row in lines)


# Rows of `nermo evaluate` that the README shows: name there, name in the figures.
SHOWN = {
    'complete': 'complete',
    '20 % of the joint samples missing': 'random_20',
    '40 % missing': 'random_40',
    '60 % missing': 'random_60',
    'the last three frames missing': 'last_3',
    'legs never seen: the other joints': 'legs',
    'bodies from 1.1 to 2 m tall, proportions at random': 'other_bodies',
    'noise of 25 mm': 'noise_25_mm',
    'at 15 Hz': '15_hz',
    'at 60 Hz': '60_hz',
}


def markdown(figures: Mapping[str, Mapping[str, Mapping[str, Errors]]]) -> str:
    """The README's table of a model's recorded metrics: the model, then baselines, in mm."""
    rows = figures['error_mm']
    lines = {f'nermo_ros, {name}': rows[row]['model'] for name, row in SHOWN.items()}
    for baseline in ('zero_velocity', 'constant_velocity', 'damped_velocity'):
        lines[f'{baseline.replace("_", " ")}, complete'] = rows['complete'][baseline]
    lines['constant velocity, 40 % missing'] = rows['random_40']['constant_velocity']
    keys = list(rows['complete']['model'])
    body = [[name, *(_number(errors[key]) for key in keys)] for name, errors in lines.items()]
    return markdown_table(['error [mm] after [ms]', *keys], body)
