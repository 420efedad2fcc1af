# SPDX-License-Identifier: Apache-2.0
"""Operators of a graph as statements in C++.

What works element by element is put off and computed where it is needed first, in one loop with
what it is needed for; what only moves things is a view, and costs nothing.
"""

import math
from dataclasses import dataclass

import numpy as np

from nermo_ros.inference.native.graph import Graph, Node
from nermo_ros.inference.native.memory import View, reshaped
from nermo_ros.inference.native.nests import Formula, Reduction
from nermo_ros.inference.native.values import Values, literal
from nermo_ros.inference.predictor import BackendError

ELEMENTWISE = {
    'Abs': 'fabsf({0})',
    'Add': '({0} + {1})',
    'Cast': '{0}',  # conditions are 0 and 1
    'Cos': 'cosine({0})',
    'Div': '({0} / {1})',
    'Equal': '({0} == {1} ? 1.f : 0.f)',
    'Erf': 'error_function({0})',
    'Exp': 'exponential({0})',
    'Greater': '({0} > {1} ? 1.f : 0.f)',
    'Identity': '{0}',
    'Log': 'logf({0})',
    'Max': 'most({0}, {1})',
    'Min': 'least({0}, {1})',
    'Mul': '({0} * {1})',
    'Neg': '(-{0})',
    'Sigmoid': 'sigmoid({0})',
    'Sin': 'sine({0})',
    'Sqrt': 'sqrtf({0})',
    'Sub': '({0} - {1})',
    'Tanh': 'hyperbolic_tangent({0})',
    'Where': '({0} != 0.f ? {1} : {2})',
}
REDUCTIONS = {
    'ReduceL2': Reduction('0.f', '{sum} += square({x})', 'sqrtf({sum})'),
    'ReduceMax': Reduction('-INFINITY', '{sum} = most({sum}, {x})', '{sum}'),
    'ReduceMean': Reduction('0.f', '{sum} += {x}', '{sum} / {count}'),
    'ReduceMin': Reduction('INFINITY', '{sum} = least({sum}, {x})', '{sum}'),
    'ReduceSum': Reduction('0.f', '{sum} += {x}', '{sum}'),
}


@dataclass(frozen=True)
class Program:
    """body: statements over pointers named as the graph's inputs, `out`, `constants`, `arena`;
    constants: (n,) float32; arena: floats that the statements work in."""

    body: str
    constants: np.ndarray
    arena: int


def translate(graph: Graph) -> Program:
    """Raises BackendError that names an operator which is not translated."""
    return _Translation(graph).program()


