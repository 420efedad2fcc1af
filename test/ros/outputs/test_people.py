# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from nermo_ros.ros.outputs.people import message


class Person(SimpleNamespace):
    pass


class People(SimpleNamespace):
    def __init__(self):
        super().__init__(people=[])


@pytest.fixture(params=['plain', 'people_msgs'])
def types(request):
    if request.param == 'plain':
        return SimpleNamespace(People=People, Person=Person)
    return pytest.importorskip('people_msgs.msg', reason='people_msgs is not installed here')


def test_where_everybody_is_and_goes(forecast, types):
    times = np.array([0.25, 0.5, 1.0], np.float32)
    way = times[None, :, None, None] * np.array([1.0, 0.5, 0], np.float32)
    moving = replace(forecast, times=times, positions=forecast.repaired[:, None] + way)
    made = message(moving, 'map', 0.1, types)
    assert made.header.frame_id == 'map'
    assert made.header.stamp.nanosec == (forecast.reference + 10**8) % 10**9
    ada, bob = made.people
    assert (ada.name, bob.name) == ('ada', 'bob')
    pelvis = moving.repaired[1, 0]
    assert bob.position.x == pytest.approx(pelvis[0] + 0.1, abs=1e-4)
    assert (bob.velocity.x, bob.velocity.y) == (
        pytest.approx(1, abs=1e-3), pytest.approx(0.5, abs=1e-3)
    )  # fmt: skip
    assert ada.reliability == pytest.approx(0.75)
    assert list(bob.tagnames) == ['status'] and list(bob.tags) == ['PARTIAL']
