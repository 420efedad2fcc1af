# SPDX-License-Identifier: Apache-2.0
import math

import pytest
import torch

from nermo_ros.model.network import MotionNetwork, NetworkConfig
from nermo_ros.skeleton.body17 import MIRROR, PARENTS


@pytest.fixture(scope='module')
def network():
    torch.manual_seed(0)
    network = MotionNetwork(PARENTS, MIRROR, NetworkConfig(blocks=3, groups=4)).double().eval()
    with torch.no_grad():  # freshly initialised gates and heads are next to nothing
        for parameter in network.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return network


@pytest.fixture
def history():
    g = torch.Generator().manual_seed(1)
    times = -torch.rand(3, 16, generator=g, dtype=torch.float64).sort(1, descending=True).values
    times[:, -1] = 0
    steps = torch.randn(3, 16, 17, 3, generator=g, dtype=torch.float64)
    mask = (torch.rand(3, 16, 17, generator=g) > 0.4).double()
    mask[:, :, 4] = 0
    positions = (0.3 * torch.randn(3, 1, 17, 3, generator=g) + 0.02 * steps.cumsum(1)).double()
    query = torch.linspace(-0.2, 1, 6).double().expand(3, 6)
    return times, positions * mask[..., None], mask, query


def turn(angle):
    c, s = math.cos(angle), math.sin(angle)
    return torch.tensor([[c, s, 0], [-s, c, 0], [0, 0, 1]], dtype=torch.float64)


def test_shape(network, history):
    assert network(*history).shape == (3, 6, 17, 3)


def test_moving_the_origin_moves_the_forecast(network, history):
    times, positions, mask, query = history
    away = torch.tensor([40.0, -7.0, 1.3], dtype=torch.float64)  # height too
    moved = network(times, (positions + away) * mask[..., None], mask, query)
    torch.testing.assert_close(moved, network(*history) + away, rtol=0, atol=1e-9)


def test_turning_about_gravity_turns_the_forecast(network, history):
    times, positions, mask, query = history
    turned = network(times, positions @ turn(1.1), mask, query)
    torch.testing.assert_close(turned, network(*history) @ turn(1.1), rtol=0, atol=1e-9)


def test_gravity_matters(network, history):
    times, positions, mask, query = history
    lying = torch.tensor([[0, 0, 1], [0, 1, 0], [-1, 0, 0]], dtype=torch.float64)
    assert (
        network(times, positions @ lying, mask, query) - network(*history) @ lying
    ).abs().max() > 1e-4


def test_mirroring_mirrors_the_forecast(network, history):
    times, positions, mask, query = history
    flip = torch.tensor([1, -1, 1], dtype=torch.float64)
    mirror = list(MIRROR)
    mirrored = network(times, (positions * flip)[:, :, mirror], mask[:, :, mirror], query)
    expected = (network(*history) * flip)[:, :, mirror]
    torch.testing.assert_close(mirrored, expected, rtol=0, atol=1e-9)


def test_what_was_not_seen_is_not_looked_at(network, history):
    times, positions, mask, query = history
    garbage = positions + 1e3 * torch.randn_like(positions) * (1 - mask[..., None])
    torch.testing.assert_close(network(times, garbage, mask, query), network(*history))


def test_padding_changes_only_the_share_of_samples_seen(network, history):
    """Samples that are masked out may stand anywhere before the seen ones."""
    times, positions, mask, query = history
    mask = mask.clone()
    mask[:, :6] = 0
    other = times.clone()
    other[:, :6] = -1.0
    torch.testing.assert_close(
        network(other, positions, mask, query),
        network(times, positions * mask[..., None], mask, query),
    )


def test_the_forecast_meets_the_newest_observation(network, history):
    times, positions, _, _ = history
    mask = torch.ones(3, 16, 17).double()
    now = network(times, positions, mask, torch.zeros(3, 1).double())
    torch.testing.assert_close(now[:, 0], positions[:, -1])


def test_a_late_forecast_is_the_same_curve(network, history):
    """Only how long ago things were seen matters, not when the clock is read."""
    times, positions, mask, query = history
    mask = mask.clone()
    mask[:, -1] = 1
    late = network(times - 0.25, positions, mask, query - 0.25)
    torch.testing.assert_close(late, network(times, positions, mask, query))


def test_bones_keep_their_lengths(network, history):
    times, _, _, query = history
    body = torch.randn(3, 1, 17, 3).double() + torch.full((3, 16, 1, 3), 0.05).cumsum(1)
    path = network(times, body, torch.ones(3, 16, 17).double(), query)
    bones = (path - path[:, :, list(PARENTS)]).norm(dim=-1)[..., 1:]
    seen = (body - body[:, :, list(PARENTS)]).norm(dim=-1)[:, :1, 1:]
    assert (bones / seen - 1).abs().max() < 0.03


def test_people_do_not_influence_each_other(network, history):
    together = network(*history)
    alone = torch.cat([network(*(array[i : i + 1] for array in history)) for i in range(3)])
    torch.testing.assert_close(together, alone)


def test_nothing_seen_is_finite(network, history):
    times, positions, mask, query = history
    assert network(times, 0 * positions, 0 * mask, query).isfinite().all()


def test_continuous_in_time(network, history):
    times, positions, mask, _ = history
    query = torch.linspace(0, 1, 2001).double().expand(3, 2001)
    path = network(times, positions, mask, query)
    jump = (path[:, 1:] - path[:, :-1]).norm(dim=-1)
    whole = jump.sum(1, keepdim=True).clamp_min(1e-9)
    assert (jump / whole).max() < 0.02


def test_every_parameter_learns(history):
    network = MotionNetwork(PARENTS, MIRROR, NetworkConfig(blocks=2, groups=2)).double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    network(*history).square().sum().backward()
    idle = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert idle == []


def test_no_more_is_fitted_than_there_is():
    with pytest.raises(ValueError, match='fitted'):
        MotionNetwork(PARENTS, MIRROR, NetworkConfig(basis=6, fitted=8))


@pytest.mark.parametrize('sizes', [{'groups': 5}, {'groups': 0}, {'scalars': 30, 'groups': 4}])
def test_groups_divide_the_channels(sizes):
    with pytest.raises(ValueError, match='groups'):
        MotionNetwork(PARENTS, MIRROR, NetworkConfig(**sizes))


def test_who_stands_quite_still_stays(network, history):
    times, positions, _, query = history
    still = positions[:, -1:].expand_as(positions)
    path = network(times, still, torch.ones(3, 16, 17).double(), query)
    assert (path - still[:, -1:]).abs().max() < 1e-3
