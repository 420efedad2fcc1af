# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.ros.sources import hiros_skeletons
from nermo_ros.ros.sources.source import SourceSettings
from nermo_ros.skeleton.body17 import INDEX
from nermo_ros.skeleton.sets import JOINT_SETS

pytestmark = pytest.mark.usefixtures('driver_messages')
NAMES = JOINT_SETS['k4abt32'].joints
POINTS = np.random.default_rng(1).normal(size=(32, 3)) + [2, 0, 1]
PUBLISHED, SEEN = 9_000_000_000, 8_900_000_007


def skeleton(identity=3, names=NAMES, skip=(), confidences=None, seen=SEEN, size=32):
    from hiros_skeleton_msgs.msg import Marker, Skeleton

    made = Skeleton(id=identity, src_frame='kinect_2', max_markers=size)
    made.src_time.sec, made.src_time.nanosec = divmod(seen, 10**9)
    for joint, name in enumerate(names):
        if joint in skip:
            continue
        marker = Marker(id=joint, name=name, confidence=1.0)
        if confidences is not None:
            marker.confidence = float(confidences[joint])
        point = marker.center.pose.position
        point.x, point.y, point.z = map(float, POINTS[joint])
        made.markers.append(marker)
    return made


def read(*skeletons, frame='world', settings=None):
    from hiros_skeleton_msgs.msg import SkeletonGroup

    message = SkeletonGroup(skeletons=list(skeletons))
    message.header.frame_id = frame
    message.header.stamp.sec, message.header.stamp.nanosec = divmod(PUBLISHED, 10**9)
    return hiros_skeletons.read(message, settings or SourceSettings(), 0)


def test_time_is_that_of_the_data_and_the_frame_that_of_the_header():
    (seen,) = read(skeleton()).observations
    assert (seen.person, seen.stamp, seen.frame) == ('3', SEEN, 'world')
    np.testing.assert_allclose(seen.positions[INDEX['l_wrist']], POINTS[7], rtol=1e-6)


def test_a_driver_that_fills_in_one_of_both():
    (seen,) = read(skeleton(seen=0), frame='').observations
    assert (seen.stamp, seen.frame) == (PUBLISHED, 'kinect_2')


def test_absent_and_doubtful_markers_are_missing():
    confidences = np.ones(32)
    confidences[14], confidences[26] = 0.1, np.nan  # NaN: not told
    (seen,) = read(skeleton(skip=(7,), confidences=confidences)).observations
    assert np.flatnonzero(seen.states == 0).tolist() == [INDEX['l_wrist'], INDEX['r_wrist']]


@pytest.mark.parametrize(
    'spell',
    [
        lambda name: name.upper(),
        lambda name: (
            name[2:].upper() + {'l': '_LEFT', 'r': '_RIGHT'}[name[0]]
            if name[:2] in ('l_', 'r_')
            else name.upper().replace('NAVEL', 'NAVAL')
        ),
    ],
)
def test_names_may_be_spelt_as_in_the_sdk(spell):
    (seen,) = read(skeleton(names=[spell(name) for name in NAMES])).observations
    np.testing.assert_allclose(seen.positions[INDEX['r_wrist']], POINTS[14], rtol=1e-6)
    np.testing.assert_allclose(seen.positions[INDEX['spine']], POINTS[1], rtol=1e-6)


def test_markers_without_names_go_by_id():
    settings = SourceSettings(joint_set='k4abt32')
    (seen,) = read(skeleton(names=[''] * 32), settings=settings).observations
    np.testing.assert_allclose(seen.positions[INDEX['l_wrist']], POINTS[7], rtol=1e-6)


@pytest.mark.parametrize(
    ('bad', 'reason'),
    [
        ({'names': [f'marker{n}' for n in range(32)]}, 'unknown_joints'),
        ({'size': 31}, 'unknown_joints'),
        ({'identity': 1}, 'duplicate_id'),
        ({'skip': range(32)}, 'unknown_joints'),
    ],
)
def test_what_is_of_no_use_costs_that_person_alone(bad, reason):
    reading = read(skeleton(1), skeleton(**bad))
    assert [seen.person for seen in reading.observations] == ['1']
    assert [drop.reason for drop in reading.drops] == [reason]
