# SPDX-License-Identifier: Apache-2.0
"""Several processes, devices and machines, and mixed precision, by Lightning Fabric."""

from lightning_fabric import Fabric
from lightning_fabric.strategies import DDPStrategy


def launch(
    accelerator: str = 'cpu', devices: int = 1, nodes: int = 1, precision: str = '32-true'
) -> Fabric:
    """Start the other processes, each of which runs this script anew, or join one's fellows.

    Raises ValueError when the accelerator is not there or not in that number.
    """
    several = devices * nodes > 1
    try:
        fabric = Fabric(
            accelerator=accelerator,
            devices=devices,
            num_nodes=nodes,
            precision=precision,
            strategy=DDPStrategy(find_unused_parameters=True) if several else 'auto',
        )
    except RuntimeError as error:  # of Lightning's, where a machine has no such device
        raise ValueError(f'--accelerator {accelerator} --devices {devices}: {error}') from error
    fabric.launch()
    return fabric
