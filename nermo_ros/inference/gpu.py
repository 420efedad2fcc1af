# SPDX-License-Identifier: Apache-2.0
"""Is there an NVIDIA GPU? Asked of its driver: where there is none, no library is loaded."""

import ctypes

DRIVER = 'libcuda.so.1'


def missing_gpu() -> str:
    """Why no GPU can be used here; empty: one can."""
    try:
        driver = ctypes.CDLL(DRIVER)
    except OSError:
        return f'no NVIDIA driver ({DRIVER}) is installed'
    count = ctypes.c_int()
    error = driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count))
    if error:
        return f'the NVIDIA driver finds no usable GPU (CUDA error {error}): see nvidia-smi'
    return '' if count.value else 'the NVIDIA driver finds no GPU'
