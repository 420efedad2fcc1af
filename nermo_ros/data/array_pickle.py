# SPDX-License-Identifier: Apache-2.0
"""Pickles of numpy arrays, read without running what else a pickle could name."""

import pickle
from typing import Any, BinaryIO

# What arrays and their scalars are made with, by versions 1 and 2 of numpy and from Python 2 on.
ALLOWED = {
    ('numpy', 'ndarray'),
    ('numpy', 'dtype'),
    ('_codecs', 'encode'),
    *(
        (f'numpy.{core}.{module}', name)
        for core in ('core', '_core')
        for module, name in (
            ('multiarray', '_reconstruct'),
            ('multiarray', 'scalar'),
            ('numeric', '_frombuffer'),
        )
    ),
}


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(
                f'it names {module}.{name}, which numpy arrays do not need and which could run '
                'code: nothing of it was run, download the file again from its own site'
            )
        return super().find_class(module, name)


def load_arrays(stream: BinaryIO) -> Any:
    """Numpy arrays, text and numbers in lists and mappings; text of Python 2 as Latin-1.

    Raises pickle.UnpicklingError that names what the pickle holds besides.
    """
    return _ArrayUnpickler(stream, encoding='latin1').load()
