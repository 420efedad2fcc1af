# SPDX-License-Identifier: Apache-2.0
"""A model's card: what model.yaml says about the weights beside it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

# The same safe loader in C, ten times as fast, where PyYAML was built with it: a start-up of the
# node is shorter by a quarter of a second.
_LOADER = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)


class ModelError(ValueError):
    """A model folder cannot be used; the message says what to do."""


@dataclass(frozen=True)
class ModelCard:
    """What a model is and was trained for.

    joints: names in the model's order; history: seconds that are looked at; past, horizon: seconds
    before and after the newest observation for which the model was trained to answer; samples: N,
    the padded length of a history; metrics, training, hashes: as written by `nermo train`,
    `nermo evaluate` and `nermo export`, for people to read; radii, fallback_radii: as written by
    `nermo calibrate` for these weights and for what stands in for them, read by forecast.radii,
    empty until then.
    """

    name: str
    version: str
    joints: tuple[str, ...]
    history: float
    past: float
    horizon: float
    samples: int
    hashes: dict[str, str] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    radii: dict[str, Any] = field(default_factory=dict)
    fallback_radii: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> 'ModelCard':
        """Read folder/model.yaml; raises ModelError when it is absent or lacks a field."""
        path = Path(folder) / 'model.yaml'
        if not path.is_file():
            raise ModelError(
                f'no model.yaml in {folder}: give a folder of `nermo train`, or a shipped name'
            )
        text = yaml.load(path.read_text(), Loader=_LOADER) or {}
        try:
            return cls(**{**text, 'joints': tuple(text['joints'])})
        except (KeyError, TypeError) as error:
            raise ModelError(
                f'{path} is not a model card ({error}): write it again with `nermo export`'
            ) from error


HEADER = '# SPDX-License-Identifier: Apache-2.0\n'


def write_card(folder: Path, text: dict[str, Any]) -> None:
    """Write folder/model.yaml anew from the mapping that it is to hold."""
    # Flow style for the innermost: a row of radii is a line, not nine.
    dumped = yaml.safe_dump(text, sort_keys=False, width=99, default_flow_style=None)
    (folder / 'model.yaml').write_text(HEADER + dumped)


def record_metrics(folder: Path, metrics: dict[str, Any]) -> None:
    """Put measured errors into folder/model.yaml; raises ModelError when there is none."""
    _record(folder, {'metrics': metrics})


def record_radii(folder: Path, radii: dict[str, Any], fallback: dict[str, Any]) -> None:
    """Put calibrated radii of the model and of its fallback into folder/model.yaml; raises
    ModelError when there is none."""
    _record(folder, {'radii': radii, 'fallback_radii': fallback})


def _record(folder: Path, values: dict[str, Any]) -> None:
    ModelCard.read(folder)
    text = yaml.safe_load((folder / 'model.yaml').read_text())
    write_card(folder, {**text, **values})
