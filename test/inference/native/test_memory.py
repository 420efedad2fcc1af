# SPDX-License-Identifier: Apache-2.0
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nermo_ros.inference.native.memory import View, packed, place, reshaped


def read(view, memory):
    strides = [memory.itemsize * stride for stride in view.strides]
    return np.lib.stride_tricks.as_strided(memory[view.offset :], view.shape, strides)


def test_packed_is_row_after_row():
    assert packed((2, 3, 4)) == (12, 4, 1)
    assert View.whole('a', (2, 3), 5) == View('a', 5, (2, 3), (3, 1))
    assert View('a', 0, (2, 1, 3), (3, 99, 1)).is_packed
    assert not View('a', 0, (3, 2), (1, 3)).is_packed


def test_spread_repeats_what_there_is_one_of():
    assert View('a', 0, (3, 1), (1, 1)).spread(3) == (0, 1, 0)


@given(
    st.permutations([2, 3, 4, 1]),
    st.permutations([0, 1, 2, 3]),
    st.sampled_from([(24,), (2, 12), (6, 4), (4, 3, 2), (1, 8, 3), (2, 1, 2, 6)]),
)
def test_reshaped_reads_the_same_or_tells_that_it_cannot(shape, order, new):
    memory = np.arange(24.0)
    whole = View.whole('a', shape)
    turned = View(
        'a', 0, tuple(shape[axis] for axis in order), tuple(whole.strides[axis] for axis in order)
    )
    expected = read(turned, memory).reshape(new)
    there = reshaped(turned, new)
    if there is None:
        assert not np.shares_memory(expected, memory)  # numpy had to copy it too
    else:
        np.testing.assert_array_equal(read(there, memory), expected)


@given(st.lists(st.tuples(st.integers(1, 100), st.integers(0, 6)), min_size=1, max_size=12))
def test_nothing_stands_where_something_else_is_needed(buffers):
    """Each buffer is written by a statement of its own and read up to some later one."""
    statements = [f'B{number}[0] = ' for number in range(len(buffers))]
    for number, (_, later) in enumerate(buffers):
        reader = min(number + later, len(buffers) - 1)
        statements[reader] += f'B{number}[1];'
    places, length = place(statements, {n: size for n, (size, _) in enumerate(buffers)})
    for line, _ in enumerate(statements):
        taken = np.zeros(length)
        for number, (size, later) in enumerate(buffers):
            if number <= line <= min(number + later, len(buffers) - 1):
                taken[places[number] : places[number] + size] += 1
        assert taken.max() <= 1
    assert all(start % 16 == 0 for start in places.values())
