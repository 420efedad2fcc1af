# SPDX-License-Identifier: Apache-2.0
"""The figures that the commands wrote as JSON, in the folder that docs/results.md is made from.

published/ROW_SEED.json  nermo evaluate --dataset cmu --protocol published
true_time/NAME.json      nermo evaluate --dataset cmu --protocol true-time
handover.json            nermo replay handover --offline
calibration.json         nermo calibrate
cost.json                nermo cost
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Figures = dict[str, Any]
Errors = Mapping[str, float | None]

OURS, MATCHED = 'cmu25', 'simlpe'
# Rows of the published protocol: what each one is.
ROWS = {
    OURS: 'nermo_ros cmu25 (NeRMo)',
    MATCHED: 'siMLPe style, trained here on the same files',
    'ltd': 'LTD style, trained here on the same files',
    'motion': 'architecture of body17',
    'nermo': 'NeRMo, inner loop in closed form',
    'nermo_gradient': 'NeRMo, inner loop by gradient steps',
    'nermo_no_fourier': 'NeRMo without Fourier mapping',
    'nermo_no_codebook': 'NeRMo without codebook',
    'nermo_no_attention': 'NeRMo without spatial attention',
    'nermo_no_inner': 'NeRMo without inner loop (encoder only)',
    'nermo_plain': 'NeRMo without outer objective (plain fitting)',
}
EXPECTED = tuple(row for row in ROWS if row != 'ltd')  # which a CPU is too slow for


@dataclass(frozen=True)
class Measured:
    """published: row -> seed -> figures; true_time: model -> figures; the others None where the
    command was not run."""

    published: dict[str, dict[int, Figures]]
    true_time: dict[str, Figures]
    handover: Figures | None
    calibration: Figures | None
    cost: Figures | None

    @classmethod
    def read(cls, folder: Path) -> 'Measured':
        """Raises FileNotFoundError without the folder, ValueError that names a broken file."""
        if not folder.is_dir():
            raise FileNotFoundError(
                f'no folder {folder}: make it and let the commands write there'
            )
        published: dict[str, dict[int, Figures]] = {}
        for path in sorted((folder / 'published').glob('*.json')):
            row, _, seed = path.stem.rpartition('_')
            if not row or not seed.isdigit():
                raise ValueError(f'{path}: name it ROW_SEED.json, such as cmu25_0.json')
            published.setdefault(row, {})[int(seed)] = _read(path, 'per_action', 'baselines')
        true_time = {
            path.stem: _read(path, 'error_mm')
            for path in sorted((folder / 'true_time').glob('*.json'))
        }
        named = {
            'handover': ('mpjpe_mm', 'zero_velocity_mm', 'constant_velocity_mm'),
            'calibration': ('coverage_percent', 'mean_radius_mm'),
            'cost': ('models', 'machine'),
        }
        others = {name: folder / f'{name}.json' for name in named}
        return cls(
            published,
            true_time,
            **{
                name: _read(path, *named[name]) if path.is_file() else None
                for name, path in others.items()
            },
        )

    def absent(self) -> list[str]:
        """Names of the files that a whole document has and that are not there."""
        names = [f'published/{row}_0.json' for row in EXPECTED if row not in self.published]
        names += [] if self.true_time else ['true_time/body17.json']
        others = ('handover', 'calibration', 'cost')
        return names + [f'{name}.json' for name in others if getattr(self, name) is None]

    def of_row(self, row: str, *keys: str) -> list[Errors]:
        """What stands at the keys in the figures of each seed of a row."""
        found = []
        for figures in self.published.get(row, {}).values():
            value: Any = figures
            for key in keys:
                value = value.get(key, {})
            if value:
                found.append(value)
        return found

    def baselines(self, *keys: str) -> dict[str, Errors]:
        """What stands at the keys for each baseline; they are the same beside every model."""
        found: dict[str, Errors] = {}
        for seeds in self.published.values():
            for figures in seeds.values():
                for name, one in figures['baselines'].items():
                    value: Any = one
                    for key in keys:
                        value = value.get(key, {})
                    if value:
                        found.setdefault(name, value)
        return found

    def training(self, row: str) -> tuple[Figures, Figures] | None:
        """Cost of a row's model and of its training; None where it was not looked at."""
        models = (self.cost or {}).get('models', {})
        names = [row, *(f'{row}_{seed}' for seed in self.published.get(row, {}))]
        return next(((models[n], models[n]['training']) for n in names if n in models), None)


def mean_and_spread(seeds: list[Errors]) -> tuple[dict[str, float], dict[str, float] | None]:
    """Mean over seeds by horizon and the sample standard deviation, None of one seed."""
    values = np.array([list(one.values()) for one in seeds], float)
    mean = dict(zip(seeds[0], values.mean(0).tolist(), strict=True))
    if len(seeds) < 2:
        return mean, None
    return mean, dict(zip(seeds[0], values.std(0, ddof=1).tolist(), strict=True))


def _read(path: Path, *needed: str) -> Figures:
    try:
        figures = json.loads(path.read_text())
    except ValueError as error:
        raise ValueError(
            f'{path} is not JSON ({error}): let the command write it again'
        ) from error
    absent = [key for key in needed if not isinstance(figures, dict) or key not in figures]
    if absent:
        raise ValueError(f'{path} lacks {", ".join(absent)}: let the command write it again')
    return figures
