# SPDX-License-Identifier: Apache-2.0
"""The outer loop: learns the generic rule, so that a motion fitted to its past goes on as it did.

    nermo train body17 --data cmu.npz --out models/body17

One linear script: draw histories as random cameras would see them, let the network's inner loop
fit each, compare the decoded motion with what then happened, step.
"""

import copy
import csv
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from tqdm import tqdm

from nermo_ros.data.windows import RandomCameras, Windows
from nermo_ros.model.network import MotionNetwork
from nermo_ros.skeleton.body17 import MIRROR, PARENTS
from nermo_ros.training.config import TrainingConfig


def make_network(config: TrainingConfig) -> MotionNetwork:
    """A body17 network of the config's sizes, freshly initialised."""
    return MotionNetwork(PARENTS, MIRROR, config.network)


def load_network(config: TrainingConfig, weights: Path) -> MotionNetwork:
    """The trained network, ready for inference; raises FileNotFoundError."""
    if not weights.is_file():
        raise FileNotFoundError(f'no weights at {weights}: train them with `nermo train`')
    network = make_network(config)
    network.load_state_dict(load_file(weights))
    return network.eval()


def numpy_predictor(network: MotionNetwork) -> Callable[..., np.ndarray]:
    """The network as a function of numpy arrays, with the Predictor's call."""

    def predict(*arrays: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return network(*(torch.from_numpy(np.ascontiguousarray(a)) for a in arrays)).numpy()

    return predict


def loss_weights(query: Tensor) -> Tensor:
    """Weight of each query time (Q,): near futures count more, as their errors are smaller."""
    weight = torch.where(query > 0, 1 / (0.15 + query.clamp_min(0)), torch.ones_like(query))
    return weight / weight[query > 0].mean()


def outer_loss(
    forecast: Tensor, future: Tensor, known: Tensor, weight: Tensor, bone_weight: float
) -> Tensor:
    """Weighted mean joint error plus the error of bone vectors, (B, Q, J, 3) metres -> scalar.

    known (B, Q): 1 where there is a truth; weight (Q,): of the query times, for joint errors.
    """
    joints = (forecast - future).norm(dim=-1).mean(-1)
    parents = torch.tensor(PARENTS)
    bones = (forecast[..., parents, :] - forecast) - (future[..., parents, :] - future)
    error = weight * joints + bone_weight * bones.norm(dim=-1).mean(-1)
    return (error * known).sum() / known.sum()


def train(
    config: TrainingConfig,
    sequences: list[np.ndarray],
    rate: float,
    out: Path,
    validate: Callable[[MotionNetwork], dict[str, float]] | None = None,
    every: int = 500,
) -> MotionNetwork:
    """Train on sequences (frames, 17, 3) of `rate` Hz; writes out/weights.safetensors and log.csv.

    validate: called every `every` steps with the averaged network; its figures go into the log.
    Deterministic by config.outer.seed on one machine with one number of threads.
    """
    outer = config.outer
    torch.manual_seed(outer.seed)
    cameras = RandomCameras(
        sequences, rate, config.samples, config.query, config.camera, seed=outer.seed
    )
    network = make_network(config)
    average = copy.deepcopy(network).eval()
    optimizer = torch.optim.AdamW(network.parameters(), lr=outer.rate, weight_decay=outer.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, outer.rate, total_steps=outer.steps + 1, pct_start=0.05
    )
    weight = loss_weights(torch.tensor(config.query))
    out.mkdir(parents=True, exist_ok=True)
    began, running = time.monotonic(), 0.0
    with (out / 'log.csv').open('w', newline='') as file:
        log: csv.DictWriter | None = None
        for step in tqdm(range(1, outer.steps + 1), desc=config.name, mininterval=2):
            *history, future, known = tensors(cameras.draw(outer.batch))
            loss = outer_loss(network(*history), future, known, weight, outer.bone_weight)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            follow(average, network, min(outer.average, step / (9 + step)))
            running += (loss.item() - running) / min(step, 100)
            if step % every and step != outer.steps:
                continue
            row = {'step': step, 'seconds': round(time.monotonic() - began), 'loss': running}
            row |= validate(average) if validate else {}
            log = log or csv.DictWriter(file, row)
            if file.tell() == 0:
                log.writeheader()
            log.writerow(row)
            file.flush()
            tqdm.write(' '.join(f'{key} {value:.4g}' for key, value in row.items()))
    save_file(average.state_dict(), out / 'weights.safetensors')
    return average


def tensors(windows: Windows) -> list[Tensor]:
    """times, positions, mask, query, future, known of the windows as tensors."""
    w = windows
    arrays = (w.times, w.positions, w.mask, w.query, w.future, w.known)
    return [torch.from_numpy(np.ascontiguousarray(array)) for array in arrays]


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, keep: float) -> None:
    """Move the averaged weights towards the network's."""
    for mean, current in zip(average.parameters(), network.parameters(), strict=True):
        mean.lerp_(current, 1 - keep)
