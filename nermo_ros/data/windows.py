# SPDX-License-Identifier: Apache-2.0
"""Histories and futures as random cameras would give them: what training sees."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nermo_ros.data import missing
from nermo_ros.data.bodies import BodySettings, another_body
from nermo_ros.data.reaching import reach
from nermo_ros.skeleton.body17 import JOINTS, MIRROR

LEAST_PAST, LEAST_FUTURE = 0.2, 0.4  # s


@dataclass(frozen=True)
class CameraSettings(BodySettings):
    """Ranges that each window draws from, factors in their logarithm; those of bodies too.

    rate Hz; jitter: standard deviation of a stamp as a share of the period; history s; stretch:
    speed-up of the motion; noise m, standard deviation of a coordinate, in a share `noisy` of the
    windows; mirror: share of mirrored windows; reverse: of those that run backwards in time; swap:
    of those where the sides of the body are taken for each other during some samples; balance: 0
    draws every frame alike, 1 every action alike; reaching: share of those in which a person of
    the sequence reaches, crouches, leans and turns instead.
    """

    rate: tuple[float, float] = (10.0, 60.0)
    jitter: float = 0.15
    history: tuple[float, float] = (0.3, 1.0)
    stretch: tuple[float, float] = (0.85, 1.2)
    noise: tuple[float, float] = (0.001, 0.05)
    noisy: float = 0.5
    mirror: float = 0.5
    reverse: float = 0.3
    swap: float = 0.03
    balance: float = 0.5
    reaching: float = 0.0


@dataclass(frozen=True)
class Windows:
    """What a network is given and should answer.

    times (B, N) s, positions (B, N, 17, 3) m, mask (B, N, 17), query (B, Q) s, future
    (B, Q, 17, 3) m, known (B, Q) 1 where the future was recorded, 0 past the recording's end.
    """

    times: np.ndarray
    positions: np.ndarray
    mask: np.ndarray
    query: np.ndarray
    future: np.ndarray
    known: np.ndarray


class RandomCameras:
    """Draws windows from sequences of one rate (Hz), each (frames, 17, 3) metres, z up.

    Every window has at least LEAST_PAST and LEAST_FUTURE in its sequence; sequences shorter than
    that are not used; ValueError when none is left. actions: what each sequence shows, so that
    settings.balance can give rare actions their share; by default each shows another one.
    """

    def __init__(
        self,
        sequences: list[np.ndarray],
        rate: float,
        samples: int,
        query: tuple[float, ...],
        settings: CameraSettings | None = None,
        seed: int = 0,
        actions: Sequence[str] | None = None,
    ):
        self.settings = settings or CameraSettings()
        self.samples, self.rate, self.query = samples, rate, np.asarray(query, np.float32)
        reach = rate * (LEAST_PAST + LEAST_FUTURE * self.settings.stretch[1]) + 3
        named = zip(actions or range(len(sequences)), sequences, strict=True)
        long_enough = [pair for pair in named if len(pair[1]) > reach]
        if not long_enough:
            raise ValueError(f'no sequence is longer than {reach:.0f} frames')
        shown, usable = zip(*long_enough, strict=True)
        self.frames = np.concatenate(usable).astype(np.float32)
        self.lengths = np.array([len(s) for s in usable])
        self.starts = np.cumsum([0, *self.lengths[:-1]])
        windows = self.lengths - reach
        of_action = {
            a: sum(n for n, b in zip(windows, shown, strict=True) if b == a) for a in shown
        }
        rarity = np.array([of_action[action] for action in shown]) ** -self.settings.balance
        self.weights = windows * rarity / (windows * rarity).sum()
        self.rng = np.random.default_rng(seed)

    def draw(self, count: int) -> Windows:
        """Windows of `count` people."""
        rng, s = self.rng, self.settings
        sequence = rng.choice(len(self.lengths), count, p=self.weights)
        times, visible = self._stamps(count)
        stretch = np.exp(rng.uniform(*np.log(s.stretch), (count, 1)))
        step = self.rate * stretch  # frames a second
        last = self.lengths[sequence][:, None] - 2
        earliest = LEAST_PAST * self.rate
        now = earliest + rng.random((count, 1)) * (last - step * LEAST_FUTURE - earliest)
        frame = now + step * times
        visible &= frame >= 0
        mask = np.repeat(visible[:, :, None], len(JOINTS), 2).astype(np.float32)
        query = np.broadcast_to(self.query, (count, len(self.query))).copy()
        ahead = now + step * query
        every = np.concatenate([frame.clip(0), ahead.clip(0, last)], 1)
        backwards = rng.random((count, 1)) < s.reverse
        body = self._at(self.starts[sequence], np.where(backwards, last - every, every))
        made = rng.random(count) < s.reaching
        pose = self._at(self.starts[sequence], now)[:, 0]
        moments = stretch * np.concatenate([times, query], 1)
        body[made] = reach(rng, pose[made], moments[made])
        body = another_body(rng, body, s) @ self._headings(count)[:, None]
        mirrored = rng.random(count) < s.mirror
        body[mirrored] = (body[mirrored] * np.float32([1, -1, 1]))[:, :, MIRROR]
        positions, future = body[:, : self.samples], body[:, self.samples :]
        noise = np.exp(rng.uniform(*np.log(s.noise), (count, 1, 1, 1))).astype(np.float32)
        noise[rng.random(count) >= s.noisy] = 0
        positions = positions + noise * rng.standard_normal(positions.shape, np.float32)
        positions = self._swapped(positions)
        mask = missing.draw(rng, mask)
        return Windows(
            times=times.astype(np.float32),
            positions=positions * mask[..., None],
            mask=mask,
            query=query,
            future=future,
            known=(made[:, None] | (ahead >= 0) & (ahead <= last)).astype(np.float32),
        )

    def _stamps(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Irregular stamps (B, N) <= 0, the newest 0, and which lie in the history (B, N)."""
        rng, s = self.rng, self.settings
        period = np.exp(-rng.uniform(*np.log(s.rate), (count, 1)))  # as many slow as fast cameras
        back = np.arange(self.samples - 1, -1, -1)
        jitter = s.jitter * rng.standard_normal((count, self.samples)) * (back > 0)
        times = np.sort(np.minimum(-(back + jitter) * period, 0), 1)
        return times, times > -rng.uniform(*s.history, (count, 1))

    def _at(self, base: np.ndarray, frame: np.ndarray) -> np.ndarray:
        """Positions at fractional frames (B, M) of the sequences that start at base (B,)."""
        whole = np.floor(frame).astype(np.int64)
        share = (frame - whole)[..., None, None].astype(np.float32)
        index = base[:, None] + whole
        return self.frames[index] * (1 - share) + self.frames[index + 1] * share

    def _headings(self, count: int) -> np.ndarray:
        angle = self.rng.uniform(0, 2 * np.pi, count)
        turn = np.zeros((count, 3, 3), np.float32)
        turn[:, 0, 0] = turn[:, 1, 1] = np.cos(angle)
        turn[:, 0, 1], turn[:, 1, 0] = np.sin(angle), -np.sin(angle)
        turn[:, 2, 2] = 1
        return turn

    def _swapped(self, positions: np.ndarray) -> np.ndarray:
        """Some people's left and right taken for each other in a run of samples."""
        rng = self.rng
        for person in np.flatnonzero(rng.random(len(positions)) < self.settings.swap):
            start = rng.integers(self.samples)
            end = start + rng.integers(1, 7)
            positions[person, start:end] = positions[person, start:end][:, MIRROR]
        return positions
