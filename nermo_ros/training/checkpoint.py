# SPDX-License-Identifier: Apache-2.0
"""Everything that a run needs to go on bit for bit, in one file."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor

from nermo_ros.training.config import TrainingConfig
from nermo_ros.training.windows import WindowSource

NAME = 'checkpoint.pt'


@dataclass
class Progress:
    """How far a run is.

    step: done; seconds: taken; loss: running mean; best: lowest score of a validation; waited:
    validations since then; weights: the averaged ones of the best validation.
    """

    step: int = 0
    seconds: float = 0.0
    loss: float = 0.0
    best: float = float('inf')
    waited: int = 0
    weights: dict[str, Tensor] = field(default_factory=dict)


def save(
    folder: Path,
    fabric: Fabric,
    config: TrainingConfig,
    progress: Progress,
    parts: Mapping[str, Any],
    windows: WindowSource,
) -> None:
    """Write folder/checkpoint.pt, all or nothing; to be called by every process.

    parts: by name, what has state_dict() and load_state_dict(), the same in every process.
    """
    generators = fabric.all_gather(fabric.to_device(_generator(fabric))).cpu()
    if fabric.global_rank:
        return
    state = {
        'config': config.as_dict(),
        'progress': asdict(progress),
        'parts': {name: part.state_dict() for name, part in parts.items()},
        'windows': windows.rng.bit_generator.state,
        'generators': generators.reshape(fabric.world_size, -1),
    }
    partial = folder / f'{NAME}.partial'
    torch.save(state, partial)
    os.replace(partial, folder / NAME)


def load(
    folder: Path,
    fabric: Fabric,
    config: TrainingConfig,
    parts: Mapping[str, Any],
    windows: WindowSource,
) -> Progress:
    """Put everything back as it was when folder/checkpoint.pt was written.

    Raises ValueError when there is none, or when it is of another config or number of processes.
    """
    if not (folder / NAME).is_file():
        raise ValueError(f'no {NAME} in {folder} to resume from: leave out --resume')
    state = torch.load(folder / NAME, map_location=fabric.device, weights_only=True)
    now, then = config.as_dict(), TrainingConfig.parse(state['config']).as_dict()
    if changed := [key for key in now if now[key] != then.get(key)]:
        raise ValueError(f'{folder / NAME} is of a run with another {", ".join(changed)}')
    if len(state['generators']) != fabric.world_size:
        raise ValueError(f'{folder / NAME} is of a run of {len(state["generators"])} processes')
    for name, part in parts.items():
        part.load_state_dict(state['parts'][name])
    windows.rng.bit_generator.state = state['windows']
    generator = state['generators'][fabric.global_rank].cpu()
    if fabric.device.type == 'cuda':
        torch.cuda.set_rng_state(generator, fabric.device)
    else:
        torch.set_rng_state(generator)
    return Progress(**state['progress'])


def _generator(fabric: Fabric) -> Tensor:
    """State of the generator that dropout draws from in this process."""
    if fabric.device.type == 'cuda':
        return torch.cuda.get_rng_state(fabric.device)
    return torch.get_rng_state()
