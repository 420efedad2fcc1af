# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.recordings.occlusion import OCCLUSIONS, Occlusion
from nermo_ros.recordings.recording import load_recording, shipped_recordings
from nermo_ros.skeleton import body17


def test_unknown_joints_and_empty_spans_are_refused():
    with pytest.raises(ValueError, match='tail'):
        Occlusion('a', ('head', 'tail'), 0, 1)
    with pytest.raises(ValueError, match='end later'):
        Occlusion('a', ('head',), 1, 1)


def test_every_shipped_recording_has_a_script_that_hides_what_was_measured():
    assert set(OCCLUSIONS) == set(shipped_recordings())
    for name, script in OCCLUSIONS.items():
        recording = load_recording(name)
        for occlusion in script:
            assert occlusion.start >= 0 and occlusion.end <= recording.duration
            joints = [body17.INDEX[joint] for joint in occlusion.joints]
            truth = recording.at(occlusion.start)[recording.people.index(occlusion.person), joints]
            assert np.isfinite(truth).any()
