# SPDX-License-Identifier: Apache-2.0
"""The picture of a run: people as seen, repaired and forecast, and how far off that was."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.evaluation.horizons import HORIZONS
from nermo_ros.recordings.recording import Recording
from nermo_ros.skeleton.body17 import BONES, INDEX

# Okabe and Ito's colours, which everybody can tell apart.
SEEN, REPAIRED, FORECAST, TRUTH = '#1A1A1A', '#D55E00', '#0072B2', '#8C8C8C'
CURVES = {
    'mpjpe_mm': ('this forecast', FORECAST, 'o', '-'),
    'zero_velocity_mm': ('zero velocity', '#E69F00', 's', '--'),
    'constant_velocity_mm': ('constant velocity', '#009E73', '^', ':'),
}
PANELS = 3
GHOSTS = (0.2, 0.4, 0.6, 0.8, 1.0)  # s
APART = 0.6  # s, between two panels
TURN, TILT = np.radians(30), np.radians(15)  # of the view, from the side
HEAD, WRISTS = INDEX['head'], (INDEX['l_wrist'], INDEX['r_wrist'])


@dataclass(frozen=True)
class Moment:
    """One message and its forecast: time: s of the recording; seen, repaired: (people, 17, 3) m,
    seen NaN where missing; steps: (K,) s; forecast, truth: (people, K, 17, 3) m, truth NaN where
    nobody knows."""

    time: float
    seen: np.ndarray
    repaired: np.ndarray
    steps: np.ndarray
    forecast: np.ndarray
    truth: np.ndarray


class View:
    """Looks at a recording from the side, a little turned and from above: (..., 3) m -> (..., 2).

    The side is where people who face each other, or one who walks, are seen in profile.
    """

    def __init__(self, recording: Recording):
        ground = recording.positions[..., :2]
        middles = np.nanmean(ground, 2)
        points = middles.reshape(-1, 2)
        points = points[np.isfinite(points).all(1)]
        _, _, axes = np.linalg.svd(points - points.mean(0), full_matrices=False)
        along = axes[0] * np.sign(axes[0][np.argmax(np.abs(axes[0]))])
        away = np.array([-along[1], along[0]])
        self._right = np.append(np.cos(TURN) * along + np.sin(TURN) * away, 0)
        depth = np.cos(TURN) * away - np.sin(TURN) * along
        self._up = np.append(np.sin(TILT) * depth, np.cos(TILT))

    def __call__(self, positions: np.ndarray) -> np.ndarray:
        return np.stack([positions @ self._right, positions @ self._up], -1)


def choose(moments: list[Moment], count: int = PANELS) -> list[Moment]:
    """Those where most happens next and something is missing now, in order of time."""

    def interest(moment: Moment) -> float:
        way = np.linalg.norm(moment.truth - moment.truth[:, :1], axis=-1)
        measured = np.isfinite(moment.truth[:, 0, :, 0])
        missing = measured & np.isnan(moment.seen[..., 0])
        return float(np.nanmax(np.nanmean(way, (0, 2)))) * (1 + missing.sum())

    chosen: list[Moment] = []
    for moment in sorted(moments, key=interest, reverse=True):
        if len(chosen) < count and all(abs(moment.time - m.time) >= APART for m in chosen):
            chosen.append(moment)
    return sorted(chosen, key=lambda moment: moment.time)


def draw(path: Path, moments: list[Moment], result: dict[str, Any], recording: Recording) -> None:
    """Writes the picture (PNG). result: a summary of cli.report."""
    import matplotlib

    matplotlib.use('Agg')
    from matplotlib import pyplot

    chosen = choose(moments)
    figure = pyplot.figure(figsize=(15, 8), dpi=110, layout='constrained')
    top, bottom = figure.subfigures(2, 1, height_ratios=(5, 3))
    view = View(recording)
    known = np.isfinite(recording.positions).any((1, 3))
    if chosen:
        grid = {'sharex': True, 'sharey': True, 'squeeze': False}
        for axis, moment in zip(top.subplots(1, len(chosen), **grid)[0], chosen, strict=True):
            _panel(axis, moment, view, known)
            _names(axis, moment, view, recording.people)
    _legend(top)
    _curves(bottom.subplots(), result)
    figure.savefig(path)
    pyplot.close(figure)


def _panel(axis: Any, moment: Moment, view: View, known: np.ndarray) -> None:
    axis.set_aspect('equal')
    axis.set_axis_off()
    axis.set_title(f't = {moment.time:.2f} s', fontsize=14)
    for person, joints in enumerate(known):
        # What was never measured has no truth to stand beside: it is left out.
        hide = np.where(joints[:, None], 0, np.nan)
        truth = view(moment.truth[person] + hide)
        forecast = view(moment.forecast[person] + hide)
        for ahead in sorted(GHOSTS, reverse=True):
            step = int(np.argmin(np.abs(moment.steps - ahead)))
            fade = 1 - 0.8 * ahead / max(GHOSTS)
            draw_body(axis, forecast[step], FORECAST, width=2.2, alpha=fade, order=3)
        last = int(np.argmin(np.abs(moment.steps - max(GHOSTS))))
        draw_body(axis, truth[last], TRUTH, width=1.6, order=2)
        for joint in WRISTS:
            axis.plot(*truth[: last + 1, joint].T, color=TRUTH, lw=1.6, ls=(0, (1, 1.5)), zorder=4)
            axis.plot(*forecast[: last + 1, joint].T, color=FORECAST, lw=1.6, zorder=5)
        _now(axis, view(moment.repaired[person] + hide), np.isnan(moment.seen[person][:, 0]))


def _now(axis: Any, body: np.ndarray, missing: np.ndarray) -> None:
    seen = np.where(missing[:, None], np.nan, body)
    draw_body(axis, body, REPAIRED, width=3, order=6)
    draw_body(axis, seen, SEEN, width=3.4, order=7)
    axis.plot(*seen.T, 'o', color=SEEN, ms=5.5, zorder=8)
    axis.plot(*body[missing].T, 'o', mfc='white', mec=REPAIRED, mew=2, ms=7, zorder=9)


def draw_body(
    axis: Any, body: np.ndarray, colour: str, *, width: float, order: int, alpha: float = 1.0
) -> None:
    """Bones between those of the joints (17, 2) that are not NaN."""
    from matplotlib.collections import LineCollection

    bones = body[np.array(BONES)]
    bones = bones[np.isfinite(bones).all((1, 2))]
    look = {'colors': colour, 'linewidths': width, 'alpha': alpha, 'capstyle': 'round'}
    axis.add_collection(LineCollection(list(bones), zorder=order, **look))
    axis.plot(*body[HEAD], 'o', color=colour, ms=11, alpha=alpha, mew=0, zorder=order)
    axis.update_datalim(bones.reshape(-1, 2))
    axis.autoscale_view()


def _names(axis: Any, moment: Moment, view: View, people: tuple[str, ...]) -> None:
    """Beneath everybody."""
    for name, truth in zip(people, moment.truth, strict=True):
        middle = float(np.nanmean(view(truth[0])[:, 0]))
        place = {'transform': axis.get_xaxis_transform(), 'ha': 'center', 'va': 'top'}
        axis.text(middle, 0, name, fontsize=12, color=SEEN, **place)


def _legend(figure: Any) -> None:
    from matplotlib.lines import Line2D

    hollow = {'marker': 'o', 'mfc': 'white', 'mew': 2, 'ms': 7}
    entries = [
        Line2D([], [], color=SEEN, lw=3.4, marker='o', ms=5.5, label='seen now'),
        Line2D([], [], color=REPAIRED, lw=3, label='not seen now: repaired', **hollow),
        Line2D([], [], color=FORECAST, lw=2.2, label='forecast, fading up to 1 s ahead'),
        Line2D([], [], color=TRUTH, lw=1.6, label='where they were 1 s later'),
    ]
    look = {'ncols': 4, 'frameon': False, 'fontsize': 12, 'columnspacing': 3}
    figure.legend(handles=entries, loc='outside lower center', **look)


def _curves(axis: Any, result: dict[str, Any]) -> None:
    horizons = 1000 * np.array(HORIZONS)
    ends = {}
    for key, (name, colour, marker, line) in CURVES.items():
        errors = np.array([np.nan if e is None else e for e in result[key].values()])
        axis.plot(horizons, errors, line, color=colour, marker=marker, ms=7, lw=2.4, clip_on=False)
        if np.isfinite(errors[-1]):
            ends[f'{name}  {errors[-1]:.0f} mm'] = (errors[-1], colour)
    axis.set_xlabel('time ahead [ms]', fontsize=12)
    axis.set_ylabel('mean joint error [mm]', fontsize=12)
    axis.set_xticks(horizons)
    axis.set_xlim(0, 1000)
    axis.set_ylim(bottom=0)
    axis.spines[['top', 'right']].set_visible(False)
    axis.grid(axis='y', color='#E5E5E5')
    _labels(axis, ends)


def _labels(axis: Any, ends: dict[str, tuple[float, str]]) -> None:
    """At the curves' ends, pushed apart where they would overlap."""
    least, height = 0.1 * axis.get_ylim()[1], -np.inf
    for text, (error, colour) in sorted(ends.items(), key=lambda end: end[1][0]):
        height = max(error, height + least)
        axis.text(1015, height, text, color=colour, va='center', fontsize=12, fontweight='bold')
