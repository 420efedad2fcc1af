# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from nermo_ros.training.export import random_histories
from nermo_ros.training.network import load_network, make_network, numpy_predictor


def test_weights_that_are_not_there(small_config, tmp_path):
    with pytest.raises(FileNotFoundError, match='nermo train'):
        load_network(small_config(), tmp_path / 'weights.safetensors')


@pytest.mark.parametrize('body, joints', [('body17', 17), ('cmu25', 25)])
def test_untrained_networks_of_a_body_answer(small_config, body, joints):
    network = make_network(replace(small_config(), body=body)).eval()
    arrays = random_histories(2, 32, joints)
    forecast = numpy_predictor(network)(*arrays)
    assert forecast.shape == (2, 7, joints, 3)
    assert forecast.dtype == np.float32
    assert np.isfinite(forecast).all()
    with torch.no_grad():
        np.testing.assert_array_equal(forecast, network(*map(torch.from_numpy, arrays)))


def test_architectures_and_sizes_that_do_not_exist(small_config):
    with pytest.raises(ValueError, match='motion'):
        make_network(replace(small_config(), architecture='oracle'))
    with pytest.raises(ValueError, match='depth'):
        make_network(replace(small_config(), network={'depth': 3}))


def test_weights_of_another_network(small_config, tmp_path):
    config = small_config()
    weights = tmp_path / 'weights.safetensors'
    save_file(make_network(config).state_dict(), weights)
    load_network(config, weights)
    other = replace(config, network={**config.network, 'scalars': 5})
    with pytest.raises(ValueError, match='train it anew'):
        load_network(other, weights)
