# SPDX-License-Identifier: Apache-2.0
"""Element by element: formulas of views, and the loops that compute them."""

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from nermo_ros.inference.native.memory import View

UNROLLED = 4  # turns of a sum that are written out, so that the loop around it runs in vectors


@dataclass(frozen=True)
class Formula:
    """What is not computed yet: text in C with {0}, {1} for the arguments; shape of the result."""

    text: str
    arguments: 'tuple[Formula | View, ...]'
    shape: tuple[int, ...]

    def views(self) -> Iterator[View]:
        """All that it reads, in the order of the text."""
        for argument in self.arguments:
            if isinstance(argument, View):
                yield argument
            else:
                yield from argument.views()

    def written(self, elements: Iterator[str]) -> str:
        """In C; elements: of views(), in that order."""
        arguments = [
            next(elements) if isinstance(argument, View) else argument.written(elements)
            for argument in self.arguments
        ]
        return self.text.format(*arguments)


@dataclass(frozen=True)
class Reduction:
    """start, step and end of a reduction in C: {sum}, {x} an element, {count} how many."""

    start: str
    step: str
    end: str


def nest(formula: Formula, to: View) -> str:
    """Statement that computes every element of `to`, of the formula's shape."""
    return _nest(formula, to, formula.shape, frozenset(), None)


def reduction_nest(formula: Formula, to: View, axes: Collection[int], how: Reduction) -> str:
    """Statement that reduces over axes of the formula; `to` has them with size 1."""
    return _nest(formula, to, formula.shape, axes, how)


def _nest(
    formula: Formula,
    to: View,
    shape: tuple[int, ...],
    axes: Collection[int],
    how: Reduction | None,
) -> str:
    views = [to, *formula.views()]
    sizes, strides, reduced = _merged(shape, [view.spread(len(shape)) for view in views], axes)
    elements = [
        _element(view, [of_axis[number] for of_axis in strides])
        for number, view in enumerate(views)
    ]
    value = formula.written(iter(elements[1:]))
    outer = [axis for axis in range(len(sizes)) if not reduced[axis]]
    heads = [_loop(axis, sizes[axis]) for axis in outer]
    if heads:
        heads[-1] = '#pragma GCC ivdep\n' + heads[-1]
    if how is None:
        body = f'{elements[0]} = {value};'
    else:
        inner = [axis for axis in range(len(sizes)) if reduced[axis]]
        count = math.prod(sizes[axis] for axis in inner)
        unroll = f'#pragma GCC unroll {UNROLLED}\n'
        loops = ''.join(
            f'{unroll if sizes[axis] <= UNROLLED else ""}{_loop(axis, sizes[axis])}\n'
            for axis in inner
        )
        step, end = how.step.format(sum='sum', x=value), how.end.format(sum='sum', count=count)
        body = f'float sum = {how.start};\n{loops}{step};\n{elements[0]} = {end};'
    return ''.join(f'{head} {{\n' for head in heads) + f'{{ {body} }}' + '}' * len(heads)


def _merged(
    shape: tuple[int, ...], spreads: list[tuple[int, ...]], axes: Collection[int]
) -> tuple[list[int], list[tuple[int, ...]], list[bool]]:
    """Sizes, strides of each view and whether reduced, of as few axes as will do."""
    sizes: list[int] = []
    strides: list[tuple[int, ...]] = []
    reduced: list[bool] = []
    for axis, size in enumerate(shape):
        if size == 1:
            continue
        steps = tuple(spread[axis] for spread in spreads)
        within = reduced and reduced[-1] == (axis in axes)
        if within and all(a == b * size for a, b in zip(strides[-1], steps, strict=True)):
            sizes[-1], strides[-1] = sizes[-1] * size, steps
        else:
            sizes.append(size)
            strides.append(steps)
            reduced.append(axis in axes)
    return sizes, strides, reduced


def _element(view: View, strides: list[int]) -> str:
    terms = [str(view.offset)] if view.offset else []
    terms += [f'i{axis} * {stride}' for axis, stride in enumerate(strides) if stride]
    return f'{view.base}[{" + ".join(terms) or "0"}]'


def _loop(axis: int, size: int) -> str:
    return f'for (int i{axis} = 0; i{axis} < {size}; ++i{axis})'
