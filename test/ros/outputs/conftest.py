# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

from nermo_ros.forecast.forecast import Forecast, Status
from nermo_ros.observation.observation import JointState
from nermo_ros.recordings.recording import load_recording

STAMP = 1_700_000_000_123_456_789


@pytest.fixture
def forecast():
    """Two people at four times; joint 4 of the first and all of the second are filled in."""
    states = np.full((2, 17), JointState.OBSERVED, np.uint8)
    states[0, 4] = states[1] = JointState.INFERRED
    return Forecast(
        ids=('ada', 'bob'),
        stamps=np.array([STAMP, STAMP - 10**8]),
        reference=STAMP,
        times=np.array([0.1, 0.2, 0.3, 0.4], np.float32),
        positions=np.arange(2 * 4 * 17 * 3, dtype=np.float32).reshape(2, 4, 17, 3),
        repaired=-np.arange(2 * 17 * 3, dtype=np.float32).reshape(2, 17, 3),
        states=states,
        observed_fraction=np.full((2, 17), 0.75, np.float32),
        ages=np.array([0.0, 0.1]),
        status=np.array([Status.OK, Status.PARTIAL], np.uint8),
        model='tiny 7',
    )


@pytest.fixture
def body(forecast):
    """As `forecast`, but of two people who walk, whole."""
    walk = load_recording('cmu_walking').at(np.concatenate([[1.0], 1 + forecast.times]))
    both = np.concatenate([walk, walk + [0, 1, 0]]).astype(np.float32)
    return replace(forecast, repaired=both[:, 0], positions=both[:, 1:])
