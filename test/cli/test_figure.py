# SPDX-License-Identifier: Apache-2.0
import warnings

import numpy as np
import pytest

from nermo_ros.cli.figure import APART, Moment, View, choose, draw
from nermo_ros.recordings.recording import load_recording, shipped_recordings

KEYS = ('80', '160', '320', '400', '560', '1000')
STEPS = np.arange(1, 26) * 0.04


def moments(recording, seen=lambda number, positions: positions):
    found = []
    for number, time in enumerate(np.arange(0, recording.duration - 1, 0.1)):
        now, truth = recording.at(time), recording.at(time + STEPS)
        found.append(Moment(time, seen(number, now.copy()), now, STEPS, truth, truth))
    return found


@pytest.fixture
def result():
    errors = dict(zip(KEYS, range(10, 70, 10), strict=True))
    names = ('mpjpe_mm', 'zero_velocity_mm', 'constant_velocity_mm')
    return {name: dict(errors) for name in names}


@pytest.mark.parametrize('name', shipped_recordings())
def test_draws_every_shipped_recording(name, tmp_path, result):
    pytest.importorskip('matplotlib', reason='the picture is of the demo extra')
    from matplotlib.image import imread

    recording = load_recording(name)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        draw(tmp_path / 'out.png', moments(recording), result, recording)
    picture = imread(tmp_path / 'out.png')
    assert picture.shape[1] > 1200
    blue = (picture[..., 2] > 0.6) & (picture[..., 0] < 0.2)
    assert blue[: picture.shape[0] // 2].sum() > 500, 'no forecast is to be seen'


def test_draws_where_nothing_could_be_forecast(tmp_path, result):
    pytest.importorskip('matplotlib', reason='the picture is of the demo extra')
    result['mpjpe_mm'] = dict.fromkeys(KEYS)
    draw(tmp_path / 'out.png', [], result, load_recording('handover'))
    assert (tmp_path / 'out.png').stat().st_size > 1000


def test_chooses_what_is_missing_and_moves_and_keeps_apart():
    recording = load_recording('handover')

    def hide(number, positions):
        if number == 30:
            positions[:] = np.nan
        return positions

    chosen = choose(moments(recording, hide))
    times = [moment.time for moment in chosen]
    assert len(chosen) == 3 and times == sorted(times)
    assert (np.diff(times) >= APART - 1e-9).all()
    assert any(time == pytest.approx(3.0) for time in times)


def test_looks_from_the_side_with_up_above():
    view = View(load_recording('cmu_walking'))
    forward, up = view(np.float64([[1, 0, 0], [0, 0, 1]]))
    assert forward[0] > 0.8
    assert up[0] == pytest.approx(0) and up[1] > 0.9
