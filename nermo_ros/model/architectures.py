# SPDX-License-Identifier: Apache-2.0
"""The networks that can be trained, by name.

Each is called like MotionNetwork: network(times (B, N) s <= 0, positions (B, N, J, 3) m,
mask (B, N, J), query (B, Q) s) -> (B, Q, J, 3) m.
"""

from dataclasses import fields
from typing import Any

from torch import nn

from nermo_ros.model.ltd import LtdConfig, LtdNetwork
from nermo_ros.model.nermo import NermoConfig, NermoNetwork
from nermo_ros.model.network import MotionNetwork, NetworkConfig
from nermo_ros.model.simlpe import SimlpeConfig, SimlpeNetwork

# Name: constructor, called with parents, mirror and sizes, and the dataclass of the sizes.
ARCHITECTURES: dict[str, tuple[type[nn.Module], type]] = {
    'motion': (MotionNetwork, NetworkConfig),
    'nermo': (NermoNetwork, NermoConfig),
    'simlpe': (SimlpeNetwork, SimlpeConfig),
    'ltd': (LtdNetwork, LtdConfig),
}


def build(
    architecture: str, parents: tuple[int, ...], mirror: tuple[int, ...], sizes: dict[str, Any]
) -> nn.Module:
    """A freshly initialised network of a body (see skeleton/body.py).

    sizes: what differs from the architecture's defaults. Raises ValueError for an architecture or
    a size that does not exist.
    """
    if architecture not in ARCHITECTURES:
        raise ValueError(
            f'no architecture {architecture!r}: give one of {", ".join(ARCHITECTURES)}'
        )
    constructor, config = ARCHITECTURES[architecture]
    known = [field.name for field in fields(config)]
    if unknown := sorted(set(sizes) - set(known)):
        raise ValueError(
            f'{architecture} has no size {", ".join(unknown)}: it has {", ".join(known)}'
        )
    plain = {name: _frozen(value) for name, value in sizes.items()}
    return constructor(parents, mirror, config(**plain))


def _frozen(value: Any) -> Any:
    """A list of a YAML file as a tuple, lists within it too."""
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
