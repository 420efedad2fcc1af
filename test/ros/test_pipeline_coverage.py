# SPDX-License-Identifier: Apache-2.0
"""The shipped recordings through messages, pipeline and shipped model: are the radii true?"""

from collections import Counter

import numpy as np
import pytest

from nermo_ros.evaluation.coverage import Coverage
from nermo_ros.forecast.forecast import Status
from nermo_ros.inference.backends import open_predictor
from nermo_ros.observation.observation import JointState
from nermo_ros.recordings.camera import Camera
from nermo_ros.recordings.occlusion import OCCLUSIONS
from nermo_ros.recordings.recording import load_recording
from nermo_ros.ros.parameters import TABLE
from nermo_ros.ros.pipeline import Pipeline
from nermo_ros.skeleton.sets import JOINT_SETS

START = 1_000 * 10**9
DELAY = 0.03  # s, from a frame to its receipt


def replay(name, **camera):
    """Coverage and the statuses over a recording."""
    recording = load_recording(name)
    values = {row.name: row.default for row in TABLE}
    pipeline = Pipeline(values, open_predictor('body17'), Counter(), lambda reason, text: None)
    coverage, statuses = Coverage(recording.people, recording.at), Counter()
    for frame in Camera(**camera).frames(recording, recording.duration):
        stamp = START + round(frame.time * 1e9)
        now = stamp + round(DELAY * 1e9)
        message = pipeline.source.write(frame.people, JOINT_SETS['body17'], stamp, 'world')
        if not pipeline.take(message, now):
            continue
        forecast = pipeline.forecast(now)
        seen = forecast.states == JointState.OBSERVED
        assert forecast.times[0] == pytest.approx(DELAY + 0.04, abs=1e-3)
        for row, person in enumerate(forecast.ids):
            path = forecast.times, forecast.positions[row], forecast.radii[row]
            coverage.add(person, frame.recording_time, *path, seen[row])
        statuses.update(Status(status) for status in forecast.status)
    return coverage.figures(), statuses


@pytest.mark.parametrize('occluded', [False, True])
@pytest.mark.parametrize('name', ['handover', 'cmu_walking'])
def test_joints_come_to_be_inside_the_radii(name, occluded):
    script = OCCLUSIONS[name] if occluded else ()
    figures, statuses = replay(name, occlusions=script)
    inside = np.array(list(figures['inside_percent']['all'].values()), float)
    assert ((inside >= 90) & (inside <= 100)).all()
    radii = np.array(list(figures['radius_mm']['all'].values()), float)
    assert (np.diff(radii) > 0).all() and radii[0] < 80 and radii[-1] < 1000
    if occluded:
        hidden = np.array(list(figures['inside_percent']['hidden'].values()), float)
        assert (hidden >= 80).all()
        seen, unseen = (figures['radius_mm'][key]['80'] for key in ('seen', 'hidden'))
        assert unseen > 1.5 * seen
    assert statuses[Status.OK] > 0.7 * statuses.total()
    assert 0 < statuses[Status.WARMING_UP] < 0.1 * statuses.total()
    assert not statuses[Status.FALLBACK]