class _Translation:
    def __init__(self, graph: Graph):
        self._constants, self._shapes = graph.constants, graph.shapes
        self._values = Values(graph)
        for node in graph.nodes:
            try:
                self._translate(node)
            except (LookupError, TypeError, ValueError) as error:
                raise BackendError(
                    f'the operator {node.kind}, as it is used here, is not translated to C++: '
                    f'{error!r}'
                ) from error
        result = self._values.memory(graph.output)
        self._values.copied(result, View.whole('out', result.shape))

    def program(self) -> Program:
        body, length = self._values.body()
        return Program(body, self._values.constants(), length)

    def _translate(self, node: Node) -> None:
        translated = getattr(self, f'_{node.kind.lower()}', None)
        if node.kind in ELEMENTWISE:
            self._put_off(node, ELEMENTWISE[node.kind], node.inputs)
        elif node.kind in REDUCTIONS:
            self._reduce(node, REDUCTIONS[node.kind])
        elif translated is not None:
            translated(node)
        else:
            raise BackendError(f'the operator {node.kind} is not translated to C++')

    def _put_off(self, node: Node, text: str, names: tuple[str, ...]) -> None:
        shape = self._shapes[node.outputs[0]]
        arguments = tuple(self._values.argument(name, shape) for name in names)
        self._values[node.outputs[0]] = Formula(text, arguments, shape)

    def _clip(self, node: Node) -> None:
        text = '{0}'
        for name, function in zip(node.inputs[1:], ('most', 'least'), strict=False):
            if name:
                text = f'{function}({text}, {literal(self._constants[name].item())})'
        self._put_off(node, text, node.inputs[:1])

    def _pow(self, node: Node) -> None:
        exponent = self._constants.get(node.inputs[1])
        if exponent is None or exponent.size != 1 or exponent.item() != 2:
            raise BackendError('powers other than squares are not translated to C++')
        self._put_off(node, 'square({0})', node.inputs[:1])

    def _reduce(self, node: Node, how: Reduction) -> None:
        shape = self._shapes[node.inputs[0]]
        value = self._values.argument(node.inputs[0], shape)
        formula = value if isinstance(value, Formula) else Formula('{0}', (value,), shape)
        if len(node.inputs) > 1:
            named = self._constants[node.inputs[1]].ravel().tolist()
        else:
            named = node.attributes.get('axes', range(len(shape)))
        axes = {axis % len(shape) for axis in named}
        to = self._values.reduced(formula, axes, how)
        self._values[node.outputs[0]] = View.whole(to.base, self._shapes[node.outputs[0]])

    def _transpose(self, node: Node) -> None:
        view, order = self._values.memory(node.inputs[0]), node.attributes['perm']
        shape, strides = ([of[axis] for axis in order] for of in (view.shape, view.strides))
        self._values[node.outputs[0]] = View(view.base, view.offset, tuple(shape), tuple(strides))

    def _reshape(self, node: Node) -> None:
        view, shape = self._values.memory(node.inputs[0]), self._shapes[node.outputs[0]]
        there = reshaped(view, shape)
        if there is None:
            there = View.whole(self._values.copied(view).base, shape)
        self._values[node.outputs[0]] = there

    _flatten = _squeeze = _unsqueeze = _reshape

    def _expand(self, node: Node) -> None:
        view, shape = self._values.memory(node.inputs[0]), self._shapes[node.outputs[0]]
        spread = view.spread(len(shape))
        self._values[node.outputs[0]] = View(view.base, view.offset, shape, spread)

    def _slice(self, node: Node) -> None:
        view = self._values.memory(node.inputs[0])
        starts, _, axes, *steps = (
            self._constants[name].ravel().tolist() for name in node.inputs[1:]
        )
        if steps and set(steps[0]) != {1}:
            raise BackendError('slices in steps are not translated to C++')
        offset = view.offset
        for start, axis in zip(starts, axes, strict=True):
            size = view.shape[axis]
            offset += view.strides[axis] * (
                max(start + size, 0) if start < 0 else min(start, size)
            )
        shape = self._shapes[node.outputs[0]]
        self._values[node.outputs[0]] = View(view.base, offset, shape, view.strides)

    def _split(self, node: Node) -> None:
        view = self._values.memory(node.inputs[0])
        axis, offset = node.attributes.get('axis', 0) % len(view.shape), view.offset
        for name in node.outputs:
            self._values[name] = View(view.base, offset, self._shapes[name], view.strides)
            offset += view.strides[axis] * self._shapes[name][axis]

    def _gather(self, node: Node) -> None:
        view, index = self._values.memory(node.inputs[0]), self._constants.get(node.inputs[1])
        if index is None or index.ndim:
            raise BackendError('gathering more than one element is not translated to C++')
        axis = node.attributes.get('axis', 0) % len(view.shape)
        strides = view.strides[:axis] + view.strides[axis + 1 :]
        offset = view.offset + view.strides[axis] * (int(index) % view.shape[axis])
        shape = self._shapes[node.outputs[0]]
        self._values[node.outputs[0]] = View(view.base, offset, shape, strides)

    def _concat(self, node: Node) -> None:
        to = self._values.buffer(self._shapes[node.outputs[0]])
        axis, offset = node.attributes['axis'] % len(to.shape), 0
        for name in node.inputs:
            value = self._values.argument(name, self._shapes[name])
            part = View(to.base, offset, self._shapes[name], to.strides)
            if isinstance(value, Formula):
                self._values.computed(value, part)
            else:
                self._values.copied(value, part)
            offset += to.strides[axis] * self._shapes[name][axis]
        self._values[node.outputs[0]] = to

    def _matmul(self, node: Node) -> None:
        left, right = (self._values.memory(name) for name in node.inputs)
        self._values[node.outputs[0]] = self._product(left, right, self._shapes[node.outputs[0]])

    def _gemm(self, node: Node) -> None:
        attributes, shape = node.attributes, self._shapes[node.outputs[0]]
        if attributes.get('alpha', 1) != 1 or attributes.get('beta', 1) != 1:
            raise BackendError('Gemm with factors is not translated to C++')
        left, right = (self._values.memory(name) for name in node.inputs[:2])
        left, right = (
            View(v.base, v.offset, v.shape[::-1], v.strides[::-1]) if attributes.get(turn) else v
            for v, turn in ((left, 'transA'), (right, 'transB'))
        )
        result: View | Formula = self._product(left, right, shape)
        if len(node.inputs) > 2:
            result = Formula('({0} + {1})', (result, self._values.memory(node.inputs[2])), shape)
        self._values[node.outputs[0]] = result

    def _product(self, left: View, right: View, shape: tuple[int, ...]) -> View:
        if right.strides[-1] != 1:
            right = self._values.turned(right)
        to, lead = self._values.buffer(shape), len(shape) - 2
        (rows, depth), columns = left.shape[-2:], right.shape[-1]
        batch = [
            axis
            for axis in zip(
                shape[:-2],
                View(left.base, 0, left.shape[:-2], left.strides[:-2]).spread(lead),
                View(right.base, 0, right.shape[:-2], right.strides[:-2]).spread(lead),
                to.strides[:-2],
                strict=True,
            )
            if axis[0] != 1
        ]
        # Rows of several products with one matrix are rows of one product.
        while batch and batch[-1][2] == 0 and batch[-1][1] == left.strides[-2] * rows:
            rows *= batch.pop()[0]
        pointers = [
            ' + '.join([view.pointer, *(f'i{n} * {axis[at]}' for n, axis in enumerate(batch))])
            for at, view in enumerate((left, right, to), 1)
        ]
        loops = ''.join(
            f'for (int i{n} = 0; i{n} < {axis[0]}; ++i{n}) ' for n, axis in enumerate(batch)
        )
        self._values.statements.append(
            f'{loops}product<{rows}, {columns}, {depth}>({pointers[0]}, {left.strides[-2]}, '
            f'{left.strides[-1]}, {pointers[1]}, {right.strides[-2]}, {pointers[2]}, {columns});'
        )
        return to

    def _layernormalization(self, node: Node) -> None:
        scale, shift = (self._values.memory(name).pointer for name in node.inputs[1:3])
        epsilon = literal(node.attributes['epsilon'])
        self._by_rows(node, 'layer_norm', f'{scale}, {shift}, {epsilon}, ')

    def _softmax(self, node: Node) -> None:
        self._by_rows(node, 'softmax', '')

    def _by_rows(self, node: Node, function: str, arguments: str) -> None:
        shape = self._shapes[node.outputs[0]]
        if node.attributes.get('axis', -1) % len(shape) != len(shape) - 1:
            raise BackendError(f'{node.kind} not of the last axis is not translated to C++')
        source = self._values.packed(self._values.memory(node.inputs[0]))
        to, size = self._values.buffer(shape), shape[-1]
        self._values.statements.append(
            f'for (int i = 0; i < {math.prod(shape[:-1])}; ++i) {function}<{size}>'
            f'({source.pointer} + i * {size}, {arguments}{to.base} + i * {size});'
        )
        self._values[node.outputs[0]] = to
