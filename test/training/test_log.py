# SPDX-License-Identifier: Apache-2.0
import pytest

from nermo_ros.training.log import Log, seconds


def test_a_resumed_log_drops_what_the_checkpoint_does_not_know(tmp_path):
    first = Log(tmp_path)
    for step in (10, 20, 30):
        first.add({'step': step, 'loss': step / 10})
    Log(tmp_path, step=20).add({'step': 30, 'loss': 9.0})
    assert (tmp_path / 'log.csv').read_text().split() == [
        'step,loss',
        '10,1.0',
        '20,2.0',
        '30,9.0',
    ]


def test_a_new_run_begins_a_new_log(tmp_path):
    Log(tmp_path).add({'step': 10, 'loss': 1.0})
    Log(tmp_path).add({'step': 5, 'loss': 2.0})
    assert (tmp_path / 'log.csv').read_text().split() == ['step,loss', '5,2.0']


def test_tells_how_long_a_run_took(tmp_path):
    assert seconds(tmp_path) is None
    log = Log(tmp_path)
    log.add({'step': 10, 'seconds': 60})
    log.add({'step': 20, 'seconds': 125})
    assert seconds(tmp_path) == 125


def test_tensorboard_reads_what_was_logged(tmp_path):
    pytest.importorskip('tensorboard', reason='TensorBoard is not installed')
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    Log(tmp_path, tensorboard=True).add({'step': 10, 'loss': 0.5})
    events = EventAccumulator(str(tmp_path / 'tensorboard'))
    events.Reload()
    assert [(event.step, event.value) for event in events.Scalars('loss')] == [(10, 0.5)]
