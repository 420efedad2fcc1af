# SPDX-License-Identifier: Apache-2.0
import pytest

from nermo_ros.cli import predict
from nermo_ros.ros import run


@pytest.fixture
def ros_arguments(monkeypatch):
    given = []
    monkeypatch.setattr(run, 'run', lambda args: given.extend(args) or 0)
    return given


def test_the_parameter_file_becomes_a_ros_argument(ros_arguments):
    assert predict.main(['--params-file', 'a.yaml', '--ros-args', '-p', 'rate:=5.0']) == 0
    expected = ['--ros-args', '--params-file', 'a.yaml', '--ros-args', '-p', 'rate:=5.0']
    assert ros_arguments == expected


def test_what_launch_gives_is_passed_on_as_it_is(ros_arguments):
    launch = ['--ros-args', '-r', '__node:=x', '--params-file', 'a', '--params-file', 'b']
    predict.main(launch)
    assert ros_arguments == launch


def test_what_is_not_understood_is_refused(ros_arguments, capsys):
    with pytest.raises(SystemExit):
        predict.main(['--param-file', 'a.yaml'])
    assert 'unrecognized' in capsys.readouterr().err and not ros_arguments
