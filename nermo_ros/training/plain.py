# SPDX-License-Identifier: Apache-2.0
"""Plain fitting: the ablation without the outer objective."""

from dataclasses import replace

from nermo_ros.data.frames import FrameWindows
from nermo_ros.data.windows import Windows


class HistoryOnly:
    """Windows of frames that ask for their own history: nothing is learned from the future.

    A time counts where every joint was seen.
    """

    def __init__(self, frames: FrameWindows):
        self.frames, self.rng, self.query = frames, frames.rng, frames.times

    def draw(self, count: int) -> Windows:
        """`count` windows whose future is their history."""
        self.frames.rng = self.rng
        w = self.frames.draw(count)
        return replace(w, query=w.times, future=w.positions, known=w.mask.min(2))
