# SPDX-License-Identifier: Apache-2.0
"""A strip of forecasts at some times ahead, from a history that is whole and from one without
legs, over what then happened."""

from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.cli.figure import FORECAST, SEEN, TRUTH, View, draw_body
from nermo_ros.data.missing import LEGS
from nermo_ros.recordings.recording import Recording, load_recording

RECORDING = 'cmu_walking'
AHEAD = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # s
CAMERA = 30.0  # Hz
ROWS: dict[str, list[int]] = {'everything seen': [], 'legs never seen': LEGS}
ROOM = 0.9  # m to each side of a person, and above and below
CAPTION = (
    f'The recording `{RECORDING}`, seen by a camera of {CAMERA:g} Hz: what was seen when the '
    'forecast was made in black, the forecast in blue, what then happened in grey.'
)


def draw(path: Path, predictor: Any) -> None:
    """Writes the strip (PNG) of a predictor of body17."""
    import matplotlib

    matplotlib.use('Agg')
    from matplotlib import pyplot

    recording = load_recording(RECORDING)
    view, now = View(recording), moment(recording)
    size = (2 * len(AHEAD), 2.4 * len(ROWS))
    figure, axes = pyplot.subplots(len(ROWS), len(AHEAD), figsize=size, layout='constrained')
    truth = view(recording.at(now + np.array(AHEAD))[0])
    for row, (name, hidden) in zip(axes, ROWS.items(), strict=True):
        forecast = view(strip(predictor, recording, now, hidden))
        row[0].set_ylabel(name)
        for axis, ahead, true, foreseen in zip(row, AHEAD, truth, forecast, strict=True):
            draw_body(axis, true, TRUTH, width=3.4, order=2)
            draw_body(axis, foreseen, FORECAST, width=2, order=3)
            if not ahead:
                seen = true.copy()
                seen[hidden] = np.nan
                draw_body(axis, seen, SEEN, width=2, order=4)
            _frame(axis, true, f'{1000 * ahead:.0f} ms')
    figure.savefig(path, dpi=80)
    pyplot.close(figure)


def strip(predictor: Any, recording: Recording, now: float, hidden: list[int]) -> np.ndarray:
    """The first person's forecast (len(AHEAD), 17, 3) m at AHEAD, with these joints never seen."""
    card = predictor.card
    times = np.arange(1 - card.samples, 1) / CAMERA
    positions = recording.at(np.maximum(now + times, 0))[0]
    mask = np.isfinite(positions).all(-1) & (times >= -card.history - 1e-6)[:, None]
    mask &= (now + times >= 0)[:, None]
    mask[:, hidden] = False
    positions = np.where(mask[..., None], positions, 0)
    arrays = (times, positions, mask, np.array(AHEAD))
    return predictor(*(np.ascontiguousarray(one[None], np.float32) for one in arrays))[0]


def moment(recording: Recording) -> float:
    """The middle of the times that have a second of history and a second of future, in s."""
    return (1 + recording.duration - max(AHEAD)) / 2


def _frame(axis: Any, body: np.ndarray, title: str) -> None:
    middle = (np.nanmin(body, 0) + np.nanmax(body, 0)) / 2
    axis.set_aspect('equal')
    axis.set_xlim(middle[0] - 0.75 * ROOM, middle[0] + 0.75 * ROOM)
    axis.set_ylim(middle[1] - 1.15 * ROOM, middle[1] + 1.15 * ROOM)
    axis.set_xticks([])
    axis.set_yticks([])
    axis.spines[:].set_visible(False)
    axis.set_title(title, fontsize=10)
