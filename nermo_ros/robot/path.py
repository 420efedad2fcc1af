# SPDX-License-Identifier: Apache-2.0
"""The way of the tool past the recorded handover, there and back, and the arm at each place of it.

Places are metres in the frame of the recording `handover`, z up.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from nermo_ros.robot import arm

# Middle of the two right wrists when they are nearest to each other, at 3.51 s: where the baton
# changes hands. The giver stands at x = -0.6, the taker at x = 0.7, so a line along y passes
# between them and through it.
MEETING = np.array([0.01, -0.15, 1.10])
BEFORE, BEYOND = 0.3, 0.2  # m of the line on this side of the meeting place and beyond it
# Beside the two on a bench, where the arm reaches the whole line without coming near to stretched
# or folded, which would make its joints fast.
BASE = np.array([0.01, -0.90, 0.80])
# The tool points along the line, level. Elbow up, at the far end of the line.
TOOL_AXES = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])  # a row each
FAR_ANGLES = np.array([1.76, -2.54, -1.14, 0.54, 1.38, 0.0])
GRID = 0.005  # m, between two places that are computed; linear in the angles between


@dataclass(frozen=True, eq=False)
class Path:
    """A straight line from `start` to `end` (3,) m and back."""

    start: np.ndarray = field(default_factory=lambda: MEETING - [0.0, BEFORE, 0.0])
    end: np.ndarray = field(default_factory=lambda: MEETING + [0.0, BEYOND, 0.0])
    base: np.ndarray = field(default_factory=lambda: BASE)

    @property
    def half(self) -> float:
        """Metres to the far end, where the tool turns."""
        return float(np.linalg.norm(self.end - self.start))

    @property
    def length(self) -> float:
        """Metres there and back."""
        return 2 * self.half

    def angles(self, way: np.ndarray | float) -> np.ndarray:
        """Joint angles (..., 6) where the tool has come `way` (...) m, from 0 to the length."""
        place, table = self._table
        out = self.half - np.abs(self.half - np.asarray(way, float))
        return np.stack([np.interp(out, place, column) for column in table.T], -1)

    def balls(self, way: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
        """Balls that hold the arm there: (..., N, 3) and (N,) m."""
        centres, radii = arm.balls(self.angles(way))
        return centres + self.base, radii

    def links(self, way: np.ndarray | float) -> np.ndarray:
        """Ends (..., L, 2, 3) m of the arm's links there."""
        return arm.links(self.angles(way)) + self.base

    def tool(self, way: np.ndarray | float) -> np.ndarray:
        """Tool centre point (..., 3) m there."""
        return arm.tool(self.angles(way))[..., :3, 3] + self.base

    @cached_property
    def _table(self) -> tuple[np.ndarray, np.ndarray]:
        """Ways (G,) to the far end and the angles (G, 6) there, found from the far end on."""
        count = max(2, int(np.ceil(self.half / GRID)) + 1)
        shares = np.linspace(0, 1, count)
        found, guess = [], FAR_ANGLES
        for share in shares[::-1]:
            pose = np.eye(4)
            pose[:3, :3] = TOOL_AXES.T
            pose[:3, 3] = self.start + share * (self.end - self.start) - self.base
            guess = arm.solve(pose, guess)
            found.append(guess)
        return shares * self.half, np.array(found[::-1])
