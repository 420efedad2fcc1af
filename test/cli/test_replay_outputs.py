# SPDX-License-Identifier: Apache-2.0
"""`nermo replay --outputs` as a user runs it: a node of its own, DDS, a bag and pictures."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nermo_ros.inference.models import shipped_models

pytest.importorskip('rclpy', reason='the outputs need ROS 2')
for name in ('matplotlib', 'rosbags'):
    pytest.importorskip(name, reason='the demo extra')

from nermo_ros.cli.figure_outputs import changes_of, objects  # noqa: E402
from nermo_ros.cli.recorder import typestore  # noqa: E402
from nermo_ros.ros.outputs import OUTPUTS  # noqa: E402
from nermo_ros.ros.outputs.planning_scene import PlanningScene  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


def installed(output):
    try:
        return bool(output.message_type())
    except ValueError:
        return False


HERE = [output for output in OUTPUTS if installed(output)]


@pytest.fixture(scope='module')
def replayed(tmp_path_factory):
    """(folder, what was printed)."""
    if 'body17' not in shipped_models():
        pytest.skip('the shipped model is absent')
    out = tmp_path_factory.mktemp('replay') / 'out'
    command = ['replay', 'handover', '--outputs', 'all', '--seconds', '3', '--out', str(out)]
    done = subprocess.run(
        [sys.executable, '-m', 'nermo_ros.cli.main', *command, '--drop', '0.2'],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out, done.stdout


@pytest.fixture(scope='module')
def heard(replayed):
    """Messages by topic, from the bag."""
    from rosbags.rosbag2 import Reader

    packages = {output.message.split('/')[0] for output in HERE}
    store, found = typestore(packages), {output.topic: [] for output in HERE}
    with Reader(replayed[0] / 'bag') as reader:
        for connection, _, raw in reader.messages():
            if connection.topic[1:] in found:
                message = store.deserialize_cdr(raw, connection.msgtype)
                found[connection.topic[1:]].append(message)
    return found


@pytest.mark.parametrize('output', OUTPUTS, ids=lambda output: output.topic)
def test_every_output_is_in_the_bag_and_has_a_picture(replayed, heard, output):
    out, told = replayed
    if output not in HERE:
        package = output.message.split('/')[0]
        assert f'{output.topic}: not sent, {package} is not installed' in told
        pytest.skip(f'{package} is not installed here')
    assert len(heard[output.topic]) >= (10 if output is PlanningScene else 30)
    picture = out / f'{output.topic}.png'
    assert str(picture) in told and picture.read_bytes().startswith(b'\x89PNG')


def test_the_planning_scene_has_a_picture_in_any_case(replayed):
    picture = (replayed[0] / 'planning_scene.png').read_bytes()
    assert picture.startswith(b'\x89PNG') and len(picture) > 50_000


def test_everything_is_taken_back_at_the_end(heard):
    assert not heard['predicted_skeletons'][-1].people and not heard['points'][-1].poses
    assert heard['markers'][-1].markers[0].action == 3, 'DELETEALL'
    if installed(PlanningScene):
        told = [changes_of(message) for message in heard['planning_scene']]
        assert set(objects(told[:-1])) == {'human_giver', 'human_taker'}
        assert not objects(told)
