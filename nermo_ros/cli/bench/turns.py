# SPDX-License-Identifier: Apache-2.0
"""Times and allocations of calls."""

import gc
import time
import tracemalloc
from collections.abc import Callable, Mapping

import numpy as np

Call = Callable[[], object]
WARM_UP = 10  # calls that do not count: the first ones plan and allocate
BLOCK = 5  # calls in a row, so that the caches are a contender's own for most of its turn


def take_turns(calls: Mapping[str, Call], runs: int) -> dict[str, np.ndarray]:
    """Milliseconds (runs,) of each call.

    They take turns of BLOCK calls, so that a machine that is busy or slow for a while is so for
    all of them; Python collects no garbage meanwhile, as in the node.
    """
    blocks = -(-(WARM_UP + runs) // BLOCK)
    took = {name: np.zeros((blocks, BLOCK)) for name in calls}
    gc.collect()
    gc.disable()
    try:
        for block in range(blocks):
            for name, call in calls.items():
                for turn in range(BLOCK):
                    began = time.perf_counter_ns()
                    call()
                    took[name][block, turn] = (time.perf_counter_ns() - began) / 1e6
    finally:
        gc.enable()
    return {name: each.ravel()[WARM_UP : WARM_UP + runs] for name, each in took.items()}


def percentiles(values: np.ndarray) -> dict[str, float]:
    """p50 and p99, to a microsecond where the values are ms."""
    p50, p99 = np.percentile(values, [50, 99])
    return {'p50': round(float(p50), 3), 'p99': round(float(p99), 3)}


def allocations(call: Call, runs: int = 20) -> dict[str, int]:
    """Bytes that Python and numpy allocate, a library's own arenas not among them.

    peak: at most at once during a call, its result included; kept: more after a call than before
    it, on average.
    """
    for _ in range(WARM_UP):
        call()
    tracemalloc.start()
    try:
        call()
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        for _ in range(runs):
            call()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return {'peak': max(0, peak - before), 'kept': max(0, round((after - before) / runs))}
