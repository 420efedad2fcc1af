# SPDX-License-Identifier: Apache-2.0
"""A picture of the figures: calls by people, and the node by people and rate."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Okabe and Ito's colours, which everybody can tell apart; markers and lines say the same.
LOOK = {
    'native': ('#E69F00', 'P', '-'),
    'onnxruntime': ('#0072B2', 'o', '-'),
    'tensorrt': ('#009E73', 's', '-'),
    'torch_cuda_graph': ('#56B4E9', 'D', '-'),
    'torch': ('#CC79A7', 'v', '-'),
    'simlpe_onnxruntime': ('#D55E00', '<', '--'),
    'simlpe_eager': ('#D55E00', '>', ':'),
    'ltd_onnxruntime': ('#1A1A1A', '<', '--'),
    'ltd_eager': ('#1A1A1A', '>', ':'),
    'zero_velocity': ('#8C8C8C', '^', ':'),
}
UNKNOWN = ('#8C8C8C', '.', '--')
PEOPLE_COLOURS = ('#56B4E9', '#0072B2', '#D55E00', '#1A1A1A')


def draw(path: Path, figures: Mapping[str, Any]) -> None:
    """Writes a PNG; raises ImportError without matplotlib."""
    import matplotlib

    matplotlib.use('Agg')
    from matplotlib import pyplot

    runs = figures.get('end_to_end_by_rate', {})
    panels = 2 if runs else 1
    size = (6.2 * panels, 5)
    page, axes = pyplot.subplots(1, panels, figsize=size, layout='constrained', squeeze=False)
    _calls(axes[0, 0], figures)
    if runs:
        _node(axes[0, 1], runs)
    page.savefig(path, dpi=90, format='png')
    pyplot.close(page)


def _calls(axis: Any, figures: Mapping[str, Any]) -> None:
    times = {**figures['adapt_decode_ms'], **figures['baseline_ms']}
    for name, by_people in times.items():
        colour, marker, line = LOOK.get(name, UNKNOWN)
        people = [int(key) for key in by_people]
        medians = [each['p50'] for each in by_people.values()]
        look = {'color': colour, 'marker': marker}
        axis.plot(people, medians, line, label=name.replace('_', ' '), **look)
    _finish(axis, 'adaptation and decoding', 'people', 'p50 [ms]')
    axis.set_yscale('log')
    axis.set_xscale('log', base=2)
    _plain(axis, [int(key) for key in next(iter(times.values()))])


def _node(axis: Any, runs: Mapping[str, Mapping[str, Any]]) -> None:
    rates = [int(rate) for rate in runs]
    people = list(next(iter(runs.values())))
    for number, count in enumerate(people):
        colour = PEOPLE_COLOURS[number % len(PEOPLE_COLOURS)]
        for key, line, marker in (('p50', '-', 'o'), ('p99', ':', 's')):
            values = [by_people[count][key] for by_people in runs.values()]
            axis.plot(rates, values, line, color=colour, marker=marker, label=f'{count}, {key}')
    _finish(axis, 'published to received, by people', 'messages a second', 'ms')
    axis.set_yscale('log')
    axis.set_xscale('log', base=2)
    _plain(axis, rates)


def _plain(axis: Any, ticks: list[int]) -> None:
    from matplotlib.ticker import NullFormatter, ScalarFormatter

    axis.set_xticks(ticks)
    for side in (axis.xaxis, axis.yaxis):
        side.set_major_formatter(ScalarFormatter())
        side.set_minor_formatter(NullFormatter())


def _finish(axis: Any, title: str, across: str, up: str) -> None:
    axis.set_title(title, fontsize=11)
    axis.set_xlabel(across)
    axis.set_ylabel(up)
    axis.spines[['top', 'right']].set_visible(False)
    axis.grid(axis='y', color='#E5E5E5')
    axis.legend(
        frameon=False, fontsize=8, loc='upper center', bbox_to_anchor=(0.5, -0.14), ncols=4
    )
