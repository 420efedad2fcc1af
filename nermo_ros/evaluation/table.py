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


def error_table(rows: Mapping[str, Errors]) -> str:
    """Errors in mm at HORIZONS, one row for each name; None (nothing to score) is a dash."""
    keys = [f'{1000 * horizon:.0f}' for horizon in HORIZONS]
    head = ['error [mm] after [ms]', *keys]
    body = [[name, *(_number(errors[key]) for key in keys)] for name, errors in rows.items()]
    return aligned([head, *body])


def _number(value: float | None) -> str:
    return '-' if value is None else f'{value:.1f}'
