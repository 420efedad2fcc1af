# SPDX-License-Identifier: Apache-2.0
"""Where values of the graph stand: views of buffers, and the buffers in one small arena."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BUFFER = re.compile(r'\bB(\d+)\b')  # how statements name a buffer
ALIGNED = 16  # floats, of a cache line


@dataclass(frozen=True)
class View:
    """Floats of a buffer: base, its name in C; offset and strides in floats."""

    base: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @classmethod
    def whole(cls, base: str, shape: Sequence[int], offset: int = 0) -> 'View':
        """Row after row."""
        return cls(base, offset, tuple(shape), packed(shape))

    @property
    def is_packed(self) -> bool:
        return all(
            size == 1 or stride == wanted
            for size, stride, wanted in zip(
                self.shape, self.strides, packed(self.shape), strict=True
            )
        )

    @property
    def pointer(self) -> str:
        return f'{self.base} + {self.offset}' if self.offset else self.base

    def spread(self, dimensions: int) -> tuple[int, ...]:
        """Strides over so many dimensions, as broadcasting aligns them."""
        lead = (0,) * (dimensions - len(self.shape))
        pairs = zip(self.shape, self.strides, strict=True)
        return lead + tuple(0 if size == 1 else stride for size, stride in pairs)


def packed(shape: Sequence[int]) -> tuple[int, ...]:
    """Strides of an array that stands row after row."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def reshaped(view: View, shape: Sequence[int]) -> View | None:
    """The same floats in another shape; None where they stand in the wrong order for it."""
    left = [pair for pair in zip(view.shape, view.strides, strict=True) if pair[0] != 1]
    strides, axis = [0] * len(shape), 0
    while axis < len(shape):
        if shape[axis] == 1:
            axis += 1
            continue
        first, old, stride = axis, *left.pop(0)
        new = shape[axis]
        axis += 1
        while new != old:
            if new < old:
                new *= shape[axis]
                axis += 1
            else:
                size, finer = left.pop(0)
                if stride != size * finer:
                    return None
                old, stride = old * size, finer
        for place in range(axis - 1, first - 1, -1):
            strides[place] = stride
            stride *= shape[place]
    return View(view.base, view.offset, tuple(shape), tuple(strides))


def place(statements: Sequence[str], sizes: Mapping[int, int]) -> tuple[dict[int, int], int]:
    """Where in an arena each buffer stands, and how long that is; both in floats.

    sizes: of the buffers by number. One takes the place of others that no statement from its
    first to its last one names.
    """
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for line, statement in enumerate(statements):
        for number in map(int, BUFFER.findall(statement)):
            first.setdefault(number, line)
            last[number] = line
    places: dict[int, int] = {}
    alive: list[int] = []
    length = 0
    for number, line in first.items():
        alive = [other for other in alive if last[other] >= line]
        start, size = 0, _rounded(sizes[number])
        for other in sorted(alive, key=places.__getitem__):
            if start + size <= places[other]:
                break
            start = max(start, places[other] + _rounded(sizes[other]))
        places[number] = start
        alive.append(number)
        length = max(length, start + size)
    return places, length


def _rounded(size: int) -> int:
    return -(-size // ALIGNED) * ALIGNED
