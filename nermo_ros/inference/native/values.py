# SPDX-License-Identifier: Apache-2.0
"""The values of a graph while it is translated: put off, or computed into buffers."""

import math
from collections import Counter
from collections.abc import Collection

import numpy as np

from nermo_ros.inference.native.graph import Graph
from nermo_ros.inference.native.memory import BUFFER, View, place
from nermo_ros.inference.native.nests import Formula, Reduction, nest, reduction_nest


class Values:
    """By name; what has to be computed is written into `statements`, in order."""

    def __init__(self, graph: Graph):
        self.shapes = graph.shapes
        self.statements: list[str] = []
        self._known: dict[str, View | Formula] = {
            name: View.whole(name, graph.shapes[name]) for name in graph.inputs
        }
        self._graph_constants = graph.constants
        self._kept: list[np.ndarray] = []
        self._sizes: dict[int, int] = {}  # of the buffers, in floats
        self._uses = Counter(name for node in graph.nodes for name in node.inputs)

    def __setitem__(self, name: str, value: View | Formula) -> None:
        self._known[name] = value

    def __getitem__(self, name: str) -> View | Formula:
        if name not in self._known:
            array = self._graph_constants[name]
            alone = Formula(literal(array.item()), (), array.shape) if array.size == 1 else None
            self._known[name] = alone or self.keep(array)
        return self._known[name]

    def memory(self, name: str) -> View:
        """Where the value can be read from; computed now if it has been put off."""
        value = self[name]
        if isinstance(value, Formula):
            value = self._known[name] = self.computed(value, self.buffer(value.shape))
        return value

    def argument(self, name: str, shape: tuple[int, ...]) -> View | Formula:
        """For a formula of that shape: not put off where it would be computed more than once."""
        value = self[name]
        if isinstance(value, View) or not value.arguments:
            return value
        return self.memory(name) if self._uses[name] > 1 or value.shape != shape else value

    def computed(self, formula: Formula, to: View) -> View:
        """`to`, into which the formula is computed now."""
        self.statements.append(nest(formula, to))
        return to

    def reduced(self, formula: Formula, axes: Collection[int], how: Reduction) -> View:
        """The formula's reduction, computed now; the axes stay, of size 1."""
        shape = tuple(1 if axis in axes else size for axis, size in enumerate(formula.shape))
        to = self.buffer(shape)
        self.statements.append(reduction_nest(formula, to, axes, how))
        return to

    def copied(self, view: View, to: View | None = None) -> View:
        """The same row after row, or as `to` has them."""
        to = to or self.buffer(view.shape)
        return self.computed(Formula('{0}', (view,), view.shape), to)

    def packed(self, view: View) -> View:
        """As it is if it stands row after row, else a copy."""
        return view if view.is_packed else self.copied(view)

    def turned(self, view: View) -> View:
        """Row after row; a constant is kept so from the beginning."""
        if view.base != 'constants':
            return self.copied(view)
        flat = self.constants()[view.offset :]
        strides = [flat.itemsize * stride for stride in view.strides]
        return self.keep(np.lib.stride_tricks.as_strided(flat, view.shape, strides))

    def buffer(self, shape: tuple[int, ...]) -> View:
        """Floats that nothing else uses while they are needed."""
        number = len(self._sizes)
        self._sizes[number] = math.prod(shape)
        return View.whole(f'B{number}', shape)

    def keep(self, array: np.ndarray) -> View:
        """A constant, behind those before it, at the beginning of a cache line."""
        start = sum(len(each) for each in self._kept)
        flat = np.ravel(array).astype(np.float32)
        self._kept.append(np.pad(flat, (0, -flat.size % 16)))
        return View.whole('constants', array.shape, start)

    def constants(self) -> np.ndarray:
        """All that are kept, (n,) float32."""
        return np.concatenate([np.zeros(0, np.float32), *self._kept])

    def body(self) -> tuple[str, int]:
        """The statements, and how many floats of an arena they work in."""
        places, length = place(self.statements, self._sizes)
        text = '\n'.join(self.statements)
        return BUFFER.sub(lambda match: f'(arena + {places[int(match[1])]})', text), length


def literal(number: float) -> str:
    """A float in C."""
    number = float(np.float32(number))
    if math.isinf(number):
        return 'INFINITY' if number > 0 else '(-INFINITY)'
    return f'{number!r}f'
