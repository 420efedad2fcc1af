# SPDX-License-Identifier: Apache-2.0
import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nermo_ros.training.devices import launch

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from nermo_ros.training.config import TrainingConfig
from nermo_ros.training.devices import launch
from nermo_ros.training.train import train
from nermo_ros.training.windows import make_windows

torch.set_num_threads(1)
out, processes, precision = sys.argv[1:]
config = TrainingConfig.read('body17')
small = {'basis': 8, 'vectors': 16, 'scalars': 8, 'blocks': 2, 'dropout': 0.0}
config = replace(config, network=small)
config = replace(config, outer=replace(config.outer, steps=6, batch=16, every=2))
walk = np.random.default_rng(0).normal(0, 0.02, (400, 17, 3)).cumsum(0)
windows = make_windows(config, {'walk': walk}, 120.0)
fabric = launch(devices=int(processes), precision=precision)
assert fabric.world_size == int(processes)
for resume in (False, True):
    train(config, windows, Path(out), fabric=fabric, resume=resume)
"""


def losses(folder, processes, precision='32-true'):
    folder.mkdir()
    (folder / 'script.py').write_text(SCRIPT)
    command = [sys.executable, str(folder / 'script.py'), str(folder), str(processes), precision]
    env = {**os.environ, 'PYTHONPATH': str(ROOT), 'OMP_NUM_THREADS': '1'}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    with (folder / 'log.csv').open(newline='') as file:
        return [float(row['loss']) for row in csv.DictReader(file)]


def test_two_processes_give_the_losses_of_one(tmp_path):
    one, two = (losses(tmp_path / str(count), count) for count in (1, 2))
    assert len(one) == 3
    assert two == pytest.approx(one, abs=1e-5)


def test_mixed_precision_trains(tmp_path):
    full, mixed = (losses(tmp_path / name, 1, name) for name in ('32-true', 'bf16-mixed'))
    assert mixed == pytest.approx(full, rel=0.1)
    assert mixed != full


def test_a_device_that_is_not_there_is_named():
    import torch

    if torch.cuda.is_available():
        pytest.skip('this machine has it')
    with pytest.raises(ValueError, match='--accelerator cuda'):
        launch('cuda')
