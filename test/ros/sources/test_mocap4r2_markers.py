# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.ros.sources import mocap4r2_markers
from nermo_ros.ros.sources.source import BadMessage, SourceSettings
from nermo_ros.skeleton.body17 import INDEX, JOINTS
from nermo_ros.skeleton.capture_sets import MOTIVE

pytestmark = pytest.mark.usefixtures('driver_messages')
POINTS = 0.4 * np.random.default_rng(1).normal(size=(21, 3)) + [2, 0, 1]


def markers(names, points=POINTS, id_type=0):
    from mocap4r2_msgs.msg import Marker

    made = []
    for index, (name, point) in enumerate(zip(names, points, strict=False)):
        marker = Marker(id_type=id_type, marker_index=index, marker_name=name)
        x, y, z = map(float, point)
        marker.translation.x, marker.translation.y, marker.translation.z = x, y, z
        made.append(marker)
    return made


def read(made, **settings):
    from mocap4r2_msgs.msg import Markers

    message = Markers(markers=made)
    message.header.frame_id, message.header.stamp.sec = 'map', 5
    return mocap4r2_markers.read(message, SourceSettings(**settings), 0)


def test_the_bones_of_motive_begin_at_joints_of_other_names():
    (seen,) = read(markers(MOTIVE)).observations
    assert (seen.person, seen.frame, seen.stamp) == ('person', 'map', 5 * 10**9)
    for joint, bone in {'l_shoulder': 'LUArm', 'l_wrist': 'LHand', 'r_hip': 'RThigh'}.items():
        row = list(MOTIVE).index(bone)
        np.testing.assert_allclose(seen.positions[INDEX[joint]], POINTS[row], rtol=1e-6)


def test_subjects_are_people():
    ada, bob = ([f'{name}:{bone}' for bone in MOTIVE] for name in ('ada', 'lab:bob'))
    reading = read(markers(ada) + markers(bob, POINTS + 1))
    assert [seen.person for seen in reading.observations] == ['ada', 'lab:bob']


def test_absent_zero_and_nan_markers_are_missing_and_props_are_none_of_ours():
    made = markers([*MOTIVE, 'robot:flange'], [*POINTS, (9, 9, 9)])
    by_name = {marker.marker_name: marker for marker in made}
    made.remove(by_name['LHand'])
    zero, nan = by_name['RHand'].translation, by_name['LShin'].translation
    zero.x = zero.y = zero.z = 0.0
    nan.x = float('nan')
    (seen,) = read(made).observations
    missing = [INDEX[joint] for joint in ('l_knee', 'l_wrist', 'r_wrist')]
    assert np.flatnonzero(seen.states == 0).tolist() == missing


def test_names_of_any_joint_set_and_indices():
    names = [joint.replace('l_', 'Left_').upper() for joint in JOINTS]
    for made in (markers(names), markers([''] * 17, id_type=1)):
        (seen,) = read(made, joint_set='body17', person_id='ada').observations
        assert seen.person == 'ada'
        np.testing.assert_allclose(seen.positions, POINTS[:17], rtol=1e-6)


def test_millimetres_are_told():
    reading = read(markers(MOTIVE, POINTS * 1000))
    assert not reading.observations
    assert [drop.reason for drop in reading.drops] == ['not_metres']


def test_markers_that_are_no_joints():
    with pytest.raises(BadMessage, match='none of 2 markers') as error:
        read(markers(['LASI', 'RASI']))
    assert error.value.reason == 'no_joints'
    assert read([]).observations == []
