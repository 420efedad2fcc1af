# SPDX-License-Identifier: Apache-2.0
"""Where models are: shipped ones by name, a user's own by folder."""

from pathlib import Path

from nermo_ros.inference.card import ModelError

SHIPPED = Path(__file__).resolve().parents[1] / 'models'


def shipped_models() -> list[str]:
    """Names of the models that come with the package."""
    return sorted(card.parent.name for card in SHIPPED.glob('*/model.yaml'))


def model_folder(model: str) -> Path:
    """The folder of a shipped name or of a path; raises ModelError listing the shipped names."""
    for folder in (SHIPPED / model, Path(model).expanduser()):
        if (folder / 'model.yaml').is_file():
            return folder
    raise ModelError(
        f'no model {model!r}: give a folder with a model.yaml or one of '
        + ', '.join(shipped_models())
    )
