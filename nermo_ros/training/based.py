# SPDX-License-Identifier: Apache-2.0
"""Configs that name a base and hold what differs from it."""

from pathlib import Path
from typing import Any

import yaml


def read_based(path: Path, shipped: Path, above: tuple[Path, ...] = ()) -> Any:
    """What a YAML file holds, over what the file that its key `base` names holds.

    base: a file beside this one or in the folder `shipped`, without .yaml. Mappings are merged
    key by key, other values replaced; sizes of the network are another architecture's business.
    Raises ValueError for a base that is not there or leads back to this file.
    """
    text = yaml.safe_load(path.read_text())
    if not isinstance(text, dict) or 'base' not in text:
        return text
    base = text.pop('base')
    found = [
        file
        for file in (path.parent / f'{base}.yaml', shipped / f'{base}.yaml')
        if file.is_file() and file != path
    ]
    if not found:
        raise ValueError(f'no base {base!r}: put {base}.yaml beside it')
    if found[0] in above:
        raise ValueError(f'base {base!r} leads back to itself')
    under = read_based(found[0], shipped, (*above, path))
    if not isinstance(under, dict):
        raise ValueError(f'base {base!r} is no mapping of keys')
    if text.get('architecture', under.get('architecture')) != under.get('architecture'):
        under.pop('network', None)
    return _merged(under, text)


def _merged(under: dict, over: dict) -> dict:
    both = {**under, **over}
    for key in under.keys() & over.keys():
        if isinstance(under[key], dict) and isinstance(over[key], dict):
            both[key] = _merged(under[key], over[key])
    return both
