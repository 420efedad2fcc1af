# SPDX-License-Identifier: Apache-2.0
"""Any number of people and times through programs of a few fixed shapes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.predictor import BackendError, check_shapes

PEOPLE = (1, 2, 4, 8, 16)
# The node asks for 26 times by default; a service call or a short step for more.
TIMES = (32, 256)
BUCKETS = tuple((people, times) for times in TIMES for people in PEOPLE)


@dataclass(frozen=True)
class Part:
    """What one run of a program answers: rows (people) and columns (times) of the whole."""

    rows: slice
    columns: slice
    bucket: tuple[int, int]


def parts(people: int, times: int) -> Iterator[Part]:
    """Cuts (people, times) into parts that fit into BUCKETS, each into its smallest."""
    for rows, wide in _cuts(people, PEOPLE):
        for columns, long in _cuts(times, TIMES):
            yield Part(rows, columns, (wide, long))


def _cuts(count: int, sizes: tuple[int, ...]) -> Iterator[tuple[slice, int]]:
    for start in range(0, count, sizes[-1]):
        stop = min(start + sizes[-1], count)
        yield slice(start, stop), next(size for size in sizes if size >= stop - start)


class Program(Protocol):
    """The model for one bucket: run() reads inputs (times, positions, mask, query) and fills
    output, host arrays whose memory stays the same."""

    inputs: tuple[np.ndarray, ...]
    output: np.ndarray

    def run(self) -> None: ...


class Programs:
    """Calls programs, made by `make(people, times)`, with parts of what it is given.

    A bucket is padded with whatever the last call left: rows do not see each other. Nothing but
    the answer is allocated once a bucket is warm.
    """

    def __init__(self, name: str, card: ModelCard, make: Callable[[int, int], Program]):
        self._name = name
        self._card = card
        self._make = make
        self._made: dict[tuple[int, int], Program] = {}
        self._closed = False

    def warm_up(self) -> None:
        """Make every program and run it."""
        for bucket in BUCKETS:
            self._program(bucket).run()

    def __call__(self, *arrays: np.ndarray) -> np.ndarray:
        """times, positions, mask, query as a Predictor takes them, and its answer."""
        if self._closed:
            raise BackendError(f'{self._name} failed: it is closed')
        people, times = check_shapes(self._card, self._name, arrays)
        answer = np.empty((people, times, len(self._card.joints), 3), np.float32)
        *history, query = arrays
        for part in parts(people, times):
            program = self._program(part.bucket)
            count, asked = part.rows.stop - part.rows.start, part.columns.stop - part.columns.start
            for to, array in zip(program.inputs, history, strict=False):
                to[:count] = array[part.rows]
            program.inputs[3][:count, :asked] = query[part.rows, part.columns]
            program.run()
            answer[part.rows, part.columns] = program.output[:count, :asked]
        return answer

    def close(self) -> None:
        """Let go of every program."""
        self._closed = True
        self._made.clear()

    def _program(self, bucket: tuple[int, int]) -> Program:
        if bucket not in self._made:
            self._made[bucket] = self._make(*bucket)
        return self._made[bucket]
