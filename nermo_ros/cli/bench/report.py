# SPDX-License-Identifier: Apache-2.0
"""docs/performance.md and the table that the command prints, from measured figures."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nermo_ros.cli.bench.tables import BEFORE, machine_sections, target_rows
from nermo_ros.evaluation.table import aligned

Figures = Mapping[str, Any]
MAIN = 'bench'  # file of the figures that come first
NEEDED = ('machine', 'reference', 'adapt_decode_ms', 'baseline_ms', 'speedup', 'not_run')
HOW = """\
`nermo bench` measured all of it; `make bench` does so anew and writes this page.

- **Adaptation and decoding**: one call with the histories of so many people, seen whole, to their
  joints at 25 times, numpy in and out, on one thread. All contenders take turns of five calls in
  one process, so that whatever else the machine does meets all of them: compare figures of one
  table only. Python's garbage collector is off, as in the node.
- **Baselines**: the networks alone at the sizes of their papers (siMLPe: 48 blocks on 50 frames of
  66 channels; LTD: 12 blocks, 256 wide, 66 nodes, 10 frames to 25), random weights, complete
  frames: filling gaps and answering between frames is given to them for nothing.
- **End to end**: one process publishes people from a recording with a camera's noise and gaps, the
  node is the second, a third takes the forecasts. From just before publication to the callback
  that has the forecast, in Python, over DDS; medians and 99th percentiles.
- **Node**: CPU is user and system time of all its threads as a share of one core; memory is what
  is resident; start-up is from the new process to its being active. DDS then needs what it needs
  for others to find it: told beside it.
- **Stages**: as the node tells them in `/diagnostics` (`stage source p50 [ms]`, ...), see
  `nermo_ros/ros/stages.py`.
"""
PROFILE = """\
## Where the time goes, in your cell

`ros2 topic echo /diagnostics` tells each stage of your own node. For the functions within one:
`python -m cProfile -o node.prof -m nermo_ros.cli.main predict --ros-args -r input:=/skeletons`,
stop it with Ctrl-C, then `python -m pstats node.prof`; or `py-spy top --pid PID` on a running one.
"""


def read(folder: Path) -> dict[str, Figures]:
    """The figures of a folder by file name without .json; ValueError where they are none,
    FileNotFoundError where there is no folder."""
    if not folder.is_dir():
        raise FileNotFoundError(f'no folder {folder}: let `nermo bench --json` write there')
    found = {}
    for file in sorted(folder.glob('*.json')):
        try:
            figures = json.loads(file.read_text())
        except json.JSONDecodeError as error:
            raise ValueError(f'{file} is not JSON: {error}') from error
        lacking = [key for key in NEEDED if key not in figures]
        if lacking:
            raise ValueError(f'{file} lacks {", ".join(lacking)}: write it with `nermo bench`')
        if figures.get('quick'):
            raise ValueError(f'{file} is of --quick, which measures nothing: leave that out')
        found[file.stem] = figures
    return found


def document(measured: Mapping[str, Figures], folder: str = 'performance') -> str:
    """The page; measured: as read() gives them, MAIN first, BEFORE only beside it."""
    parts = [
        '# Performance\n<!-- Written by `nermo bench --read`: do not edit, run it again. -->\n',
        HOW,
    ]
    names = sorted(set(measured) - {BEFORE}, key=lambda name: (name != MAIN, name))
    for name in names:
        before = measured.get(BEFORE) if name == MAIN else None
        parts += machine_sections(measured[name], before)
        if name == MAIN:
            parts.append(f'![Times by people]({folder}/{name}.png)\n')
    if not names:
        parts.append('Nothing has been measured yet.\n')
    return '\n'.join([*parts, PROFILE])


def text(figures: Figures) -> str:
    """What the command prints: times by people, then the targets."""
    times = {**figures['adapt_decode_ms'], **figures['baseline_ms']}
    people = list(next(iter(times.values()))) if times else []
    head = ['p50 [ms]', *(f'{count} people' for count in people)]
    rows = [[name, *(f'{each[key]["p50"]:.3f}' for key in people)] for name, each in times.items()]
    parts = [aligned([head, *rows])]
    if 'end_to_end_ms' in figures:
        counts = list(figures['end_to_end_ms'])
        row = [f'{figures["end_to_end_ms"][key]["p50"]:.3f}' for key in counts]
        head = ['p50 [ms]', *(f'{count} people' for count in counts)]
        parts.append(aligned([head, ['end to end', *row]]))
    targets: Sequence[Sequence[str]] = target_rows(figures)
    parts.append(aligned([['', 'target', 'measured', 'met'], *targets]))
    parts += [f'not run: {name}: {why}' for name, why in figures['not_run'].items()]
    return '\n\n'.join(parts)


def folder_from(folder: Path, document_at: Path) -> str:
    """The folder as links in the document name it."""
    return Path(os.path.relpath(folder, document_at.parent)).as_posix()
