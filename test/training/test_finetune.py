# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
import yaml
from safetensors.torch import load_file

from nermo_ros.inference.card import ModelCard, write_card
from nermo_ros.training.export import new_card
from nermo_ros.training.finetune import FIRST_NOW, finetune, split_in_time
from nermo_ros.training.train import train


@pytest.fixture(scope='module')
def base(small_config, windows, tmp_path_factory):
    """A model of people who swing slowly."""
    folder, config = tmp_path_factory.mktemp('base'), small_config(steps=80)
    train(config, windows(config), folder)
    write_card(folder, new_card(config, {}))
    return folder


def test_lowers_the_error_on_the_held_out_part(base, swinging, tmp_path):
    own = {'fast': swinging(900, seed=5, pace=(5, 9)) * 1.2}
    outer = {'steps': 60, 'batch': 32, 'rate': 3e-3, 'every': 20}
    gain = finetune(base, own, tmp_path / 'own', outer=outer)
    assert gain.kept
    assert gain.after['400'] < 0.9 * gain.before['400']
    assert all(gain.after[key] < gain.before[key] for key in gain.before if int(key) >= 160)
    card = ModelCard.read(tmp_path / 'own')
    assert card.name == 'own'
    assert card.training['held_out_error_mm'] == {'before': gain.before, 'after': gain.after}
    assert set(card.hashes) == {'model.onnx', 'weights.safetensors'}
    assert yaml.safe_load((base / 'model.yaml').read_text())['name'] == 'body17'


def test_keeps_the_former_weights_where_none_were_better(base, swinging, tmp_path):
    own = {'own': swinging(900, seed=5)}
    outer = {'steps': 2, 'batch': 8, 'rate': 0.05, 'every': 1}
    gain = finetune(base, own, tmp_path / 'own', outer=outer)
    assert not gain.kept
    assert gain.after == gain.before
    former, kept = (load_file(f / 'weights.safetensors') for f in (base, tmp_path / 'own'))
    assert all(np.array_equal(former[key], kept[key]) for key in former)


def test_short_recordings_are_refused(base, swinging, tmp_path):
    with pytest.raises(ValueError, match='6 s'):
        finetune(base, {'own': swinging(300)}, tmp_path / 'own')


def test_no_future_that_is_scored_is_learned(swinging):
    whole = swinging(1000)
    learned, held_out = split_in_time({'own': whole, 'too_short': swinging(400)})
    assert set(learned) == set(held_out) == {'own'}
    np.testing.assert_array_equal(learned['own'], whole[:800])
    np.testing.assert_array_equal(held_out['own'][FIRST_NOW:], whole[800:])
