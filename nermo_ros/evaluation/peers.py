# SPDX-License-Identifier: Apache-2.0
"""What others published under the same protocols, with where it stands.

Figures are in mm as the protocol counts them, the authors' own or as those named compare them, and
are copied, not measured here. None of them may stand beside true-time figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nermo_ros.evaluation.horizons import HORIZONS
from nermo_ros.evaluation.published import MEANS

TRAINED_ON = (
    'Peers trained on all 40 CMU files, and chose their epoch on the test set. Of those files 8 '
    'are not in the npz that ours learned from, among them all five of washwindow and '
    'three of directing_traffic.'
)
Row = tuple[float | None, ...]  # mm at HORIZONS; None where nothing was published


@dataclass(frozen=True)
class Peer:
    """name, figures by action or mean, and source: where they were read."""

    name: str
    figures: Mapping[str, Row]
    source: str

    def row(self, name: str) -> Row | None:
        """The figures of an action or a mean; a mean of published actions is computed."""
        if name in self.figures or name not in MEANS:
            return self.figures.get(name)
        if not set(MEANS[name]) <= set(self.figures):
            return None
        rows = np.array([self.figures[action] for action in MEANS[name]], float)
        return tuple(np.round(rows.mean(0), 2).tolist())


SLIDES = "eight actions, as NeRMo's authors print them in their slides"
PGBIG = 'Ma et al., Progressively Generating Better Initial Guesses, CVPR 2022, 10 to 25 frames'
GGMOTION = 'GGMotion, 2025, the long model of 10 to 25 frames'
MSRGCN = 'github.com/Droliven/MSRGCN, README, 10 to 25 frames, every window'
HISREP = (
    'github.com/wei-mao-2019/HisRepItself, '
    'checkpoint/pretrained/h36m_3d_in50_out10_dctn20/test_pre_action.csv, 50 frames in'
)
LUKAN = 'as compared in github.com/zadidhasan/LuKAN, README'

CMU = (
    Peer('PGBIG', {
        'basketball': (9.53, 17.53, 35.32, 44.23, 59.41, 84.14),
        'jumping': (13.93, 27.78, 55.80, 69.01, 91.65, 125.60),
        'running': (12.69, 23.18, 38.31, 42.24, 44.98, 51.71),
        'soccer': (11.09, 20.63, 39.48, 48.72, 65.41, 99.98),
        'walking': (6.23, 10.34, 16.84, 19.76, 25.06, 33.93),
        'washwindow': (4.63, 9.16, 20.87, 27.35, 39.70, 65.69),
        'mean_of_8': (8.20, 15.41, 30.13, 37.27, None, None),
    }, f'{PGBIG}; the mean of {SLIDES}'),
    Peer('MSR-GCN', {
        'basketball': (10.24, 18.64, 36.94, 45.96, 61.12, 86.24),
        'basketball_signal': (3.04, 5.62, 12.49, 16.60, 25.43, 49.99),
        'directing_traffic': (6.13, 12.60, 29.37, 39.22, 60.46, 114.56),
        'jumping': (15.19, 28.85, 55.97, 69.11, 92.38, 126.16),
        'running': (13.17, 20.91, 29.88, 33.37, 38.26, 43.62),
        'soccer': (10.92, 19.40, 37.41, 47.00, 65.25, 101.85),
        'walking': (6.38, 10.25, 16.88, 20.05, 25.48, 36.78),
        'washwindow': (5.41, 10.93, 24.51, 31.79, 45.13, 70.16),
    }, MSRGCN),
    Peer('GGMotion', {
        'basketball': (9.84, 18.43, 36.98, 47.04, 65.77, 95.89),
        'jumping': (12.81, 26.90, 57.34, 71.67, 94.74, 128.79),
        'running': (12.26, 21.73, 32.03, 35.27, 39.54, 52.47),
        'soccer': (10.30, 18.70, 36.23, 45.33, 62.08, 97.19),
        'walking': (6.30, 10.14, 15.85, 18.90, 24.09, 35.15),
        'washwindow': (4.68, 9.52, 22.00, 29.06, 41.95, 70.47),
    }, GGMOTION),
    Peer('Res-sup', {'mean_of_8': (24.74, 44.21, 76.30, 88.73, None, None)}, SLIDES),
    Peer('DMGNN', {'mean_of_8': (14.07, 24.44, 45.90, 55.45, None, None)}, SLIDES),
    Peer('LTD', {'mean_of_8': (9.94, 18.02, 33.55, 40.95, None, None)}, SLIDES),
    Peer('SPGSN', {'mean_of_8': (8.30, 14.80, 28.64, 36.96, None, None)}, SLIDES),
    Peer('NeRMo', {'mean_of_8': (8.05, 14.14, 29.43, 37.15, None, 80.5)}, SLIDES),
)  # fmt: skip

# Means over the 15 actions. 256 windows an action, but MSR-GCN's README, which has every window.
H36M = (
    Peer('LTD', {'mean': (11.2, 23.4, 47.9, 58.9, 78.3, 114.0)}, LUKAN),
    Peer('HisRep', {'mean': (10.45, 22.59, 47.14, 58.26, 77.26, 112.08)}, HISREP),
    Peer('MSR-GCN', {'mean': (11.3, 24.3, 50.8, 61.9, 80.0, 112.9)}, LUKAN),
    Peer('MSR-GCN, every window', {'mean': (12.11, 25.56, 51.64, 62.93, 81.13, 114.18)}, MSRGCN),
    Peer('SPGSN', {'mean': (10.4, 22.3, 47.0, 58.2, 77.4, 109.6)}, LUKAN),
    Peer('siMLPe', {'mean': (9.6, 21.7, 46.3, 57.3, 75.7, 109.4)}, LUKAN),
    Peer('LuKAN', {'mean': (9.4, 21.5, 46.2, 57.2, 75.7, 109.3)}, LUKAN),
)

# No author's figures for 3DPW were found in a text that can be cited here.
PEERS = {'cmu': CMU, 'h36m': H36M, '3dpw': ()}


def peer_rows(dataset: str, name: str) -> dict[str, dict[str, float | None]]:
    """Peer -> {'80': mm, ...} of those that published that action or mean of the data set."""
    keys = [f'{1000 * horizon:.0f}' for horizon in HORIZONS]
    rows = {peer.name: peer.row(name) for peer in PEERS[dataset]}
    return {
        peer: dict(zip(keys, row, strict=True)) for peer, row in rows.items() if row is not None
    }
