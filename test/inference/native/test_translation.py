# SPDX-License-Identifier: Apache-2.0
"""Each operator, compiled, against ONNX Runtime."""

import functools
import platform
from pathlib import Path

import numpy as np
import pytest

from nermo_ros.inference.native import graph as native_graph
from nermo_ros.inference.native.compiler import FLAGS, Library, compile_graph, find_compiler
from nermo_ros.inference.native.graph import TIMES, Graph, Node, one_person
from nermo_ros.inference.native.translation import translate
from nermo_ros.inference.predictor import BackendError, UnavailableError

onnx = pytest.importorskip('onnx')
torch = pytest.importorskip('torch')
try:
    find_compiler()
except UnavailableError as missing:
    pytest.skip(str(missing), allow_module_level=True)

SAMPLES, JOINTS = 8, 5
WIDE, NARROW, MIXING = (
    torch.randn(shape, generator=torch.Generator().manual_seed(0))
    for shape in ((3, 70), (70, 19), (JOINTS, JOINTS))
)


# Of one person alone, as a graph's answer is: times, positions, mask -> poses (B, n, J, 3).


def elementwise(times, positions, mask):
    x = (
        positions.clamp(-2, 3).abs().sqrt()
        - positions.square() * times.mean(1)[:, None, None, None]
    )
    x = torch.maximum(x.exp(), positions.tanh()) / (2 + (7 * positions).sin() + positions.cos())
    x = torch.where(positions > 0, x, -x.sigmoid()) + torch.erf(positions).clamp_min(0.1).log()
    return torch.minimum(x, 1 + positions)[:, :1]


def moved(times, positions, mask):
    x = positions.permute(0, 3, 2, 1)[:, 1:, :, 2:]  # (B, 2, J, N - 2)
    x = torch.cat([x, x[:, :1]], 1).transpose(2, 3).flatten(2)
    left, right = x.unflatten(2, (-1, JOINTS)).split([2, SAMPLES - 4], 2)
    picked = right[:, :, 1] + left.sum(2) + mask[:, -1, None].expand(-1, 3, -1)
    return picked.transpose(1, 2)[:, None]


def reduced(times, positions, mask):
    x = torch.cat([positions.amax(1, keepdim=True), positions.mean(1, keepdim=True)], 1)
    x = x + torch.linalg.vector_norm(positions, dim=3, keepdim=True).sum(1, keepdim=True)
    x = x + positions.amin((1, 2), keepdim=True)
    return x + (positions * mask[..., None]).square().sum((1, 2), keepdim=True)


def products(times, positions, mask):
    wide = positions @ WIDE  # more columns than a tile has, and a rest
    gram = wide.transpose(2, 3) @ wide / 100  # of each sample
    x = torch.nn.functional.silu(wide @ gram) @ NARROW
    return (MIXING @ x @ NARROW[:19, :3])[:, 2:4]


def normed(times, positions, mask):
    turned = positions.transpose(1, 2)
    norm = torch.nn.functional.layer_norm(turned, (3,), WIDE[:, 0], WIDE[:, 1])
    return (norm + torch.softmax(5 * turned, -1)).transpose(1, 2)[:, :2]


def guarded(times, positions, mask):
    """What stands where the mask is 0 may be no number."""
    clean = torch.where(mask[..., None].expand(-1, -1, -1, 3) > 0, positions, 0.0)
    return clean.sum(1, keepdim=True)


@functools.cache
def exported(function):
    """As `nermo export` writes a network, with all four inputs and one pose for each time."""

    class Wrapped(torch.nn.Module):
        def forward(self, times, positions, mask, query):
            pose = function(times, positions, mask).sum(1, keepdim=True)
            return pose + query[..., None, None] * times[:, :1, None, None] + 0 * mask.sum()

    people, asked = torch.export.Dim('people'), torch.export.Dim('times')
    program = torch.onnx.export(
        Wrapped().eval(),
        tuple(torch.from_numpy(array) for array in arrays(3, 7)),
        dynamo=True,
        opset_version=18,
        input_names=['times', 'positions', 'mask', 'query'],
        output_names=['forecast'],
        dynamic_shapes=({0: people}, {0: people}, {0: people}, {0: people, 1: asked}),
        verbose=False,
    )
    return program.model_proto.SerializeToString()


