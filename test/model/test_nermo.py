# SPDX-License-Identifier: Apache-2.0
import pytest
import torch
from torch import nn

from nermo_ros.model.nermo import INNER, NermoConfig, NermoNetwork
from nermo_ros.skeleton.body17 import MIRROR, PARENTS

SWITCHES = [
    {},
    {'fourier': False},
    {'codebook': 0},
    {'attention': False},
    {'fourier': False, 'codebook': 0, 'attention': False, 'inner': 'none'},
    *({'inner': inner} for inner in INNER),
]


def make(**switches):
    torch.manual_seed(0)
    sizes = {'blocks': 1, 'channels': 32, 'heads': 2, **switches}
    return NermoNetwork(PARENTS, MIRROR, NermoConfig(**sizes)).double().eval()


@pytest.fixture
def history():
    """Irregular stamps, 40 % missing, joint 4 never seen."""
    g = torch.Generator().manual_seed(1)
    times = -torch.rand(3, 16, generator=g, dtype=torch.float64).sort(1, descending=True).values
    times[:, -1] = 0
    steps = torch.randn(3, 16, 17, 3, generator=g, dtype=torch.float64)
    mask = (torch.rand(3, 16, 17, generator=g) > 0.4).double()
    mask[:, :, 4] = 0
    positions = (0.3 * torch.randn(3, 1, 17, 3, generator=g) + 0.02 * steps.cumsum(1)).double()
    query = torch.linspace(-0.2, 1, 6).double().expand(3, 6)
    return times, positions * mask[..., None], mask, query


@pytest.mark.parametrize('switches', SWITCHES, ids=str)
def test_any_switches_answer_at_any_time(switches, history):
    *seen, _ = history
    for count in (1, 7):
        query = torch.linspace(-3, 3, count).double().expand(3, count)
        path = make(**switches)(*seen, query)
        assert path.shape == (3, count, 17, 3)
        assert path.isfinite().all()


@pytest.mark.parametrize('switches', SWITCHES, ids=str)
def test_masks_hold_under_any_switches(switches, history):
    times, positions, mask, query = history
    network = make(**switches)
    garbage = positions + 1e3 * torch.randn_like(positions) * (1 - mask[..., None])
    torch.testing.assert_close(network(times, garbage, mask, query), network(*history))
    assert network(times, 0 * positions, 0 * mask, query).isfinite().all()


@pytest.mark.parametrize('inner', INNER)
def test_what_was_never_seen_may_stand_at_any_time(inner, history):
    times, positions, mask, query = history
    network, mask, other = make(inner=inner), mask.clone(), times.clone()
    mask[:, :6] = 0
    other[:, :6] = -1.5
    torch.testing.assert_close(
        network(other, positions, mask, query), network(times, positions, mask, query)
    )


@pytest.mark.parametrize('inner', INNER)
def test_a_late_forecast_is_the_same_curve(inner, history):
    times, positions, mask, query = history
    network, mask = make(inner=inner), mask.clone()
    mask[:, -1] = 1
    late = network(times - 0.25, positions, mask, query - 0.25)
    torch.testing.assert_close(late, network(times, positions, mask, query))


def test_moving_the_origin_moves_the_forecast(history):
    times, positions, mask, query = history
    away = torch.tensor([40.0, -7.0, 1.3], dtype=torch.float64)
    network = make()
    torch.testing.assert_close(
        network(times, positions + away, mask, query), network(*history) + away
    )
    assert (
        make(fixed_root=True)(times, positions + away, mask, query)
        - make(fixed_root=True)(*history)
        - away
    ).abs().max() > 1e-3


@pytest.mark.parametrize('inner', INNER)
def test_the_forecast_meets_the_newest_observation(inner, history):
    times, positions, _, _ = history
    mask = torch.ones(3, 16, 17).double()
    now = make(inner=inner)(times, positions, mask, torch.zeros(3, 1).double())
    torch.testing.assert_close(now[:, 0], positions[:, -1])


def test_the_inner_loop_repairs_what_was_seen(history):
    """The fit brings an untrained network closer to the observed samples than its encoder does."""
    times, positions, mask, _ = history
    missed = {}
    for inner in INNER:
        repaired = make(inner=inner)(times, positions, mask, times)
        missed[inner] = ((repaired - positions).norm(dim=-1) * mask).sum() / mask.sum()
    assert missed['closed_form'] < 0.9 * missed['none']
    assert missed['gradient'] < missed['none']


def test_the_forecast_is_no_linear_filter(history):
    """Twice the displacement is not twice the forecast: the modulation looks at the history."""
    times, positions, mask, query = history
    network, mask = make(), torch.ones_like(mask)
    newest = positions[:, -1:]
    once = network(times, positions, mask, query) - newest
    twice = network(times, newest + 2 * (positions - newest), mask, query) - newest
    still = network(times, newest + 0 * positions, mask, query) - newest
    assert (twice - 2 * once + still).abs().max() > 1e-3


@pytest.mark.parametrize(
    ('switch', 'part'), [('codebook', 'codebook'), ('attention', 'attention')]
)
def test_a_part_that_is_off_has_no_weights(switch, part):
    with_part, without = make(), make(**{switch: 0})
    assert any(part in name for name, _ in with_part.named_parameters())
    assert not any(part in name for name, _ in without.named_parameters())


def test_an_unknown_inner_loop_is_named():
    with pytest.raises(ValueError, match="no inner loop 'newton': give one of closed_form"):
        make(inner='newton')


@pytest.mark.parametrize('inner', INNER)
def test_it_learns_a_motion(inner):
    """Forty steps on circling joints beat standing still by half."""
    torch.manual_seed(0)
    network = make(inner=inner).float().train()
    optimizer = torch.optim.Adam(network.parameters(), 3e-3)
    times, query = torch.arange(-9, 1) * 0.04, torch.arange(1, 7) * 0.08
    every = torch.cat([times, query])

    def circles():
        phase, radius = 6.28 * torch.rand(16, 1, 17), 0.1 + 0.1 * torch.rand(16, 1, 17)
        angle = phase + 4 * every[None, :, None]
        path = torch.stack([angle.cos(), angle.sin(), 0 * angle], -1) * radius[..., None]
        return path[:, :10], path[:, 10:]

    errors = []
    for _ in range(60):
        past, future = circles()
        forecast = network(times.expand(16, 10), past, torch.ones(16, 10, 17), query.expand(16, 6))
        loss = (forecast - future).norm(dim=-1).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        errors.append((loss / (past[:, -1:] - future).norm(dim=-1).mean()).item())
    assert sum(errors[-5:]) / 5 < 0.5
