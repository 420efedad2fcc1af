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
SEEN, REPAIRED, FORECAST, TRUTH = '#1A1A1A', '#D55E00', '#0072B2', '#999999'
CURVES = {
    'mpjpe_mm': ('nermo', FORECAST, 'o', '-'),
    'zero_velocity_mm': ('zero velocity', '#E69F00', 's', '--'),
    'constant_velocity_mm': ('constant velocity', '#009E73', '^', ':'),
}
PANELS = 3
GHOSTS = (0.2, 0.4, 0.6, 0.8, 1.0)  # s
APART = 0.6  # s, between two panels
TURN, TILT = np.radians(20), np.radians(12)  # of the view, from the side
TRAILS = ('l_wrist', 'r_wrist')


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
    figure = pyplot.figure(figsize=(15, 9), dpi=110, layout='constrained')
    top, bottom = figure.subfigures(2, 1, height_ratios=(2, 1))
    axes = top.subplots(1, max(len(chosen), 1), sharex=True, sharey=True, squeeze=False)[0]
    view = View(recording)
    known = np.isfinite(recording.positions).any((1, 3))
    for axis, moment in zip(axes, chosen, strict=False):
        _panel(axis, moment, view, known)
    _legend(top)
    _curves(bottom.subplots(), result)
    figure.savefig(path)
    pyplot.close(figure)


def _panel(axis: Any, moment: Moment, view: View, known: np.ndarray) -> None:
    axis.set_aspect('equal')
    axis.set_axis_off()
    axis.set_title(f'{moment.time:.2f} s', fontsize=13)
    for person in range(len(moment.seen)):
        hide = np.where(known[person][:, None], 0, np.nan)
        truth = view(moment.truth[person] + hide)
        forecast = view(moment.forecast[person] + hide)
        for ahead in sorted(GHOSTS, reverse=True):
            step = int(np.argmin(np.abs(moment.steps - ahead)))
            _bones(axis, truth[step], TRUTH, width=0.8, alpha=0.7, order=1)
            fade = 1 - 0.75 * ahead / max(GHOSTS)
            _bones(axis, forecast[step], FORECAST, width=1.8, alpha=fade, order=2)
        for joint in (INDEX[name] for name in TRAILS):
            axis.plot(*truth[:, joint].T, color=TRUTH, lw=1.2, ls=':', zorder=3)
            axis.plot(*forecast[:, joint].T, color=FORECAST, lw=1.2, zorder=3)
        now = view(moment.repaired[person] + hide)
        missing = np.isnan(moment.seen[person][:, 0])
        _bones(axis, now, REPAIRED, width=2.6, order=4)
        seen = np.where(missing[:, None], np.nan, now)
        _bones(axis, seen, SEEN, width=3, order=5)
        axis.plot(*seen.T, 'o', color=SEEN, ms=5, zorder=6)
        axis.plot(*now[missing].T, 'o', mfc='white', mec=REPAIRED, mew=1.8, ms=6, zorder=7)


def _bones(
    axis: Any, body: np.ndarray, colour: str, *, width: float, order: int, alpha: float = 1
):
    from matplotlib.collections import LineCollection

    bones = body[np.array(BONES)]
    bones = bones[np.isfinite(bones).all((1, 2))]
    axis.add_collection(
        LineCollection(
            bones, colors=colour, linewidths=width, alpha=alpha, zorder=order, capstyle='round'
        )
    )
    axis.update_datalim(bones.reshape(-1, 2))
    axis.autoscale_view()


def _legend(figure: Any) -> None:
    from matplotlib.lines import Line2D

    entries = [
        Line2D([], [], color=SEEN, lw=3, marker='o', ms=5, label='seen now'),
        Line2D(
            [],
            [],
            color=REPAIRED,
            lw=2.6,
            marker='o',
            mfc='white',
            mew=1.8,
            label='not seen: repaired',
        ),
        Line2D([], [], color=FORECAST, lw=2, label='forecast, fading to 1 s ahead'),
        Line2D([], [], color=TRUTH, lw=1, label='what then happened'),
    ]
    figure.legend(handles=entries, loc='outside lower center', ncols=4, frameon=False, fontsize=12)


def _curves(axis: Any, result: dict[str, Any]) -> None:
    for key, (name, colour, marker, line) in CURVES.items():
        errors = [np.nan if value is None else value for value in result[key].values()]
        axis.plot(
            1000 * np.array(HORIZONS), errors, line, color=colour, marker=marker, lw=2, label=name
        )
    axis.set_xlabel('time ahead [ms]')
    axis.set_ylabel('mean joint error [mm]')
    axis.set_xticks([1000 * horizon for horizon in HORIZONS])
    axis.set_ylim(bottom=0)
    axis.spines[['top', 'right']].set_visible(False)
    axis.grid(axis='y', color='#E5E5E5')
    axis.legend(frameon=False)
