# SPDX-License-Identifier: Apache-2.0
import os
import sys
import time

import numpy as np
import pytest

from nermo_ros.cli.bench.process import memory, processor_seconds

pytestmark = pytest.mark.skipif(sys.platform != 'linux', reason='reads /proc')


def test_memory_grows_with_what_is_held():
    before = memory()
    held = np.ones(5_000_000)  # 40 MB
    after = memory(os.getpid())
    assert after['rss'] - before['rss'] == pytest.approx(held.nbytes / 1e6, abs=5)
    assert after['peak'] >= after['rss'] > 1


def test_processor_seconds_are_what_was_worked():
    began = processor_seconds(os.getpid())
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    assert 0.08 <= processor_seconds(os.getpid()) - began < 0.5


def test_nobody_has_no_memory():
    with pytest.raises(FileNotFoundError):
        memory(0)
