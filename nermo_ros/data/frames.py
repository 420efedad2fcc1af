# SPDX-License-Identifier: Apache-2.0
"""Windows of the published protocols: so many frames in, so many out, at even times."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nermo_ros.data.cmu_published import LATERAL, PERIOD, VERTICAL
from nermo_ros.data.missing import scattered
from nermo_ros.data.windows import Windows
from nermo_ros.skeleton import cmu25

LEAST_SEEN = 2  # frames' worth of joint samples that a history keeps


@dataclass(frozen=True)
class FrameSettings:
    """What a window is, and the shares and ranges that each draws its augmentation from.

    past, future: frames; period: s from frame to frame, as the protocol calls it; rows: rows of
    the sequences from frame to frame, so that a protocol that keeps every second row learns from
    both halves. mirror, reverse: shares of windows with the sides swapped and that run backwards;
    stretched: of those with another speed, a factor from `stretch`, log-uniform; turn: largest
    angle about the vertical (rad); scale: factor of the body, log-uniform; missing: share of
    windows without some joint samples, each window without a share from `dropout`; balance: 0
    draws every window alike, 1 every action alike.
    """

    past: int = 10
    future: int = 25
    period: float = PERIOD
    rows: int = 1
    mirror: float = 0.5
    reverse: float = 0.3
    stretched: float = 0.5
    stretch: tuple[float, float] = (0.8, 1.25)
    turn: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
    missing: float = 0.0
    dropout: tuple[float, float] = (0.0, 0.6)
    balance: float = 0.0


class FrameWindows:
    """Draws windows from sequences (frames, J, 3) m, x to the left, y up.

    So are CMU and Human3.6M, whose root is fixed. Any horizontal x will do for the mirror, and any
    vertical y for turns: people of 3DPW face anywhere.

    actions: what each sequence shows, for settings.balance; by default each shows another one.
    mirror: index of each joint's partner on the other side. Sequences that are shorter than a
    window are not used; ValueError when none is left.
    """

    def __init__(
        self,
        sequences: Sequence[np.ndarray],
        settings: FrameSettings | None = None,
        seed: int = 0,
        actions: Sequence[str] | None = None,
        mirror: Sequence[int] = cmu25.MIRROR,
    ):
        self.settings = s = settings or FrameSettings()
        self.mirror = list(mirror)
        self.reach = s.rows * (s.past + s.future - 1)  # rows from a window's first to its last
        named = zip(actions or range(len(sequences)), sequences, strict=True)
        long_enough = [pair for pair in named if len(pair[1]) > self.reach]
        if not long_enough:
            raise ValueError(f'no sequence is longer than {self.reach} rows')
        shown, usable = zip(*long_enough, strict=True)
        self.frames = np.concatenate(usable).astype(np.float32)
        self.lengths = np.array([len(one) for one in usable])
        self.starts = np.cumsum([0, *self.lengths[:-1]])
        windows = self.lengths - self.reach
        names, of = np.unique(np.array([str(one) for one in shown]), return_inverse=True)
        of_action = np.bincount(of, windows, len(names))
        weights = windows * of_action[of] ** -s.balance
        self.weights = weights / weights.sum()
        self.rng = np.random.default_rng(seed)
        self.times = (s.period * np.arange(1 - s.past, 1)).astype(np.float32)
        self.query = (s.period * np.arange(1, s.future + 1)).astype(np.float32)

    def draw(self, count: int) -> Windows:
        """`count` windows; known is 1 everywhere."""
        rng, s = self.rng, self.settings
        body = self._motion(count)
        mirrored = rng.random(count) < s.mirror
        body[mirrored] = (body[mirrored] * _FLIP)[:, :, self.mirror]
        if s.turn or s.scale != (1.0, 1.0):
            points = body.reshape(count, -1, 3)  # one product a window is several times faster
            body = (points @ self._turns(count)).reshape(body.shape)
        positions, future = body[:, : s.past], body[:, s.past :]
        mask = self._mask(count, positions.shape[2])
        return Windows(
            times=np.tile(self.times, (count, 1)),
            positions=positions * mask[..., None],
            mask=mask,
            query=np.tile(self.query, (count, 1)),
            future=future,
            known=np.ones((count, s.future), np.float32),
        )

    def _motion(self, count: int) -> np.ndarray:
        """(count, past + future, J, 3) m: windows that start on a row, at their speeds."""
        rng, s = self.rng, self.settings
        sequence = rng.choice(len(self.lengths), count, p=self.weights)
        room = self.lengths[sequence] - 1
        factor = np.exp(rng.uniform(*np.log(s.stretch), count))
        factor[rng.random(count) >= s.stretched] = 1
        factor = np.minimum(factor, room / self.reach)
        length = factor * self.reach
        first = np.floor(rng.random(count) * (np.floor(room - length + 1e-6) + 1))
        row = first[:, None] + s.rows * factor[:, None] * np.arange(s.past + s.future)
        backwards = (rng.random(count) < s.reverse)[:, None]
        row = np.where(backwards, row[:, ::-1], row)
        whole = np.minimum(np.floor(row + 1e-6).astype(np.int64), room[:, None])
        share = np.maximum(row - whole, 0).astype(np.float32)[..., None, None]
        index = self.starts[sequence][:, None] + whole
        after = np.minimum(index + 1, (self.starts[sequence] + room)[:, None])
        body = self.frames[index]
        between = np.flatnonzero(factor != 1)
        here, ahead = body[between], self.frames[after[between]]
        ahead -= here
        ahead *= share[between]
        body[between] = here + ahead
        return body

    def _turns(self, count: int) -> np.ndarray:
        """Rotations about the vertical times scales (count, 3, 3), of row vectors."""
        rng, s = self.rng, self.settings
        angle = rng.uniform(-s.turn, s.turn, count)
        scale = np.exp(rng.uniform(*np.log(s.scale), count))
        a, b = (axis for axis in range(3) if axis != VERTICAL)
        turn = np.zeros((count, 3, 3))
        turn[:, a, a] = turn[:, b, b] = np.cos(angle)
        turn[:, a, b], turn[:, b, a] = np.sin(angle), -np.sin(angle)
        turn[:, VERTICAL, VERTICAL] = 1
        return (scale[:, None, None] * turn).astype(np.float32)

    def _mask(self, count: int, joints: int) -> np.ndarray:
        """(count, past, J) 1 where seen; a history that is left with too little stays whole."""
        rng, s = self.rng, self.settings
        mask = np.ones((count, s.past, joints), np.float32)
        if s.missing:
            left = scattered(s.dropout)(rng, mask)
            some = rng.random(count) < s.missing
            enough = left.sum((1, 2)) >= LEAST_SEEN * joints
            mask[some & enough] = left[some & enough]
        return mask


_FLIP = np.where(np.arange(3) == LATERAL, -1, 1).astype(np.float32)
