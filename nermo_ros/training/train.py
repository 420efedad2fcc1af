# SPDX-License-Identifier: Apache-2.0
"""The outer loop: learns the generic rule, so that a motion fitted to its past goes on as it did.

    nermo train body17 --data cmu.npz --out models/body17

One linear script: draw histories as random cameras would see them, let the network's inner loop
fit each, compare the decoded motion with what then happened, step.
"""

import copy
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from safetensors.torch import save_file
from torch import Tensor, nn
from tqdm import tqdm

from nermo_ros.data.windows import Windows
from nermo_ros.skeleton.body import find_body
from nermo_ros.training import checkpoint
from nermo_ros.training.config import TrainingConfig
from nermo_ros.training.log import Log
from nermo_ros.training.loss import loss_weights, outer_loss
from nermo_ros.training.network import make_network
from nermo_ros.training.windows import WindowSource

LONGEST_STEP = 1.0  # norm to which a gradient is clipped


def train(
    config: TrainingConfig,
    windows: WindowSource,
    out: Path,
    validate: Callable[[nn.Module], dict[str, float]] | None = None,
    *,
    start: Mapping[str, Tensor] | None = None,
    fabric: Fabric | None = None,
    resume: bool = False,
    tensorboard: bool = False,
) -> nn.Module:
    """Train on windows; writes out/weights.safetensors, log.csv and checkpoint.pt.

    validate: called every `outer.every` steps with the averaged network; its figures go into the
    log, and their geometric mean decides which average is best when `outer.patience` is set.
    start: weights to begin with; fabric: launched, default one process on the CPU, where each
    process computes its share of every batch; resume: go on from out/checkpoint.pt.
    Deterministic by config.outer.seed on one machine with one number of threads. Raises
    FloatingPointError that names the step when the loss is not finite.
    """
    outer, fabric = config.outer, fabric or Fabric(accelerator='cpu', devices=1)
    if outer.batch % fabric.world_size:
        raise ValueError(f'outer.batch {outer.batch} cannot be shared by {fabric.world_size}')
    torch.manual_seed(outer.seed)
    network = make_network(config)
    if start:
        network.load_state_dict(start)
    optimizer = torch.optim.AdamW(network.parameters(), lr=outer.rate, weight_decay=outer.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, outer.rate, total_steps=outer.steps + 1, pct_start=0.05
    )
    torch.manual_seed(outer.seed + fabric.global_rank)  # of dropout: not the same on each share
    fitted, stepper = fabric.setup(network, optimizer)
    average = copy.deepcopy(network).eval()
    parts = {'network': network, 'average': average, 'optimizer': optimizer, 'schedule': schedule}
    parts['precision'] = fabric.strategy.precision
    out.mkdir(parents=True, exist_ok=True)
    done = checkpoint.Progress()
    if resume:
        done = checkpoint.load(out, fabric, config, parts, windows)
    first = fabric.global_rank == 0
    log = Log(out, done.step, tensorboard) if first else None
    weight = fabric.to_device(loss_weights(torch.tensor(windows.query), outer.near))
    parents = fabric.to_device(torch.tensor(find_body(config.body).parents))
    bar = tqdm(initial=done.step, total=outer.steps, desc=config.name, disable=not first)
    began = time.monotonic() - done.seconds

    while done.step < outer.steps and not (outer.patience and done.waited >= outer.patience):
        batch = windows.draw(outer.batch)
        share = slice(fabric.global_rank, None, fabric.world_size)
        *history, future, known = (fabric.to_device(t[share]) for t in tensors(batch))
        count = torch.tensor(batch.known.sum() / fabric.world_size)
        forecast = fitted(*history)
        loss = outer_loss(forecast, future, known, weight, outer.bone_weight, parents, count)
        stepper.zero_grad()
        fabric.backward(loss)
        fabric.clip_gradients(fitted, stepper, max_norm=LONGEST_STEP, error_if_nonfinite=False)
        stepper.step()
        schedule.step()
        done.step += 1
        follow(average, network, min(outer.average, done.step / (9 + done.step)))
        value = float(fabric.all_reduce(loss.detach()))
        if not math.isfinite(value):
            raise FloatingPointError(
                f'the loss is {value} at step {done.step}: lower outer.rate in the config, and '
                f'see that the recordings hold finite metres; {out} keeps what was before'
            )
        done.loss += (value - done.loss) / min(done.step, 100)
        bar.update()
        if done.step % outer.every and done.step != outer.steps:
            continue

        figures = validate(average) if first and validate else {}
        figures = fabric.broadcast(figures)
        done.seconds = time.monotonic() - began
        if figures and outer.patience:
            score = geometric_mean(figures)
            done.waited += 1
            if score < done.best:
                done.best, done.waited = score, 0
                done.weights = {key: value.clone() for key, value in average.state_dict().items()}
        if log:
            row = {'step': done.step, 'seconds': round(done.seconds), 'loss': done.loss, **figures}
            log.add(row)
            tqdm.write(' '.join(f'{key} {value:.4g}' for key, value in row.items()))
        checkpoint.save(out, fabric, config, done, parts, windows)

    bar.close()
    if done.weights:
        average.load_state_dict(done.weights)
    if first:
        save_file(average.state_dict(), out / 'weights.safetensors')
    return average


def tensors(windows: Windows) -> list[Tensor]:
    """times, positions, mask, query, future, known of the windows as tensors."""
    w = windows
    arrays = (w.times, w.positions, w.mask, w.query, w.future, w.known)
    return [torch.from_numpy(np.ascontiguousarray(array)) for array in arrays]


def geometric_mean(figures: Mapping[str, float]) -> float:
    """Of errors: as sensitive to the small ones of near futures as to the large ones of far."""
    return math.exp(sum(math.log(max(value, 1e-9)) for value in figures.values()) / len(figures))


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, keep: float) -> None:
    """Move the averaged weights towards the network's; statistics of its layers are taken over."""
    for mean, current in zip(average.parameters(), network.parameters(), strict=True):
        mean.lerp_(current, 1 - keep)
    for mean, current in zip(average.buffers(), network.buffers(), strict=True):
        mean.copy_(current)
