# SPDX-License-Identifier: Apache-2.0
"""The shipped graphs, in single precision, beside their networks in double, on how people move."""

from pathlib import Path

import numpy as np
import pytest
import torch

from nermo_ros.inference.backends import open_predictor
from nermo_ros.inference.buckets import PEOPLE
from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.models import model_folder
from nermo_ros.recordings.recording import load_recording
from nermo_ros.training.config import TrainingConfig
from nermo_ros.training.network import load_network

# Frames 1 to 60 of the walking clip as the published protocol takes them, relative to the root.
PUBLISHED = Path(__file__).with_name('cmu25_walking.npz')


def motions(model):
    """Rate in Hz and motions (K, J, 3) m for the body of a model, NaN where never measured."""
    if model == 'cmu25':
        with np.load(PUBLISHED) as archive:
            return float(archive['rate']), [archive['positions']]
    walking, handover = load_recording('cmu_walking'), load_recording('handover')
    assert walking.rate == handover.rate
    return walking.rate, [*walking.positions, *handover.positions]


def histories(model, people, irregular, missing):
    """What a predictor is given, of people somewhere in the model's motions."""
    card = ModelCard.read(model_folder(model))
    rate, clips = motions(model)
    rng = np.random.default_rng(people)
    period = card.history / card.samples
    stamps = -period * np.arange(card.samples - 1, -1, -1.0)
    times = np.tile(stamps, (people, 1))
    times[:, :-1] += irregular * period * rng.uniform(-0.5, 0.5, times[:, :-1].shape)
    positions = np.empty((people, card.samples, len(card.joints), 3))
    for person in range(people):
        clip = clips[rng.integers(len(clips))]
        now = rng.uniform(card.history + period, (len(clip) - 1) / rate)
        frame = (now + times[person]) * rate
        whole = np.floor(frame).astype(int).clip(0, len(clip) - 2)
        share = (frame - whole)[:, None, None]
        positions[person] = clip[whole] * (1 - share) + clip[whole + 1] * share
    mask = np.isfinite(positions).all(-1) & (rng.random(positions.shape[:3]) >= missing)
    positions = np.where(mask[..., None], positions, 0)
    query = np.sort(rng.uniform(-card.past, card.horizon, (people, 12)), 1)
    return [np.ascontiguousarray(a, np.float32) for a in (times, positions, mask, query)]


@pytest.mark.parametrize('model', ['body17', 'cmu25'])
def test_single_precision_is_exact_to_a_hundredth_of_a_millimetre(model):
    folder = model_folder(model)
    config = TrainingConfig.parse(ModelCard.read(folder).training['config'])
    network = load_network(config, folder / 'weights.safetensors').double()
    predictor = open_predictor(folder, 'onnxruntime')
    worst = {}
    for people in (*PEOPLE, 5):
        for irregular in (0.0, 1.0):
            for missing in (0.0, 0.4, 0.8):
                arrays = histories(model, people, irregular, missing)
                with torch.no_grad():
                    exact = network(*(torch.from_numpy(array).double() for array in arrays))
                difference = np.abs(predictor(*arrays) - exact.numpy()).max()
                worst[people, irregular, missing] = difference
    predictor.close()
    assert max(worst.values()) < 1e-5, worst