def arrays(people, asked):
    rng = np.random.default_rng(0)
    shapes = (people, SAMPLES), (people, SAMPLES, JOINTS, 3), (people, SAMPLES, JOINTS)
    times, positions, mask = (rng.normal(size=shape) for shape in shapes)
    query = rng.normal(size=(people, asked))
    return [np.ascontiguousarray(a, np.float32) for a in (times, positions, mask > 0, query)]


def run(library, people, asked, inputs):
    answer = np.full((people, asked, JOINTS, 3), np.nan, np.float32)
    work = np.zeros(library.arena_floats + 16, np.float32)
    start = work.ctypes.data
    pointers = [array.ctypes.data for array in (*inputs, answer)]
    library.forecast(people, asked, *pointers, start + -start % 64)
    return answer


@pytest.mark.parametrize(
    'function', [elementwise, moved, reduced, products, normed], ids=lambda f: f.__name__
)
@pytest.mark.parametrize('flags', ['native', 'x86-64-v3', 'x86-64'])
def test_agrees_with_onnx_runtime(function, flags, monkeypatch):
    onnxruntime = pytest.importorskip('onnxruntime')
    if flags != 'native':
        if platform.machine() != 'x86_64':
            pytest.skip('of another processor')
        if flags == 'x86-64-v3' and 'avx2' not in Path('/proc/cpuinfo').read_text():
            pytest.skip('this processor has no AVX2')
        monkeypatch.setattr(
            'nermo_ros.inference.native.compiler.FLAGS',
            [f'-march={flags}' if 'march' in flag else flag for flag in FLAGS],
        )
    graph = exported(function)
    inputs = arrays(3, TIMES + 5)  # a full run and the rest of one
    session = onnxruntime.InferenceSession(graph, providers=['CPUExecutionProvider'])
    names = [each.name for each in session.get_inputs()]
    (expected,) = session.run(None, dict(zip(names, inputs, strict=True)))
    got = run(Library(compile_graph(graph, SAMPLES)), 3, TIMES + 5, inputs)
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-5)


def test_what_is_masked_out_may_be_no_number():
    inputs = arrays(2, 3)
    library = Library(compile_graph(exported(guarded), SAMPLES))
    expected = run(library, 2, 3, inputs)
    spoilt = np.where(inputs[2][..., None] > 0, inputs[1], np.float32(np.nan))
    inputs[1] = np.ascontiguousarray(spoilt)
    np.testing.assert_array_equal(run(library, 2, 3, inputs), expected)


def test_memory_is_used_again():
    """Of the products, no more than two wide ones are alive at once."""
    graph = one_person(exported(products), SAMPLES)
    assert translate(graph).arena < 4 * SAMPLES * 70 * 70


def test_an_operator_that_is_not_translated_is_named():
    with pytest.raises(BackendError, match='Atan is not translated'):
        translate(one_person(exported(lambda t, p, m: p.atan()[:, :1]), SAMPLES))


def test_an_operator_that_is_used_otherwise_is_named():
    with pytest.raises(BackendError, match='powers other than squares are not translated'):
        translate(one_person(exported(lambda t, p, m: p[:, :1] ** 3), SAMPLES))
    bound_by_what_is_computed = Node('Clip', ('times', 'mask'), ('forecast',), {})
    shapes = {'times': (1, 8), 'mask': (1, 8), 'forecast': (1, 8)}
    graph = Graph((bound_by_what_is_computed,), {}, shapes, ('times', 'mask'), 'forecast')
    with pytest.raises(BackendError, match='Clip, as it is used here, is not translated'):
        translate(graph)


def test_a_graph_of_other_numbers_is_refused():
    graph = exported(lambda t, p, m: p.argmax(1, keepdim=True).float())
    with pytest.raises(BackendError, match='float32'):
        one_person(graph, SAMPLES)


def test_what_is_no_graph_is_refused():
    with pytest.raises(BackendError, match='cannot be read'):
        one_person(b'not a graph', SAMPLES)


def test_without_onnx_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(native_graph, 'find_spec', lambda name: None)
    with pytest.raises(UnavailableError, match='pip install onnx'):
        one_person(b'', SAMPLES)
