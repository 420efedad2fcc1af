# SPDX-License-Identifier: Apache-2.0
"""Real motion in small files, and a camera to look at it with."""

from nermo_ros.recordings.camera import PAUSE, Camera, Frame
from nermo_ros.recordings.occlusion import OCCLUSIONS, Occlusion
from nermo_ros.recordings.recording import Recording, load_recording, shipped_recordings

__all__ = [
    'OCCLUSIONS',
    'PAUSE',
    'Camera',
    'Frame',
    'Occlusion',
    'Recording',
    'load_recording',
    'shipped_recordings',
]
