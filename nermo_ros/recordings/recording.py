# SPDX-License-Identifier: Apache-2.0
"""People's joints over time, as they truly were."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nermo_ros.skeleton import body17

FOLDER = Path(__file__).parent
SHAPE = f'(people, frames > 1, {len(body17.JOINTS)}, 3)'


@dataclass(frozen=True)
class Recording:
    """People recorded at a fixed rate in one world frame, z up.

    name: for messages and tables; rate: frames a second [Hz]; people: ids; positions:
    (people, frames, 17, 3) float32 metres, body17, NaN where never measured; acknowledgement: whom
    to thank and under which terms. Raises ValueError, which says what to do, on anything else.
    """

    name: str
    rate: float
    people: tuple[str, ...]
    positions: np.ndarray
    acknowledgement: str = ''

    def __post_init__(self) -> None:
        shape = self.positions.shape
        if len(shape) != 4 or shape[1] < 2 or shape[2:] != (len(body17.JOINTS), 3):
            raise ValueError(f'recording {self.name}: positions are {shape}, must be {SHAPE}')
        if self.positions.dtype != np.float32:
            raise ValueError(f'recording {self.name}: positions must be float32')
        if np.isinf(self.positions).any():
            raise ValueError(f'recording {self.name}: positions are infinite: use NaN for unknown')
        if shape[0] != len(self.people) or len(set(self.people)) != shape[0] or '' in self.people:
            raise ValueError(
                f'recording {self.name}: {shape[0]} people need as many different ids, '
                f'none empty; given: {self.people}'
            )
        if not (np.isfinite(self.rate) and self.rate > 0):
            raise ValueError(f'recording {self.name}: rate is {self.rate}, must be above 0 Hz')

    @property
    def duration(self) -> float:
        """Seconds from the first frame to the last."""
        return (self.positions.shape[1] - 1) / self.rate

    def at(self, times: np.ndarray | float) -> np.ndarray:
        """Where everyone was: times (...,) seconds from the first frame -> (people, ..., 17, 3).

        Linear between frames; NaN outside the recording, and between frames where one lacks the
        joint. float32 metres.
        """
        # Rounded, so that a frame's own time, computed in floating point, is that frame's.
        place = np.round(np.asarray(times, np.float64) * self.rate, 6)
        last = self.positions.shape[1] - 1
        inside = (place >= 0) & (place <= last)
        place = np.where(inside, place, 0)
        before = np.minimum(place.astype(int), last)
        after = np.minimum(before + 1, last)
        weight = (place - before).astype(np.float32)[..., None, None]
        start, end = self.positions[:, before], self.positions[:, after]
        between = np.where(weight > 0, start + weight * (end - start), start)
        return np.where(inside[..., None, None], between, np.float32(np.nan))

    def save(self, path: Path | str) -> None:
        """Writes a compressed npz file that load_recording() reads."""
        np.savez_compressed(
            path,
            rate=self.rate,
            people=np.array(self.people),
            positions=self.positions,
            acknowledgement=self.acknowledgement,
        )


def shipped_recordings() -> tuple[str, ...]:
    """Names of the recordings in the package."""
    return tuple(sorted(file.stem for file in FOLDER.glob('*.npz')))


def load_recording(name_or_path: str | Path) -> Recording:
    """A shipped recording by name, or any npz file that Recording.save() wrote.

    Raises FileNotFoundError, which lists the shipped names, or ValueError, which says what is
    wrong with the file.
    """
    path = Path(name_or_path)
    if str(name_or_path) in shipped_recordings():
        path = FOLDER / f'{name_or_path}.npz'
    if not path.is_file():
        raise FileNotFoundError(
            f'no recording {str(name_or_path)!r}: give a file made by Recording.save() or one of '
            f'{", ".join(shipped_recordings())}'
        )
    try:
        with np.load(path, allow_pickle=False) as archive:
            return Recording(
                name=path.stem,
                rate=float(archive['rate']),
                people=tuple(map(str, archive['people'])),
                positions=archive['positions'],
                acknowledgement=str(archive['acknowledgement']),
            )
    except KeyError as error:
        raise ValueError(f'{path} is not a recording, it lacks an array: {error}') from error
    except (ValueError, TypeError, OSError, EOFError, AttributeError) as error:
        raise ValueError(f'{path} is not a recording: {error}') from error
