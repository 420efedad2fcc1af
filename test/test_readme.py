# SPDX-License-Identifier: Apache-2.0
"""The README's tables against the code."""

import ast
import json
import re
import time
from pathlib import Path

import pytest

from nermo_ros.evaluation.table import markdown
from nermo_ros.inference.backends import BACKENDS
from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.models import model_folder
from nermo_ros.ros import parameters
from nermo_ros.ros.sources import SOURCES
from nermo_ros.skeleton.sets import JOINT_SETS

ROOT = Path(__file__).parents[1]
README = (ROOT / 'README.md').read_text()


def section(title):
    """Text from a second-level heading to the next."""
    (text,) = re.findall(rf'^## {title}$(.*?)(?=^## |\Z)', README, re.MULTILINE | re.DOTALL)
    return text


def table(title):
    """Cells of the section's rows without head, backticks taken off."""
    rows = [line for line in section(title).splitlines() if line.startswith('| ')]
    return [[cell.strip(' `') for cell in row.strip('|').split('|')] for row in rows[2:]]


def test_inputs_are_the_sources():
    rows = {name: (kind, people) for name, kind, people, _ in table('Inputs')}
    assert rows == {
        name: (source.message, 'any' if source.many_people else 'one a topic')
        for name, source in SOURCES.items()
    }


def test_joint_sets_are_all_named():
    (names,) = re.findall(r'Known sets: (.*?)\.\n', section('Inputs'), re.DOTALL)
    assert re.findall(r'`(\w+)`', names) == list(JOINT_SETS)


def test_parameters_are_those_of_the_node():
    assert parameters.markdown().strip() in section('Parameters'), (
        'print(nermo_ros.ros.parameters.markdown()) into the README'
    )


def test_backends_are_all_named_best_first():
    assert [name for name, *_ in table('Backends')] == list(BACKENDS)


def test_launch_arguments_are_all_named():
    tree = ast.parse((ROOT / 'launch/predict.launch.py').read_text())
    (rows,) = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == 'ARGUMENTS'
    ]
    (listed,) = re.findall(r'lists the arguments: (.*?)\.\n', README, re.DOTALL)
    assert re.findall(r'`(\w+)`', listed) == [row.elts[0].value for row in rows.elts]


def test_outputs_are_what_the_node_offers():
    rclpy = pytest.importorskip('rclpy')
    from nermo_ros.ros.node import PredictNode
    from nermo_ros.ros.outputs import OUTPUTS

    here = [output for output in OUTPUTS if output.switch and installed(output)]
    switches = [
        rclpy.Parameter(output.switch, value='swept' if 'mode' in output.switch else True)
        for output in here
    ]
    absent = {f'/{o.topic}': o.message for o in OUTPUTS if o.switch and o not in here}
    listed = {'/' + name.lstrip('/'): kind for name, kind, _ in table('Outputs')}
    context = rclpy.Context()
    rclpy.init(context=context)
    node = PredictNode(context=context, parameter_overrides=switches)
    try:
        node.trigger_configure()
        own = node.get_name(), node.get_namespace()
        end = time.monotonic() + 5
        # The graph, as a node sees it, is a moment late.
        while time.monotonic() < end:
            offered = dict(node.get_publisher_names_and_types_by_node(*own))
            offered |= dict(node.get_service_names_and_types_by_node(*own))
            if set(listed) <= set(offered) | set(absent):
                break
            time.sleep(0.02)
    finally:
        node.destroy_node()
        rclpy.shutdown(context=context)
    ours = {name: kinds[0] for name, kinds in offered.items() if 'nermo_predict/' not in name}
    for name in ('/rosout', '/parameter_events'):
        ours.pop(name, None)
    assert listed == ours | absent


def installed(output):
    try:
        return bool(output.message_type())
    except ValueError:
        return False


def test_results_are_those_of_the_shipped_model():
    metrics = ModelCard.read(model_folder('body17')).metrics
    assert markdown(metrics) in section('Results'), (
        'print(nermo_ros.evaluation.table.markdown(metrics of the card)) into the README'
    )


def test_speed_is_what_was_measured():
    measured = json.loads((ROOT / 'docs/performance/bench.json').read_text())
    ours = measured['adapt_decode_ms'][measured['reference']]
    took, ratio = ours['1']['p50'], measured['speedup']
    end, share = measured['end_to_end_ms']['2']['p50'], measured['node']['cpu_percent']['16']
    for told in (
        f'took {took:.2f} ms on one thread',
        f'{ratio["simlpe_eager"]:.2f} × in PyTorch',
        f'{ratio["simlpe_onnxruntime"]:.2f} × in ONNX',
        f'took {end:.2f} ms from one process',
        f'30 Hz {share:.0f} % of a core',
    ):
        assert told in ' '.join(README.split())


def test_files_that_are_linked_exist():
    links = re.findall(r'\]\(([^)#]+)\)', README)
    assert [link for link in links if '://' not in link and not (ROOT / link).exists()] == []


def test_says_what_it_is_not():
    assert 'It is not a safety function' in README
