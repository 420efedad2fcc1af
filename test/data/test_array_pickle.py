# SPDX-License-Identifier: Apache-2.0
import builtins
import io
import os
import pickle

import numpy as np
import pytest

from nermo_ros.data.array_pickle import load_arrays

# As Python 2 and numpy 1 write np.arange(2.0) with protocol 0.
OLD = (
    b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(I2\ntcnumpy\n"
    b"dtype\n(S'f8'\nI0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntbI00\n"
    b"S'\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xf0?'\ntb."
)


class Calls:
    """Pickled as the call of a function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize('protocol', range(pickle.HIGHEST_PROTOCOL + 1))
def test_arrays_of_any_protocol(protocol):
    content = {
        'rows': [np.arange(6.0).reshape(2, 3), np.asfortranarray(np.ones((2, 3), np.float32))],
        'names': np.array(['one', 'two']),
        'rate': np.float64(30),
        'text': 'ä',
    }
    loaded = load_arrays(io.BytesIO(pickle.dumps(content, protocol=protocol)))
    np.testing.assert_equal(loaded, content)


def test_arrays_of_python_2():
    np.testing.assert_array_equal(load_arrays(io.BytesIO(OLD)), [0, 1])


@pytest.mark.parametrize(
    'call, name',
    [
        (Calls(os.system, 'true'), 'system'),
        (Calls(builtins.eval, '1'), 'eval'),
        (Calls(np.load, 'file.npy'), 'load'),
    ],
)
@pytest.mark.parametrize('protocol', [0, 2, 5])
def test_other_names_are_refused_and_told(call, name, protocol):
    stream = io.BytesIO(pickle.dumps([np.zeros(2), call], protocol=protocol))
    with pytest.raises(pickle.UnpicklingError, match=rf'{name}.*could run code'):
        load_arrays(stream)
