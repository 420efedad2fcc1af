# SPDX-License-Identifier: Apache-2.0
"""What a training run is made of, read from one YAML file."""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from nermo_ros.data.frames import FrameSettings
from nermo_ros.data.windows import CameraSettings
from nermo_ros.skeleton.body import find_body
from nermo_ros.training.based import read_based

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
    near: float = 0.15
    every: int = 500
    patience: int = 0
    future: bool = True


@dataclass(frozen=True)
class TrainingConfig:
    """One run: names, true seconds, sizes, outer loop, and windows of one of two kinds.

    past, horizon: s before and after now that the model answers for; query: s, what it learns;
    dataset: what `--data` holds, see recordings.py; network: sizes of the architecture, defaults
    where not named; camera: windows of random cameras; frames: windows of the published protocol,
    which say what `query` is.
    """

    name: str
    version: str
    history: float
    horizon: float
    samples: int
    outer: OuterLoop
    query: tuple[float, ...] = ()
    past: float = 0.0
    dataset: str = 'cmu'
    body: str = 'body17'
    architecture: str = 'motion'
    network: dict[str, Any] = field(default_factory=dict)
    camera: CameraSettings | None = None
    frames: FrameSettings | None = None

    def __post_init__(self) -> None:
        find_body(self.body)
        if (self.camera is None) == (self.frames is None):
            raise ValueError('give windows either as camera: or as frames:')
        if not self.outer.future and self.frames is None:
            raise ValueError('outer.future: false needs windows given as frames:')
        if not self.query or max(self.query) <= 0:
            raise ValueError('query has no time after now: give the seconds that are learned')

    @classmethod
    def read(cls, config: str | Path) -> 'TrainingConfig':
        """Read a shipped name or a file, which may name a `base`, see based.py.

        Raises ValueError that names the file and the fault.
        """
        path = CONFIGS / f'{config}.yaml'
        path = path if path.is_file() else Path(config)
        if not path.is_file():
            shipped = ', '.join(sorted(file.stem for file in CONFIGS.glob('*.yaml')))
            raise ValueError(
                f'no training config {config!s}: give a YAML file or one of {shipped}'
            )
        try:
            return cls.parse(read_based(path, CONFIGS))
        except (ValueError, yaml.YAMLError) as error:
            raise ValueError(f'{path} is not a training config: {error}') from error

    @classmethod
    def parse(cls, text: Mapping[str, Any]) -> 'TrainingConfig':
        """From the mapping that the file holds; raises ValueError that names the key."""
        check_keys(cls, text, 'the config')
        parts = {**text, 'outer': _part(OuterLoop, text, 'outer')}
        if text.get('camera') is not None:
            parts['camera'] = _part(CameraSettings, text, 'camera')
        if text.get('frames') is not None:
            parts['frames'] = frames = _part(FrameSettings, text, 'frames')
            parts['query'] = [round(frames.period * k, 6) for k in range(1, frames.future + 1)]
        return cls(**{**parts, 'query': tuple(parts['query'])})

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as YAML and JSON take them."""
        return {key: _plain(value) for key, value in asdict(self).items() if value is not None}


def check_keys(kind: type, text: object, where: str) -> None:
    """Raise ValueError unless text is a mapping of fields of the dataclass, the needed ones in."""
    if not isinstance(text, Mapping):
        raise ValueError(f'{where} is {text!r}, not a mapping of keys')
    known = {item.name: item for item in fields(kind)}
    if unknown := [str(key) for key in text if key not in known]:
        raise ValueError(
            f'unknown key {", ".join(unknown)} in {where}: known are {", ".join(known)}'
        )
    needed = [
        name
        for name, item in known.items()
        if item.default is MISSING and item.default_factory is MISSING and name not in text
    ]
    if needed:
        raise ValueError(f'{where} lacks {", ".join(needed)}')


def _part(kind: type, text: Mapping[str, Any], name: str) -> Any:
    """The dataclass of the mapping at text[name]."""
    check_keys(kind, text[name], name)
    return kind(**{key: _frozen(value) for key, value in text[name].items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value
