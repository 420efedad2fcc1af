# SPDX-License-Identifier: Apache-2.0
"""Makes the recordings that ship with the package from the raw data.

    python -m nermo_ros.data.make_recordings HANDOVER.npz CMU.npz FOLDER

HANDOVER.npz: key 'person_segment', (frames, 7) float32 at 120 Hz: x y z in metres, z up, then a
quaternion; from https://github.com/paragkhanna1/dataset. CMU.npz: see nermo_ros/data/cmu.py.
"""

import sys
from pathlib import Path

import numpy as np

from nermo_ros.data import cmu
from nermo_ros.recordings.recording import Recording
from nermo_ros.skeleton import body17

HANDOVER_RATE = 120.0  # Hz
HANDOVER_PEOPLE = ('giver', 'taker')
# A segment's origin is its joint towards the pelvis: the lengths between them are constant or
# nearly so, see recordings/README.md. LShoulder and RShoulder are the collar bones and have no
# counterpart; hips, knees and ankles were not measured.
HANDOVER_SEGMENTS = {
    'pelvis': 'hip', 'spine': 'ab', 'chest': 'chest', 'neck': 'neck', 'head': 'head',
    'l_shoulder': 'LUArm', 'l_elbow': 'LFArm', 'l_wrist': 'LHand',
    'r_shoulder': 'RUArm', 'r_elbow': 'RFArm', 'r_wrist': 'RHand',
}  # fmt: skip
HANDOVER_THANKS = (
    'Handover of a baton between two people, from github.com/paragkhanna1/dataset, '
    'copyright (c) 2022 Parag Khanna, MIT licence.'
)
WALKING = 'test/walking/walking_1'
WALKING_THANKS = (
    'Trial 35_01 of mocap.cs.cmu.edu, created with funding from NSF EIA-0196217; '
    'free for all uses, not to be resold as data.'
)
DECIMALS = 4  # a tenth of a millimetre


def handover(path: Path | str) -> Recording:
    """The handover, two people, upper bodies. Raises KeyError where a segment is missing.

    About a tenth of the raw rows repeat the row before, in all segments at once, and the row after
    makes up for it: the recorder waited. They are interpolated.
    """
    with np.load(path) as archive:
        raw = {key: archive[key][:, :3] for key in archive.files}
    rows = np.stack(list(raw.values()), 1)
    fresh = np.flatnonzero(np.r_[True, (rows[1:] != rows[:-1]).any((1, 2))])
    positions = np.full(
        (len(HANDOVER_PEOPLE), len(rows), len(body17.JOINTS), 3), np.nan, np.float32
    )
    for index, person in enumerate(HANDOVER_PEOPLE):
        for joint, segment in HANDOVER_SEGMENTS.items():
            points = raw[f'{person}_{segment}']
            for axis in range(3):
                positions[index, :, body17.INDEX[joint], axis] = np.interp(
                    np.arange(len(rows)), fresh, points[fresh, axis]
                )
    positions = positions.round(DECIMALS)
    return Recording('handover', HANDOVER_RATE, HANDOVER_PEOPLE, positions, HANDOVER_THANKS)


def walking(path: Path | str) -> Recording:
    """One of the benchmark's test clips. Raises KeyError where the file lacks it."""
    with np.load(path) as archive:
        positions = cmu.world_positions(archive[WALKING])
    return Recording(
        'cmu_walking', cmu.RATE, ('walker',), positions[None].round(DECIMALS), WALKING_THANKS
    )


def main(argv: list[str]) -> int:
    """Writes a file for each recording; 2 and the usage on other arguments."""
    if len(argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for recording in (handover(argv[0]), walking(argv[1])):
        recording.save(folder / f'{recording.name}.npz')
        print(f'{recording.name}: {recording.duration:.2f} s, {len(recording.people)} people')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
