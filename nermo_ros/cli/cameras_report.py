# SPDX-License-Identifier: Apache-2.0
"""The figures of nermo cameras as a table and as a page."""

from typing import Any

from nermo_ros.cli.two_views import RECENT
from nermo_ros.evaluation.report_tables import cells
from nermo_ros.evaluation.table import markdown_table


def text(result: dict[str, Any]) -> str:
    """The figures as a table."""
    keys = list(next(iter(result['settings'].values()))['all_mm'])
    head = ['error [mm] after [ms]', 'joints unseen', *keys, *(f'hidden, {key}' for key in keys)]
    rows = [
        [
            name,
            f'{row["unseen"]:.0%}',
            *cells(row['all_mm'], 1, keys),
            *cells(row['hidden_mm'], 1, keys),
        ]
        for name, row in result['settings'].items()
    ]
    return markdown_table(head, rows)


def document(result: dict[str, Any]) -> str:
    """A page that says what was done and what came of it."""
    return f"""# What a second camera buys

Written by `nermo cameras {result['recording']} --json docs/results/cameras.json --markdown
docs/cameras.md`. Everything is simulated but the motion, which was recorded.

Two cameras at {result['rate']:g} Hz, free running, look at {result['people']} people from
{result['distance']:g} m and a height of {result['height']:g} m, the second {result['apart']:g}
degrees further around than the first; the first stands at {result['places']} places around. A
joint is not seen where the line of sight passes through a part of anybody's body
(`nermo_ros/recordings/view.py`). Each coordinate has noise of {1000 * result['noise']:g} mm, each
camera is calibrated wrongly by {1000 * result['bias']:g} mm in a direction of its own, and each
has ids of its own. Model {result['model']}; forecasts are made at every frame of the first camera
and compared with the recording, in the world frame.

*hidden*: over the joints that the first camera does not see at the time of the forecast. *unseen*:
joints that no camera has seen in the last {1000 * RECENT:.0f} ms.

{text(result)}

*paired*: frames that close in time become one sample (`fusion_slop`); otherwise each frame goes
into the history at its own time, the default.
"""
