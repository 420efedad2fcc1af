# SPDX-License-Identifier: Apache-2.0
"""The curves of docs/results.md: errors over time ahead and over missing samples."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.evaluation.measured import (
    MATCHED,
    OURS,
    Errors,
    Figures,
    Measured,
    mean_and_spread,
)  # fmt: skip
from nermo_ros.evaluation.peers import peer_rows
from nermo_ros.evaluation.report_tables import KEYS, words

MEAN = 'mean_of_4'
# Okabe and Ito's colours, which everybody can tell apart; markers and lines say the same.
LOOK = {
    'ours': ('#0072B2', 'o', '-'),
    'siMLPe style': ('#D55E00', 's', '-'),
    'zero velocity': ('#8C8C8C', '^', ':'),
    'constant velocity': ('#E69F00', 'v', ':'),
    'damped velocity': ('#F0E442', 'D', ':'),
    'linear per coordinate': ('#56B4E9', '<', ':'),
    'linear coupled': ('#1A1A1A', '>', ':'),
    'PGBIG': ('#CC79A7', 'P', '--'),
    'MSR-GCN': ('#009E73', 'X', '--'),
    'GGMotion': ('#7F4F24', '*', '--'),
}
UNKNOWN = ('#8C8C8C', '.', '--')
MISSING = {0: 'complete', 20: 'random_20', 40: 'random_40', 60: 'random_60'}  # %: row
SHOWN = {'80': ('#56B4E9', 'o'), '400': ('#0072B2', 's'), '1000': ('#1A1A1A', '^')}  # ms
TICKS = (5, 10, 20, 50, 100, 200, 500, 1000)  # mm
LINES = {'model': '-', 'constant_velocity': ':'}


def over_horizon(path: Path, measured: Measured) -> None:
    """Both protocols, each in its own panel, for they cannot be compared."""
    panels = {f'published protocol, {words(MEAN)}, as papers count': _published(measured)}
    for name, figures in measured.true_time.items():
        complete = figures['error_mm']['complete']
        curves = {words(who): errors for who, errors in complete.items()}
        curves['ours'] = curves.pop('model')
        panels[f'true time, {name}, complete histories'] = curves
    figure, axes = _page(len(panels))
    for axis, (title, curves) in zip(axes, panels.items(), strict=True):
        for name, errors in curves.items():
            colour, marker, line = LOOK.get(name, UNKNOWN)
            known = [key for key in KEYS if errors.get(key) is not None]
            axis.plot(
                [int(key) for key in known], [errors[key] for key in known],
                line, color=colour, marker=marker, label=name,
                lw=2.4 if name == 'ours' else 1.4, zorder=4 if name == 'ours' else 3,
            )  # fmt: skip
        axis.set_xlabel('time ahead [ms]')
        axis.set_xticks([int(key) for key in KEYS if key != '80'])
        _finish(axis, title)
    _save(figure, path)


def over_missing(path: Path, measured: Measured) -> None:
    """The model and constant velocity at some times ahead, over the share of missing samples."""
    figure, axes = _page(len(measured.true_time))
    for axis, (name, figures) in zip(axes, measured.true_time.items(), strict=True):
        _over_missing(axis, figures)
        axis.set_xlabel('joint samples missing at random [%]')
        axis.set_xticks(list(MISSING))
        _finish(axis, f'true time, {name}')
    _save(figure, path)


def _over_missing(axis: Any, figures: Figures) -> None:
    suite = figures['error_mm']
    shares = [share for share, row in MISSING.items() if row in suite]
    for who, line in LINES.items():
        for key, (colour, marker) in SHOWN.items():
            errors = [suite[MISSING[share]][who][key] for share in shares]
            name = 'ours' if who == 'model' else words(who)
            look = {'color': colour, 'marker': marker, 'lw': 2.2 if who == 'model' else 1.4}
            axis.plot(shares, errors, line, label=f'{name}, {key} ms', **look)


def _published(measured: Measured) -> dict[str, Errors]:
    curves: dict[str, Errors] = {}
    for name, row in (('ours', OURS), ('siMLPe style', MATCHED)):
        if seeds := measured.of_row(row, MEAN):
            curves[name] = mean_and_spread(seeds)[0]
    baselines: Mapping[str, Errors] = measured.baselines(MEAN)
    curves.update({words(name): errors for name, errors in baselines.items()})
    curves.update(peer_rows('cmu', MEAN))
    return curves


def _page(panels: int) -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use('Agg')
    from matplotlib import pyplot

    size = (6.2 * panels, 5)
    figure, axes = pyplot.subplots(1, panels, figsize=size, layout='constrained', squeeze=False)
    return figure, np.ravel(axes)


def _finish(axis: Any, title: str) -> None:
    """Errors on a scale of ratios, so that the near times can be told apart too."""
    from matplotlib.ticker import NullFormatter, ScalarFormatter

    axis.set_title(title, fontsize=11)
    axis.set_ylabel('mean joint error [mm]')
    axis.set_yscale('log')
    axis.yaxis.set_major_formatter(ScalarFormatter())
    axis.yaxis.set_minor_formatter(NullFormatter())
    axis.set_yticks(TICKS)
    axis.set_ylim(*_limits(axis))
    axis.spines[['top', 'right']].set_visible(False)
    axis.grid(axis='y', color='#E5E5E5')
    axis.legend(
        frameon=False, fontsize=8, loc='upper center', bbox_to_anchor=(0.5, -0.14), ncols=4
    )


def _limits(axis: Any) -> tuple[float, float]:
    """Of what is drawn, with a little room."""
    errors = np.concatenate([line.get_ydata() for line in axis.get_lines()])
    return 0.9 * float(errors.min()), 1.1 * float(errors.max())


def _save(figure: Any, path: Path) -> None:
    from matplotlib import pyplot

    figure.savefig(path, dpi=90)
    pyplot.close(figure)
