# SPDX-License-Identifier: Apache-2.0
"""A user's own recordings as sequences to learn from: npz of Recording.save(), rosbag2 bags."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from nermo_ros.data.bags import is_bag, read_bag
from nermo_ros.recordings.recording import load_recording

LONGEST = 2.5  # periods without a sample that are interpolated over; a longer gap splits
LEAST = 0.6  # s, shorter pieces say nothing about anybody's future

Sequences = dict[str, tuple[np.ndarray, float]]


def load_recordings(
    paths: Iterable[Path | str] | Path | str, topic: str = '', least: float = LEAST
) -> Sequences:
    """Everybody in the recordings, in pieces without gaps: name -> (frames, 17, 3) m and rate Hz.

    paths: npz files of Recording.save(), bags (folder, mcap or db3) of nermo_ros/SkeletonArray, or
    folders of these; names: 'recording/person/piece'. body17, float32, z up, NaN where a joint was
    not observed. Each person has one rate, the median one; positions are linear between samples.
    topic: of the bags, needed where several carry skeletons; least: shortest piece [s]. Raises
    FileNotFoundError, or ValueError that names the file and says what is wrong with it.
    """
    paths = [paths] if isinstance(paths, Path | str) else list(paths)
    sequences: Sequences = {}
    for path in (one for given in paths for one in _recordings(Path(given).expanduser())):
        found = {
            f'{path.stem}/{person}/{index}': piece
            for person, samples in _people(path, topic).items()
            for index, piece in enumerate(pieces(*samples, least=least))
        }
        if not found:
            raise ValueError(f'{path}: nobody was seen for {least:g} s on end')
        if sequences.keys() & found:
            raise ValueError(f'{path}: another recording has the name {path.stem}: rename one')
        sequences.update(found)
    if not sequences:
        raise ValueError('no recordings: give npz files or bags')
    return sequences


def pieces(
    times: np.ndarray, positions: np.ndarray, least: float = LEAST
) -> list[tuple[np.ndarray, float]]:
    """One person's samples -> pieces of at least `least` s, evenly sampled, with their rate in Hz.

    times (frames,) s, increasing; positions (frames, 17, 3) m, NaN where not observed. A joint
    is NaN between two samples of which one lacks it.
    """
    seen = np.isfinite(positions).all(2).any(1)
    times, positions = times[seen], positions[seen]
    if len(times) < 2:
        return []
    period = float(np.median(np.diff(times)))
    breaks = np.flatnonzero(np.diff(times) > LONGEST * period) + 1
    stretches = zip(np.split(times, breaks), np.split(positions, breaks), strict=True)
    return [
        (_even(t, p, period), 1 / period)
        for t, p in stretches
        if len(t) > 1 and t[-1] - t[0] >= least
    ]


def _even(times: np.ndarray, positions: np.ndarray, period: float) -> np.ndarray:
    # Rounded, so that what was even already stays as it was in spite of floating point.
    count = int(np.floor(round((times[-1] - times[0]) / period, 3))) + 1
    grid = np.minimum(times[0] + period * np.arange(count), times[-1])
    after = np.searchsorted(times, grid - 1e-6).clip(1, len(times) - 1)
    share = (grid - times[after - 1]) / (times[after] - times[after - 1])
    share = np.round(share, 5)[:, None, None]
    start, end = positions[after - 1], positions[after]
    between = start + share * (end - start)
    between = np.where(share <= 0, start, np.where(share >= 1, end, between))
    return between.astype(np.float32)


def _recordings(path: Path) -> list[Path]:
    """The path itself, or what a folder that is no bag holds."""
    if not path.exists():
        raise FileNotFoundError(f'no recording {path}: give npz files or bags')
    if not path.is_dir() or is_bag(path):
        return [path]
    found = [one for one in sorted(path.iterdir()) if one.suffix == '.npz' or is_bag(one)]
    if not found:
        raise ValueError(f'{path} holds no recordings: give npz files or bags')
    return found


def _people(path: Path, topic: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    if is_bag(path):
        return read_bag(path, topic)
    recording = load_recording(path)
    times = np.arange(recording.positions.shape[1]) / recording.rate
    return {
        person: (times, positions)
        for person, positions in zip(recording.people, recording.positions, strict=True)
    }
