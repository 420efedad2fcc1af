# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from visualization_msgs.msg import Marker

from nermo_ros.ros.outputs import markers
from nermo_ros.skeleton.body17 import BONES, INDEX

STAMP = 1_700_000_000_123_456_789


def drawn(forecast, **kwargs):
    given = {'steps': 2, 'lifetime': 1.5, **kwargs}
    message = markers.message(forecast, 'map', **given)
    return {(m.ns, m.id): m for m in message.markers}


def test_every_person_has_the_three_kinds(forecast):
    shown = drawn(forecast)
    assert len(shown) == 2 * 6
    for marker in shown.values():
        assert marker.header.frame_id == 'map'
        assert marker.header.stamp.nanosec == STAMP % 10**9
        assert (marker.lifetime.sec, marker.lifetime.nanosec) == (1, 500_000_000)
        if marker.action == Marker.ADD:
            assert marker.points and marker.scale.x > 0 and marker.color.a == 1
            assert marker.type == (Marker.SPHERE_LIST if marker.id else Marker.LINE_LIST)
        else:
            assert not marker.points


def test_tubes_are_as_wide_as_the_radii(forecast):
    radii = np.full((2, 4, 17), 0.25, np.float32)
    tube = drawn(replace(forecast, radii=radii), steps=4)['ada/uncertainty', 0]
    assert tube.action == Marker.ADD and tube.type == Marker.TRIANGLE_LIST
    assert len(tube.points) % 3 == 0 and 0 < tube.color.a < 1
    ways = forecast.positions[0][:, [INDEX[n] for n in ('head', 'l_wrist', 'r_wrist')]]
    for point in tube.points:
        away = np.linalg.norm(ways - [point.x, point.y, point.z], axis=-1).min()
        assert away == pytest.approx(0.25, abs=1e-3)


def test_seen_and_filled_in_are_told_apart(forecast):
    shown = drawn(forecast)
    touching = sum(4 in bone for bone in BONES)
    assert len(shown['ada/observed', 1].points) == 16
    assert len(shown['ada/repaired', 1].points) == 1
    assert shown['ada/repaired', 1].points[0].x == forecast.repaired[0, 4, 0]
    assert len(shown['ada/observed', 0].points) == 2 * (len(BONES) - touching)
    assert len(shown['ada/repaired', 0].points) == 2 * touching
    assert shown['ada/observed', 0].color != shown['ada/repaired', 0].color


def test_an_empty_kind_is_deleted(forecast):
    shown = drawn(forecast)
    for number in (0, 1):
        assert shown['bob/observed', number].action == Marker.DELETE
        assert shown['bob/repaired', number].action == Marker.ADD


@pytest.mark.parametrize(('steps', 'chosen'), [(2, (1, 3)), (4, (0, 1, 2, 3)), (9, (0, 1, 2, 3))])
def test_the_forecast_fades_with_time(forecast, steps, chosen):
    marker = drawn(forecast, steps=steps)['ada/forecast', 0]
    vertices = 2 * len(BONES)
    assert len(marker.points) == len(marker.colors) == vertices * len(chosen)
    parent, joint = BONES[0]
    for row, time in enumerate(chosen):
        for end, which in enumerate((parent, joint)):
            point = marker.points[row * vertices + end]
            place = forecast.positions[0, time, which]
            np.testing.assert_array_equal([point.x, point.y, point.z], place)
    opacities = [c.a for c in marker.colors]
    assert opacities == sorted(opacities, reverse=True) and len(set(opacities)) == len(chosen)


def test_no_steps_no_forecast(forecast):
    assert drawn(forecast, steps=0)['ada/forecast', 0].action == Marker.DELETE


def test_all_of_somebody_gone_is_deleted(forecast):
    shown = drawn(forecast, gone=['eve'])
    gone = {key for key, marker in shown.items() if key[0].startswith('eve/')}
    assert gone == {(f'eve/{ns[4:]}', i) for ns, i in shown if ns.startswith('ada/')}
    assert all(shown[key].action == Marker.DELETE for key in gone)


def test_clear():
    (marker,) = markers.clear(STAMP, 'map').markers
    assert marker.action == Marker.DELETEALL


def test_colours_stay_apart_in_brightness_and_for_colour_blind_eyes():
    """Seen without red-green difference (deuteranopia, Vienot 1999) the colours still differ."""
    see = np.array([[0.29, 0.71, 0], [0.29, 0.71, 0], [-0.02, 0.02, 1]])
    seen = [see @ np.array(colour) for colour in markers.COLOURS.values()]
    for one, other in combinations(seen, 2):
        assert np.abs(one - other).max() > 0.2
