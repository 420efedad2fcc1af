# SPDX-License-Identifier: Apache-2.0
"""The figures of `nermo robot` as a table, and filled into documents."""

import re
from textwrap import fill
from typing import Any

from nermo_ros.evaluation.table import aligned, markdown_table

WIDTH = 99  # of the README's lines
# Name in the figures: name in tables.
NAMES = {
    'neither': 'nothing',
    'present': 'present pose',
    'walking': 'present pose, anybody may come at 1.6 m/s',
    'velocity': 'constant velocity',
    'positions': 'forecast without radii',
    'forecast': 'forecast with radii',
}
COLUMNS = {
    'separation_moving_m': ('least separation while moving [m]', 2),
    'below_moving_s': ('moving below the limit [s]', 2),
    'speed_below': ('fastest below the limit [m/s]', 2),
    'separation_m': ('least separation at all [m]', 2),
    'stops': ('stops', 1),
    'time_s': ('time [s]', 1),
}


def table(result: dict[str, Any]) -> str:
    """Plain text: mean and worst over the starts."""
    head, body = _cells(result)
    limit = result['rule']['clearance']
    title = (
        f'{result["model"]}, {len(result["starts"])} starts: mean / worst; limit {limit:g} m; '
        'time > where the tool was not always back'
    )
    return title + '\n' + aligned([head, *body])


def markdown(result: dict[str, Any]) -> str:
    """The same for docs/robot.md."""
    return markdown_table(*_cells(result))


def sentence(result: dict[str, Any]) -> str:
    """The README's."""
    rows, limit = result['policies'], result['rule']['clearance']
    told = {
        'present': 'told the present pose',
        'forecast': 'told the forecast with its radii',
        'velocity': 'told that people go on at constant velocity',
        'velocity+0.05': 'told that and given 0.05 m more clearance',
    }
    each = [f'{text} {_near(rows[name])}' for name, text in told.items()]
    return fill(
        f'Time that the arm moved within {limit:g} m of somebody, mean and worst of '
        f'{len(result["starts"])} starts, and until it was back: {"; ".join(each)}. Told nothing, '
        f'{_near(rows["neither"])}; told that anybody may come at 1.6 m/s, '
        f'{_near(rows["walking"])}.',
        WIDTH,
    )


def _near(row: dict[str, Any]) -> str:
    near, came_back = row['below_moving_s'], f'back after {_time(row)} s'
    if not row['finished']:
        came_back = 'not back by the end'
    return f'{near["mean"]:.2f} s ({near["worst"]:.2f} s), {came_back}'


def filled(document: str, result: dict[str, Any]) -> str:
    """The document with what stands between `<!-- robot: NAME -->` and `<!-- robot: end -->` made
    anew; NAME: sentence or table. Raises ValueError where it has no such place."""
    made = {'sentence': sentence, 'table': markdown}

    def anew(place: re.Match[str]) -> str:
        return f'{place[1]}\n{made[place[2]](result)}\n{place[3]}'

    mark = r'(<!-- robot: (sentence|table) -->)\n.*?(<!-- robot: end -->)'
    text, count = re.subn(mark, anew, document, flags=re.DOTALL)
    if not count:
        raise ValueError(
            'a document has no place <!-- robot: sentence --> or <!-- robot: table -->'
        )
    return text


def _cells(result: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    head = ['told', *(title for title, _ in COLUMNS.values()), 'back']
    body = []
    for name, row in result['policies'].items():
        figures = [_pair(row[key], digits) for key, (_, digits) in COLUMNS.items()]
        figures[-1] = ('' if row['finished'] == row['drives'] else '> ') + figures[-1]
        body.append([_name(name), *figures, f'{row["finished"]} of {row["drives"]}'])
    return head, body


def _name(name: str) -> str:
    policy, _, added = name.partition('+')
    return NAMES[policy] + (f', {added} m more clearance' if added else '')


def _pair(value: dict[str, float | None], digits: int) -> str:
    mean, worst = value['mean'], value['worst']
    return (
        '-'
        if mean is None or worst is None
        else f'{_number(mean, digits)} / {_number(worst, digits)}'
    )


def _number(value: float, digits: int) -> str:
    return f'{round(value, digits) + 0.0:.{digits}f}'  # no -0.00


def _time(row: dict[str, Any]) -> str:
    more = '' if row['finished'] == row['drives'] else 'more than '
    return f'{more}{row["time_s"]["mean"]:.1f}'
