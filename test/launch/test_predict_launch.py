# SPDX-License-Identifier: Apache-2.0
"""The launch file: its text anywhere, its description where launch_ros is installed."""

import ast
import importlib.util
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from nermo_ros.ros.parameters import ROWS
from nermo_ros.ros.sources import SOURCES

ROOT = Path(__file__).parents[2]
FILE = ROOT / 'launch/predict.launch.py'
TREE = ast.parse(FILE.read_text())
EXPECTED = {
    'namespace', 'source', 'input_topic', 'inputs', 'joint_set', 'target_frame', 'params_file',
    'use_sim_time', 'autostart', 'log_level', 'rviz', 'model', 'backend',
}  # fmt: skip


def value_of(name):
    """What a constant of the launch file is assigned, as syntax."""
    (value,) = [
        node.value
        for node in TREE.body
        if isinstance(node, ast.Assign) and node.targets[0].id == name
    ]
    return value


def arguments():
    return {row.elts[0].value: row.elts for row in value_of('ARGUMENTS').elts}


def test_arguments_are_declared_and_described():
    assert set(arguments()) == EXPECTED
    for _, _, description, _ in arguments().values():
        assert description.value


def test_arguments_that_are_parameters_leave_them_to_the_file_unless_given():
    names = ast.literal_eval(value_of('PARAMETERS'))
    for name in names:
        assert arguments()[name][1].value == ''
    shared = EXPECTED & set(ROWS)
    assert shared == {*names, 'autostart'}
    assert ast.literal_eval(value_of('SOURCES')) == ['', *SOURCES]


def test_only_coming_from_configuring_activates():
    (call,) = [
        node
        for node in ast.walk(TREE)
        if isinstance(node, ast.Call) and getattr(node.func, 'id', '') == 'OnStateTransition'
    ]
    states = {k.arg: k.value.value for k in call.keywords if isinstance(k.value, ast.Constant)}
    assert states == {'start_state': 'configuring', 'goal_state': 'inactive'}


def test_rviz_shows_what_the_node_publishes():
    view = yaml.safe_load((ROOT / 'config/predict.rviz').read_text())
    displays = view['Visualization Manager']['Displays']
    (markers,) = [d for d in displays if d['Class'] == 'rviz_default_plugins/MarkerArray']
    assert markers['Topic']['Value'] == 'markers'


@pytest.mark.skipif(
    find_spec('launch_ros') is None, reason='launch_ros comes with a ROS 2 installation only'
)
def test_description_can_be_made():
    spec = importlib.util.spec_from_file_location('predict_launch', FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    description = module.generate_launch_description()
    declared = {argument.name for argument in description.get_launch_arguments()}
    assert declared >= EXPECTED
