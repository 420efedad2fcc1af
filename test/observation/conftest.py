# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.observation.observation import Observation

BODY = np.random.default_rng(5).normal(0, 0.4, (17, 3)).astype(np.float32)


@pytest.fixture(scope='session')
def body():
    """(17, 3) metres: somebody."""
    return BODY


@pytest.fixture(scope='session')
def seen():
    """Makes an observation of somebody with the same pose wherever he is."""

    def observe(person='anna', seconds=0.0, at=(0, 0, 0), states=(2,) * 17, frame='map'):
        states = np.asarray(states, np.uint8)
        return Observation(
            stamp=round(seconds * 1e9),
            frame=frame,
            person=person,
            positions=np.where(states[:, None] > 0, BODY + np.asarray(at), 0).astype(np.float32),
            states=states,
            confidences=np.ones(17, np.float32),
        )

    return observe
