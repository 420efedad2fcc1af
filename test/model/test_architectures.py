# SPDX-License-Identifier: Apache-2.0
"""What every architecture promises, and that each one exports."""

import numpy as np
import onnxruntime
import pytest
import torch

from nermo_ros.model.architectures import ARCHITECTURES, build
from nermo_ros.skeleton.body import BODIES, find_body

SMALL = {
    'motion': {'blocks': 2, 'vectors': 16},
    'nermo': {'blocks': 1, 'channels': 32},
    'simlpe': {'blocks': 3},
    'ltd': {'blocks': 1, 'width': 16},
}


def make(name, body='cmu25', **sizes):
    torch.manual_seed(0)
    body = find_body(body)
    network = build(name, body.parents, body.mirror, {**SMALL[name], **sizes}).eval()
    with torch.no_grad():  # freshly initialised heads may be next to nothing
        for parameter in network.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    return network


def history(joints=25, people=3, samples=10, seed=0):
    g = torch.Generator().manual_seed(seed)
    times = (torch.arange(1 - samples, 1) * 0.04).expand(people, samples).clone()
    walk = 0.01 * torch.randn(people, samples, joints, 3, generator=g).cumsum(1)
    positions = walk + 0.3 * torch.randn(people, 1, joints, 3, generator=g)
    mask = (torch.rand(people, samples, joints, generator=g) > 0.3).float()
    mask[:, :, 4] = 0
    query = torch.linspace(0.04, 1, 6).expand(people, 6).clone()
    return times, positions * mask[..., None], mask, query


@pytest.fixture(params=ARCHITECTURES)
def network(request):
    return make(request.param)


def test_small_sizes_are_given_for_every_architecture():
    assert set(SMALL) == set(ARCHITECTURES)


@pytest.mark.parametrize('body', BODIES)
@pytest.mark.parametrize('name', ARCHITECTURES)
def test_shape_for_every_body(name, body):
    joints = len(find_body(body).joints)
    assert make(name, body)(*history(joints)).shape == (3, 6, joints, 3)


def test_what_was_not_seen_is_not_looked_at(network):
    times, positions, mask, query = history()
    garbage = positions + 50 * torch.randn_like(positions) * (1 - mask[..., None])
    torch.testing.assert_close(
        network(times, garbage, mask, query), network(times, positions, mask, query)
    )


def test_nothing_seen_is_finite(network):
    times, positions, mask, query = history()
    assert network(times, 0 * positions, 0 * mask, query).isfinite().all()


def test_people_do_not_influence_each_other(network):
    arrays = history()
    alone = torch.cat([network(*(array[i : i + 1] for array in arrays)) for i in range(3)])
    torch.testing.assert_close(network(*arrays), alone)


@pytest.mark.parametrize('name', ARCHITECTURES)
def test_every_parameter_learns(name):
    network = make(name).train()
    arrays = history()
    network(*arrays).square().sum().backward()
    idle = [n for n, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert idle == []


@pytest.mark.parametrize(
    ('name', 'sizes'),
    [
        ('nermo', {'inner': 'closed_form'}),
        ('nermo', {'inner': 'gradient'}),
        ('nermo', {'inner': 'none', 'attention': False, 'codebook': 0, 'fourier': False}),
        ('simlpe', {}),
        ('ltd', {}),
    ],
)
def test_the_exported_graph_is_the_network(name, sizes, tmp_path):
    network, path = make(name, **sizes), tmp_path / 'model.onnx'
    people, queries = torch.export.Dim('people'), torch.export.Dim('queries')
    torch.onnx.export(
        network,
        history(people=3),
        dynamo=True,
        opset_version=18,
        external_data=False,
        input_names=['times', 'positions', 'mask', 'query'],
        dynamic_shapes=({0: people}, {0: people}, {0: people}, {0: people, 1: queries}),
        verbose=False,
    ).save(path)
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    names = [value.name for value in session.get_inputs()]
    for count in (1, 5):
        arrays = history(people=count, seed=count)
        feed = dict(zip(names, (array.numpy() for array in arrays), strict=True))
        with torch.no_grad():
            expected = network(*arrays).numpy()
        np.testing.assert_allclose(session.run(None, feed)[0], expected, rtol=0, atol=1e-5)


def test_an_unknown_architecture_or_size_is_named():
    body = find_body('cmu25')
    with pytest.raises(ValueError, match="no architecture 'gpt': give one of motion, nermo"):
        build('gpt', body.parents, body.mirror, {})
    with pytest.raises(ValueError, match='simlpe has no size widht, wings: it has blocks'):
        build('simlpe', body.parents, body.mirror, {'widht': 3, 'wings': 2, 'blocks': 2})


def test_lists_of_a_file_become_tuples():
    network = make('motion', directions=[[0, 0, 0.3], [0, 0.3, 0]])
    assert network.config.directions == ((0, 0, 0.3), (0, 0.3, 0))
