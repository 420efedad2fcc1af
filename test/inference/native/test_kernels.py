# SPDX-License-Identifier: Apache-2.0
"""The functions of kernels.h, compiled by themselves."""

import ctypes
import math
import subprocess

import numpy as np
import pytest

from nermo_ros.inference.native.compiler import FLAGS, KERNELS, find_compiler
from nermo_ros.inference.predictor import UnavailableError

try:
    COMPILER = find_compiler()
except UnavailableError as missing:
    pytest.skip(str(missing), allow_module_level=True)

FUNCTIONS = {
    'sine': np.sin,
    'cosine': np.cos,
    'exponential': np.exp,
    'sigmoid': lambda x: 1 / (1 + np.exp(-x)),
    'hyperbolic_tangent': np.tanh,
    'error_function': np.vectorize(math.erf),
}


@pytest.fixture(scope='module')
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp('kernels')
    loops = [
        f'extern "C" void {name}_of(int n, const float *x, float *y) '
        f'{{ for (int i = 0; i < n; ++i) y[i] = {name}(x[i]); }}'
        for name in FUNCTIONS
    ]
    (folder / 'k.cpp').write_text('\n'.join([f'#include "{KERNELS}"', *loops]))
    subprocess.run([*COMPILER, *FLAGS, 'k.cpp', '-o', 'k.so'], cwd=folder, check=True)
    return ctypes.CDLL(str(folder / 'k.so'))


@pytest.mark.parametrize('name', FUNCTIONS)
def test_functions_are_what_they_are_called(library, name):
    x = np.linspace(-20, 20, 100_001).astype(np.float32)
    y = np.empty_like(x)
    pointers = (ctypes.c_void_p(array.ctypes.data) for array in (x, y))
    getattr(library, f'{name}_of')(ctypes.c_int(len(x)), *pointers)
    exact = FUNCTIONS[name](x.astype(float))
    assert (np.abs(y - exact) / np.maximum(1, np.abs(exact))).max() < 5e-6


def test_extremes_are_finite(library):
    x = np.array([-1e4, -200.0, 0.0, 200.0, 1e4], np.float32)
    y = np.empty_like(x)
    for name in ('exponential', 'sigmoid', 'hyperbolic_tangent', 'error_function', 'sine'):
        pointers = (ctypes.c_void_p(array.ctypes.data) for array in (x, y))
        getattr(library, f'{name}_of')(ctypes.c_int(len(x)), *pointers)
        assert np.isfinite(y).all(), name
