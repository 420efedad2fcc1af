# SPDX-License-Identifier: Apache-2.0
import torch

from nermo_ros.model.ltd import GraphConvolution, LtdConfig, LtdNetwork
from nermo_ros.skeleton.cmu25 import MIRROR, PARENTS


def test_without_a_last_layer_it_holds_the_newest_frame():
    torch.manual_seed(0)
    network = LtdNetwork(PARENTS, MIRROR, LtdConfig(blocks=1, width=16)).eval()
    for parameter in network.last.parameters():
        torch.nn.init.zeros_(parameter)
    positions = 0.3 * torch.randn(2, 10, 25, 3)
    query = torch.tensor([0.04, 0.5, 1.0]).expand(2, 3)
    path = network(torch.zeros(2, 10), positions, torch.ones(2, 10, 25), query)
    torch.testing.assert_close(path, positions[:, -1:].expand(2, 3, 25, 3))


def test_a_graph_convolution_mixes_channels_then_nodes():
    layer, x = GraphConvolution(4, 3, 2), torch.randn(5, 4, 3)
    expected = torch.einsum('uv,bvi,io->buo', layer.edges, x, layer.weight) + layer.bias
    torch.testing.assert_close(layer(x), expected)


def test_dropout_and_batch_statistics_only_while_training():
    torch.manual_seed(0)
    network = LtdNetwork(PARENTS, MIRROR, LtdConfig(blocks=1, width=16))
    arrays = torch.zeros(4, 10), torch.randn(4, 10, 25, 3), torch.ones(4, 10, 25), torch.ones(4, 1)
    assert not torch.equal(network(*arrays), network(*arrays))
    network.eval()
    torch.testing.assert_close(network(*arrays), network(*arrays), rtol=0, atol=0)
    alone = network(*(array[:1] for array in arrays))
    torch.testing.assert_close(alone, network(*arrays)[:1])


def test_size_as_described():
    """26 graph convolutions of 75 nodes, 25 of them with batch normalisation of 256 channels."""
    ends = 35 * 256 + 256 + 256 * 35 + 35 + 2 * 75 * 75
    layers = 24 * (256 * 256 + 256 + 75 * 75) + 25 * 2 * 75 * 256
    parameters = LtdNetwork(PARENTS, MIRROR).parameters()
    assert sum(parameter.numel() for parameter in parameters) == ends + layers
