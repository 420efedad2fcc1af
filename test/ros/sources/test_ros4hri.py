# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.ros.sources import ros4hri
from nermo_ros.ros.sources.source import BadMessage, SourceSettings
from nermo_ros.ros.tf import Rigid, TransformError
from nermo_ros.skeleton.body17 import INDEX
from nermo_ros.skeleton.sets import JOINT_SETS

pytestmark = pytest.mark.usefixtures('driver_messages')
SECOND = 10**9
LINKS = JOINT_SETS['hri15'].joints
POINTS = np.random.default_rng(1).normal(size=(15, 3)) + [2, 0, 1]


class Frames:
    """Links by body, each known from the start up to a stamp; a body walks a metre a second."""

    def __init__(self, **bodies):
        self.known = {
            f'{link}_{body}': stamps if isinstance(stamps, int) else stamps.get(link, SECOND)
            for body, stamps in bodies.items()
            for link in LINKS
        }

    def at(self, target, source, stamp):
        if source not in self.known:
            raise TransformError(f'{source} does not exist')
        if stamp > self.known[source]:
            raise TransformError('extrapolation', early=True)
        point = POINTS[LINKS.index(source.rpartition('_')[0])] + [stamp / SECOND, 0, 0]
        return Rigid(np.eye(3), point)

    def newest(self, target, source):
        if source not in self.known:
            raise TransformError(f'{source} does not exist')
        return self.known[source]


def read(ids, frames, target='map'):
    from hri_msgs.msg import IdsList

    message = IdsList(ids=list(ids))
    message.header.stamp.sec = 77  # of an image whose transforms have not come yet
    return ros4hri.read(message, SourceSettings(transforms=frames, target=target), 99 * SECOND)


def test_a_body_is_read_at_the_stamp_of_its_own_transforms():
    reading = read(['ab', 'cd'], Frames(ab=SECOND, cd=3 * SECOND))
    first, second = reading.observations
    assert (first.person, first.stamp, first.frame) == ('ab', SECOND, 'map')
    assert (second.person, second.stamp) == ('cd', 3 * SECOND)
    wrist = POINTS[LINKS.index('l_wrist')]
    np.testing.assert_allclose(first.positions[INDEX['l_wrist']], wrist + [1, 0, 0], rtol=1e-6)
    np.testing.assert_allclose(second.positions[INDEX['l_wrist']], wrist + [3, 0, 0], rtol=1e-6)
    np.testing.assert_allclose(first.positions[INDEX['pelvis']], POINTS[0] + [1, 0, 0], rtol=1e-6)
    np.testing.assert_allclose(first.positions[INDEX['neck']], POINTS[1] + [1, 0, 0], rtol=1e-6)


def test_a_link_without_a_transform_at_that_stamp_is_missing():
    (seen,) = read(['ab'], Frames(ab={'l_wrist': SECOND // 2})).observations
    assert np.flatnonzero(seen.states == 0).tolist() == [INDEX['l_wrist']]


@pytest.mark.parametrize(
    ('ids', 'reason'),
    [(['ab', 'gone'], 'no_transform'), (['ab', ''], 'empty_id'), (['ab', 'ab'], 'duplicate_id')],
)
def test_what_is_of_no_use_costs_that_body_alone(ids, reason):
    reading = read(ids, Frames(ab=SECOND))
    assert [seen.person for seen in reading.observations] == ['ab']
    assert [drop.reason for drop in reading.drops] == [reason]


def test_a_static_body_tells_no_time():
    assert [drop.reason for drop in read(['ab'], Frames(ab=0)).drops] == ['static_body']


@pytest.mark.parametrize(('frames', 'target', 'reason'), [
    (None, 'map', 'no_tf2'), (Frames(), '', 'no_target'),
])  # fmt: skip
def test_needs_tf2_and_a_target_frame(frames, target, reason):
    with pytest.raises(BadMessage) as error:
        read(['ab'], frames, target)
    assert error.value.reason == reason
