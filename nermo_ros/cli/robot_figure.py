# SPDX-License-Identifier: Apache-2.0
"""The picture of `nermo robot`: the cell from above at a moment, and a drive of each policy."""

from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.cli.figure import SEEN, TRUTH, draw_body
from nermo_ros.cli.robot_report import NAMES
from nermo_ros.forecast.capsules import capsules
from nermo_ros.robot.arm import RADII
from nermo_ros.robot.cell import Cell, Drive
from nermo_ros.robot.figures import STANDING

# Okabe and Ito's colours, which everybody can tell apart; and lines that print in grey.
LOOKS = {
    'neither': ('#8C8C8C', ':'),
    'present': ('#D55E00', '--'),
    'forecast': ('#0072B2', '-'),
}
TOOL = '#009E73'
NAME_BELOW = 0.12  # m
AFTER = 1.0  # s, shown after the last of the drives is back


def draw(path: Path, result: dict[str, Any], cell: Cell, drives: dict[str, list[Drive]]) -> None:
    """Writes the picture (PNG) of the start at which the present pose let the moving tool come
    nearest to somebody, at that moment."""
    import matplotlib

    matplotlib.use('Agg')
    from matplotlib import pyplot

    number, moment = nearest(drives['present'])
    shown = {name: drives[name][number] for name in LOOKS}
    figure, axes = pyplot.subplot_mosaic(
        [['above', 'separation'], ['above', 'way']], figsize=(12, 5.4), layout='constrained'
    )
    _above(axes['above'], cell, shown, moment)
    end = max(drive.times[-1] for drive in shown.values()) + AFTER
    for name, drive in shown.items():
        apart = cell.separation(*_until(drive, end))
        _line(axes['separation'], drive, apart, name, end)
        _line(axes['way'], drive, _until(drive, end)[0], name, end)
    limit = result['rule']['clearance']
    axes['separation'].axhline(limit, color=SEEN, lw=1)
    axes['separation'].text(end, limit + 0.01, f'{limit:g} m', ha='right', va='bottom')
    axes['separation'].set_ylabel('arm to people [m]')
    axes['separation'].set_title('thick: the tool moves', fontsize=10, loc='right')
    axes['way'].set_ylabel("tool's way [m]")
    axes['way'].set_xlabel('time of the recording [s]')
    for axis in (axes['separation'], axes['way']):
        axis.axvline(moment, color=TRUTH, lw=1)
        axis.spines[['top', 'right']].set_visible(False)
    handles = axes['way'].get_legend_handles_labels()
    figure.legend(*handles, loc='outside lower right', ncols=3, frameon=False)
    figure.savefig(path, dpi=90)
    pyplot.close(figure)


def nearest(drives: list[Drive]) -> tuple[int, float]:
    """Which drive came nearest to somebody while moving, and when [s of the recording]."""
    apart = [np.where(d.speed > STANDING, d.separation, np.inf) for d in drives]
    number = int(np.argmin([each.min() for each in apart]))
    return number, float(drives[number].times[np.argmin(apart[number])])


def _until(drive: Drive, end: float) -> tuple[np.ndarray, np.ndarray]:
    """Ways (T,) m and times (T,) s from the start to `end`, the tool staying where it came to."""
    times = np.arange(drive.times[0], end, drive.times[1] - drive.times[0])
    return np.interp(times, drive.times, drive.way), times


def _line(axis: Any, drive: Drive, values: np.ndarray, name: str, end: float) -> None:
    """Thick while the tool moves, thin while it stands."""
    colour, style = LOOKS[name]
    times = _until(drive, end)[1]
    moving = np.interp(times, drive.times, drive.speed, right=0) > STANDING
    axis.plot(times, values, style, color=colour, lw=1)
    thick = np.where(moving, values, np.nan)
    axis.plot(times, thick, style, color=colour, lw=3, label=f'told: {NAMES[name]}')


def _above(axis: Any, cell: Cell, shown: dict[str, Drive], moment: float) -> None:
    people = cell.recording.at(moment)
    body = capsules(people[:, None])
    for ends, radius in zip(body.ends.reshape(-1, 2, 3), body.radii.ravel(), strict=True):
        if np.isfinite(radius):
            _tube(axis, ends[:, :2], radius, '#E6E6E6', 1.0, 1)
    for name, joints in zip(cell.recording.people, people, strict=True):
        draw_body(axis, joints[:, :2], SEEN, width=2, order=4)
        place = np.nanmean(joints[:, 0]), np.nanmin(joints[:, 1]) - NAME_BELOW
        axis.text(*place, name, ha='center', va='top', fontsize=11)
    for name, drive in shown.items():
        if name == 'neither':
            continue
        way = np.interp(moment, drive.times, drive.way)
        for ends, radius in zip(cell.path.links(way), RADII, strict=True):
            _tube(axis, ends[:, :2], float(radius), LOOKS[name][0], 0.35, 5)
    line = np.stack([cell.path.start, cell.path.end])[:, :2]
    axis.plot(*line.T, color=TOOL, lw=2.5, marker='o', ms=5, zorder=6)
    axis.text(*(line[1] + [0.04, 0.04]), "tool's path", color=TOOL, fontsize=11, zorder=6)
    axis.set_aspect('equal')
    axis.autoscale_view()
    axis.margins(0.05)
    axis.set_xlabel('x [m]')
    axis.set_ylabel('y [m]')
    axis.set_title(
        f'from above at {moment:.2f} s, the arm as told by one and by the other', fontsize=11
    )


def _tube(
    axis: Any, ends: np.ndarray, radius: float, colour: str, alpha: float, order: int
) -> None:
    """Outline of a capsule from above: ends (2, 2) m."""
    from matplotlib.patches import Polygon

    along = ends[1] - ends[0]
    angle = np.arctan2(along[1], along[0])
    arc = np.linspace(-np.pi / 2, np.pi / 2, 16)
    outline = [
        end + radius * np.stack([np.cos(angle + arc + turn), np.sin(angle + arc + turn)], -1)
        for end, turn in ((ends[1], 0), (ends[0], np.pi))
    ]
    patch = Polygon(np.concatenate(outline), fc=colour, ec='none', alpha=alpha, zorder=order)
    axis.add_patch(patch)
