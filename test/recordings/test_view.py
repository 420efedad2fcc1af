# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.recordings.camera import Camera
from nermo_ros.recordings.recording import Recording, load_recording
from nermo_ros.recordings.view import View
from nermo_ros.skeleton.body17 import INDEX

# Standing at the origin, looking along x, arms hanging.
BODY = np.array(
    [
        (0, 0, 1.0), (0, 0.1, 0.95), (0, -0.1, 0.95), (0, 0, 1.15), (0, 0.1, 0.5), (0, -0.1, 0.5),
        (0, 0, 1.3), (0, 0.1, 0.1), (0, -0.1, 0.1), (0, 0, 1.48), (0, 0, 1.63),
        (0, 0.2, 1.4), (0, -0.2, 1.4), (0, 0.25, 1.15), (0, -0.25, 1.15),
        (0, 0.25, 0.9), (0, -0.25, 0.9),
    ],
    np.float32,
)  # fmt: skip
LEFT_SIDE, FRONT, BACK = View((0, 3, 1.2)), View((3, 0, 1.2)), View((-3, 0, 1.2))


def hidden(view, *bodies):
    found = view.hidden(np.stack(bodies))
    return [{name for name, index in INDEX.items() if row[index]} for row in found]


def test_from_the_side_the_far_arm_is_behind_the_body():
    (behind,) = hidden(LEFT_SIDE, BODY)
    assert {'r_elbow', 'r_hip', 'r_knee'} <= behind
    assert not behind & {'l_shoulder', 'l_elbow', 'l_wrist', 'l_knee', 'l_ankle'}


def test_from_the_front_nothing_is_hidden_and_hands_behind_the_back_are():
    assert hidden(FRONT, BODY) == [set()]
    hands = BODY.copy()
    hands[[INDEX['l_wrist'], INDEX['r_wrist']]] = (-0.25, 0, 1.15)
    assert {'l_wrist', 'r_wrist'} <= hidden(FRONT, hands)[0]
    assert not hidden(BACK, hands)[0] & {'l_wrist', 'r_wrist'}


def test_people_hide_each_other():
    near, far = BODY + [1, 0, 0], BODY
    in_front, behind = hidden(FRONT, near.astype(np.float32), far)
    assert in_front == set() and {'pelvis', 'chest', 'neck'} <= behind


def test_unknown_joints_hide_nothing_and_are_not_hidden():
    legless = BODY.copy()
    legless[[INDEX[name] for name in ('pelvis', 'l_hip', 'r_hip')]] = np.nan
    (behind,) = hidden(LEFT_SIDE, legless)
    assert not behind & {'pelvis', 'l_hip', 'r_hip'}
    assert not View((0, 3, 1)).hidden(np.full((2, 17, 3), np.nan)).any()


def test_a_camera_does_not_see_what_is_hidden_and_is_off_by_its_bias():
    recording = Recording('still', 30.0, ('ada',), np.tile(BODY, (1, 60, 1, 1)))
    camera = Camera(view=LEFT_SIDE, bias=(0.01, 0, 0), phase=0.5)
    frames = list(camera.frames(recording, 1.0))
    assert frames[0].time == pytest.approx(0.5 / 30)
    for frame in frames:
        missing = {name for name in INDEX if np.isnan(frame.people['ada'][INDEX[name]]).any()}
        assert missing == hidden(LEFT_SIDE, BODY)[0]
        np.testing.assert_allclose(frame.people['ada'][15], BODY[15] + [0.01, 0, 0], atol=1e-6)


def test_on_the_handover_every_place_misses_something_else():
    recording = load_recording('handover')
    middle = np.nanmean(recording.positions, axis=(0, 1, 2))
    views = [View(tuple((middle + [3 * x, 3 * y, 1]).tolist())) for x, y in ((1, 0), (0, 1))]
    at = recording.at(3.0)
    found = [view.hidden(at) for view in views]
    assert all(each.any() for each in found) and (found[0] != found[1]).any()
