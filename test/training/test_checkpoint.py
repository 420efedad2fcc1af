# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest
import torch

from nermo_ros.training import checkpoint
from nermo_ros.training.train import train


def test_there_must_be_one_to_resume_from(small_config, windows, tmp_path):
    config = small_config()
    with pytest.raises(ValueError, match='leave out --resume'):
        train(config, windows(config), tmp_path, resume=True)


@pytest.mark.parametrize(
    'other, message',
    [({'version': 'other'}, 'another version'), ({'network': {'basis': 9}}, 'another network')],
)
def test_another_config_is_refused(small_config, windows, tmp_path, other, message):
    config = small_config(steps=2)
    train(config, windows(config), tmp_path)
    changed = replace(config, **other)
    with pytest.raises(ValueError, match=message):
        train(changed, windows(changed), tmp_path, resume=True)


def test_keys_that_are_newer_than_the_run_have_their_defaults(small_config, windows, tmp_path):
    config = small_config(steps=2)
    train(config, windows(config), tmp_path)
    state = torch.load(tmp_path / checkpoint.NAME, weights_only=True)
    del state['config']['dataset']
    torch.save(state, tmp_path / checkpoint.NAME)
    train(config, windows(config), tmp_path, resume=True)
    changed = replace(config, dataset='h36m')
    with pytest.raises(ValueError, match='another dataset'):
        train(changed, windows(changed), tmp_path, resume=True)


def test_a_write_that_fails_leaves_the_former_one(small_config, windows, tmp_path, monkeypatch):
    config = small_config(steps=4, every=2)
    train(config, windows(config), tmp_path)
    before = (tmp_path / checkpoint.NAME).read_bytes()

    def full_disk(state, path):
        path.write_bytes(b'half of it')
        raise OSError('no space left on device')

    monkeypatch.setattr(checkpoint.torch, 'save', full_disk)
    with pytest.raises(OSError, match='no space'):
        train(config, windows(config), tmp_path)
    assert (tmp_path / checkpoint.NAME).read_bytes() == before


def test_a_finished_run_resumed_only_writes_its_weights_again(small_config, windows, tmp_path):
    config = small_config(steps=3)
    train(config, windows(config), tmp_path)
    weights = tmp_path / 'weights.safetensors'
    before = weights.read_bytes()
    weights.unlink()
    train(config, windows(config), tmp_path, resume=True)
    assert weights.read_bytes() == before
