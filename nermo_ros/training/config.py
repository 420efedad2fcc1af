# SPDX-License-Identifier: Apache-2.0
"""What a training run is made of, read from one YAML file."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from nermo_ros.data.windows import CameraSettings
from nermo_ros.model.network import NetworkConfig

CONFIGS = Path(__file__).resolve().parent / 'configs'


@dataclass(frozen=True)
class OuterLoop:
    """Of the outer loop; see configs/body17.yaml for what each one means."""

    steps: int
    batch: int
    rate: float
    decay: float
    bone_weight: float
    average: float
    seed: int


@dataclass(frozen=True)
class TrainingConfig:
    """One run: names, true seconds, sizes, cameras, outer loop."""

    name: str
    version: str
    history: float
    horizon: float
    samples: int
    query: tuple[float, ...]
    network: NetworkConfig
    camera: CameraSettings
    outer: OuterLoop

    @classmethod
    def read(cls, config: str | Path) -> 'TrainingConfig':
        """Read a shipped name or a file; raises ValueError that names the file and the fault."""
        path = CONFIGS / f'{config}.yaml'
        path = path if path.is_file() else Path(config)
        if not path.is_file():
            shipped = ', '.join(sorted(file.stem for file in CONFIGS.glob('*.yaml')))
            raise ValueError(
                f'no training config {config!s}: give a YAML file or one of {shipped}'
            )
        try:
            return cls.parse(yaml.safe_load(path.read_text()))
        except (TypeError, KeyError) as error:
            raise ValueError(f'{path} is not a training config: {error}') from error

    @classmethod
    def parse(cls, text: dict[str, Any]) -> 'TrainingConfig':
        """From the mapping that the file holds; raises TypeError or KeyError."""
        camera = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in text['camera'].items()
        }
        return cls(
            **{
                **text,
                'query': tuple(text['query']),
                'network': NetworkConfig(**text['network']),
                'camera': CameraSettings(**camera),
                'outer': OuterLoop(**text['outer']),
            }
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as YAML and JSON take them."""
        return {key: _plain(value) for key, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value
