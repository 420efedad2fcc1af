# SPDX-License-Identifier: Apache-2.0
"""What a run tells while it goes: log.csv, and TensorBoard's files when asked for."""

import csv
from pathlib import Path


def seconds(folder: Path) -> int | None:
    """How long the run took whose log.csv is there; None where there is none."""
    log = folder / 'log.csv'
    if not log.is_file():
        return None
    with log.open(newline='') as file:
        rows = list(csv.DictReader(file))
    return int(rows[-1]['seconds']) if rows else None


class Log:
    """Rows of figures by step, in folder/log.csv; a resumed run goes on after row `step`.

    tensorboard: also into folder/tensorboard; raises ValueError when it is not installed.
    """

    def __init__(self, folder: Path, step: int = 0, tensorboard: bool = False):
        self.path, self._rows, self._writer = folder / 'log.csv', [], None
        if step and self.path.is_file():
            with self.path.open(newline='') as file:
                self._rows = [row for row in csv.DictReader(file) if int(row['step']) <= step]
        if tensorboard:
            try:
                from torch.utils.tensorboard import SummaryWriter
            except ImportError as error:
                raise ValueError('--tensorboard needs tensorboard: pip install it') from error
            self._writer = SummaryWriter(folder / 'tensorboard', purge_step=step + 1)

    def add(self, row: dict[str, float]) -> None:
        """Write one more row; row['step'] is its step."""
        self._rows.append(row)
        with self.path.open('w', newline='') as file:
            log = csv.DictWriter(file, {key: None for row in self._rows for key in row})
            log.writeheader()
            log.writerows(self._rows)
        if self._writer:
            for key, value in row.items():
                self._writer.add_scalar(key, value, row['step'])
            self._writer.flush()
