# SPDX-License-Identifier: Apache-2.0
"""What a run of a recording came to: as a summary to write down and as text."""

from typing import Any

from nermo_ros.evaluation.comparison import Comparison
from nermo_ros.evaluation.coverage import Figures
from nermo_ros.evaluation.horizons import in_milliseconds, known
from nermo_ros.evaluation.table import error_table

KEYS = {
    'model': 'mpjpe_mm',
    'zero_velocity': 'zero_velocity_mm',
    'constant_velocity': 'constant_velocity_mm',
}


def summary(comparison: Comparison, **more: Any) -> dict[str, Any]:
    """persons, messages_in, forecasts_out, answered (share of the messages), missing (share of
    the joint samples), the errors of KEYS in mm by horizon in ms, null where nothing could be
    scored, and the same of each of the people.
    """
    c = comparison
    return {
        'persons': len(c.people),
        'messages_in': c.messages,
        'forecasts_out': c.forecasts,
        'answered': round(c.forecasts / c.messages, 4) if c.messages else 0.0,
        'missing': round(c.missing, 4),
        **_errors(c, None),
        'people': {person: _errors(c, person) for person in c.people},
        **more,
    }


def _errors(comparison: Comparison, person: str | None) -> dict[str, dict[str, float | None]]:
    return {
        key: known(in_milliseconds(comparison.scores[name].mean(person)))
        for name, key in KEYS.items()
    }


def text(result: dict[str, Any]) -> str:
    """A summary as two short tables; a latency where the summary has latency_ms."""
    lines = [
        ['recording', result['recording']],
        ['people', str(result['persons'])],
        ['messages in', f'{result["messages_in"]} ({result["missing"]:.0%} of joints missing)'],
        ['forecasts out', f'{result["forecasts_out"]} ({result["answered"]:.1%} answered)'],
        ['backend', f'{result["backend"]}, model {result["model"]}'],
    ]
    if 'latency_ms' in result:
        lines.insert(4, ['latency', _latency(result['latency_ms'])])
    facts = '\n'.join(f'{name:<15}{value}' for name, value in lines)
    errors = {name.replace('_', ' '): result[key] for name, key in KEYS.items()}
    tables = [facts, error_table(errors)]
    for name, figures in result.get('coverage', {}).items():
        tables.append(coverage_table(name, figures))
    return '\n\n'.join(tables)


def coverage_table(name: str, figures: Figures) -> str:
    """The shares of joints inside their radii, and the radii."""
    units = {'inside_percent': 'inside [%]', 'radius_mm': 'mean radius [mm]'}
    rows = {
        f'{unit}, {joints} joints': row
        for key, unit in units.items()
        for joints, row in figures[key].items()
    }
    return error_table(rows, title=f'{name}, after [ms]')


def _latency(latency: dict[str, float | None]) -> str:
    if latency['p50'] is None:
        return 'unknown: nothing was answered'
    return f'p50 {latency["p50"]:.1f} ms, p99 {latency["p99"]:.1f} ms'
