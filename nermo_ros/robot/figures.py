# SPDX-License-Identifier: Apache-2.0
"""What drives amount to: how near, how long, how often the tool stood, when it was back."""

from collections.abc import Sequence

import numpy as np

from nermo_ros.robot.cell import STEP, Drive

STANDING = 0.01  # m/s, slower counts as standing
STOP = 0.1  # s, standing for less is no stop: the tool turns at the far end

Figures = dict[str, float | None]


def figures(drive: Drive, limit: float) -> Figures:
    """Of one drive; limit: m, of separation.

    time_s: until the tool was back or the time was over; stops; standing_s; separation_m: the
    least; below_s: time of a separation below the limit; the same while the tool moved
    (separation_moving_m is None where it never did); speed_below: m/s, of the tool at most while
    below.
    """
    moving = drive.speed > STANDING
    below = drive.separation < limit
    return {
        'time_s': float(drive.times[-1] - drive.times[0]),
        'stops': stops(drive),
        'standing_s': float((~moving[1:]).sum() * STEP),
        'separation_m': float(drive.separation.min()),
        'below_s': float(below.sum() * STEP),
        'separation_moving_m': float(drive.separation[moving].min()) if moving.any() else None,
        'below_moving_s': float((below & moving).sum() * STEP),
        'speed_below': float(drive.speed[below].max(initial=0)),
    }


def stops(drive: Drive) -> int:
    """How often the tool stood for STOP or longer before it was back, the start included."""
    standing = np.concatenate([[False], drive.speed[1:] <= STANDING, [False]])
    edges = np.flatnonzero(np.diff(standing.astype(int)))
    lengths = edges[1::2] - edges[::2]
    return int((lengths * STEP >= STOP - 1e-9).sum())


def over_starts(drives: Sequence[Drive], limit: float) -> dict[str, object]:
    """Mean and worst of figures() over the drives, rounded, and how many came back."""
    each = [figures(drive, limit) for drive in drives]
    result: dict[str, object] = {
        'drives': len(drives),
        'finished': sum(drive.finished for drive in drives),
    }
    for name in each[0]:
        known = [value for one in each if (value := one[name]) is not None]
        worst = min if name.startswith('separation') else max
        result[name] = {
            'mean': round(float(np.mean(known)), 3) if known else None,
            'worst': round(float(worst(known)), 3) if known else None,
        }
    return result
