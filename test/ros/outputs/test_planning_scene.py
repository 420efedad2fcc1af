# SPDX-License-Identifier: Apache-2.0
"""What the planning scene is told, held against MoveIt's rules: with plain classes and, where it
is installed, with moveit_msgs."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nermo_ros.forecast.scene import Operation, Scene
from nermo_ros.ros.outputs import make_outputs, planning_scene
from nermo_ros.ros.outputs.output import Cycle, Nobody
from nermo_ros.ros.outputs.planning_scene import PlanningScene, message, shapes_of
from nermo_ros.ros.parameters import TABLE

sys.path.append(str(Path(__file__).parent))
from moveit_rules import PLAIN, BrokenRuleError, MoveItScene, number  # noqa: E402

DEFAULTS = {row.name: row.default for row in TABLE} | {'planning_scene.mode': 'swept'}
NS = 1_000_000_000


@pytest.fixture(params=['plain', 'moveit_msgs'])
def types(request):
    if request.param == 'plain':
        return PLAIN
    pytest.importorskip('moveit_msgs.msg', reason='moveit_msgs is not installed here')
    return planning_scene.real_types()


class Ear:
    """A lifecycle publisher that applies what is published to a scene as MoveIt would."""

    def __init__(self):
        self.scene, self.heard, self.subscribers = MoveItScene(), [], 1

    def publish(self, told):
        self.heard.append(told)
        self.scene.take(told)

    def get_subscription_count(self):
        return self.subscribers

    def wait_for_all_acked(self, timeout):
        return True

    def operations(self):
        """Of the last message, by id."""
        objects = self.heard[-1].world.collision_objects
        return {item.id: Operation(number(item.operation)).name for item in objects}


@pytest.fixture
def told(types, monkeypatch):
    """An output, and the ear that hears it."""
    ear = Ear()
    monkeypatch.setattr(PlanningScene, 'message_type', lambda *cls: types.PlanningScene)
    monkeypatch.setattr(planning_scene, 'real_types', lambda: types)
    node = type('Node', (), {'create_lifecycle_publisher': lambda *given: ear})()
    return PlanningScene(node), ear


def cycle(forecast, now=0.0, **values):
    given = {**DEFAULTS, 'planning_scene.rate': 0.0, **values}
    return Cycle(forecast, 'map', round(now * NS), 0.0, 0.0, 0.0, given)


def only(forecast, *ids):
    rows = [forecast.ids.index(person) for person in ids]
    arrays = ('positions', 'repaired', 'states', 'observed_fraction', 'ages', 'status', 'stamps')
    return replace(forecast, ids=ids, **{a: getattr(forecast, a)[rows] for a in arrays})


def test_a_life_of_two_people(told, body):
    output, ear = told
    output.publish(cycle(body))
    assert ear.operations() == {'human_ada': 'ADD', 'human_bob': 'ADD'}
    output.publish(cycle(body, 0.1))
    assert ear.operations() == {'human_ada': 'MOVE', 'human_bob': 'MOVE'}
    output.publish(cycle(only(body, 'bob'), 0.2))
    assert ear.operations() == {'human_bob': 'MOVE', 'human_ada': 'REMOVE'}
    output.nobody(Nobody(NS, 'map', '', np.empty(0)))
    assert ear.operations() == {'human_bob': 'REMOVE'} and not ear.scene.objects
    output.nobody(Nobody(NS, 'map', '', np.empty(0)))
    assert len(ear.heard) == 4, 'nothing is left to say'
    output.publish(cycle(body, 1.1))
    assert set(ear.scene.objects) == {'human_ada', 'human_bob'}


def test_objects_are_in_the_forecasts_frame_and_stamped(told, body):
    output, ear = told
    output.publish(cycle(body))
    item = ear.heard[0].world.collision_objects[0]
    assert item.header.frame_id == 'map'
    assert item.header.stamp.sec * NS + item.header.stamp.nanosec == body.reference


def test_a_new_subscriber_and_time_bring_additions(told, body):
    output, ear = told
    output.publish(cycle(body))
    ear.subscribers = 2
    output.publish(cycle(body, 0.1))
    assert set(ear.operations().values()) == {'ADD'}
    output.publish(cycle(body, 0.2))
    assert set(ear.operations().values()) == {'MOVE'}
    output.publish(cycle(body, 5.2))
    assert set(ear.operations().values()) == {'ADD'}
    output.publish(cycle(body, -3.0))  # the clock went back
    assert set(ear.operations().values()) == {'ADD'}


def test_diffs_keep_to_their_rate_but_removals_do_not_wait(told, body):
    output, ear = told
    values = {'planning_scene.rate': 10.0}
    for step in range(30):
        output.publish(cycle(body, step / 30, **values))
    assert 8 <= len(ear.heard) <= 10
    had = len(ear.heard)
    output.publish(cycle(only(body, 'ada'), 29.1 / 30, **values))
    assert len(ear.heard) == had + 1 and set(ear.scene.objects) == {'human_ada'}


def test_snapshots_are_fewer_shapes_than_sweeps(told, body):
    output, ear = told
    counts = {}
    for mode in ('snapshot', 'swept'):
        output.publish(cycle(body, **{'planning_scene.mode': mode}))
        counts[mode] = len(ear.scene.objects['human_ada'][0])
    assert 0 < counts['snapshot'] <= 3 * 19 and counts['swept'] == 4 * 3 * 19


@pytest.mark.parametrize('steps', [1, 7])
def test_swept_shapes_hold_people_from_now_to_the_horizon(body, steps):
    values = DEFAULTS | {'planning_scene.steps': steps, 'planning_scene.horizon': 0.35}
    gaps = shapes_of(body, 0.05, values)
    assert gaps.ends.shape[1] == steps
    held = gaps.gaps(body.positions[0, :4, [15, 16]].reshape(-1, 3))[0].min(0)
    assert (held < 0).all()


def test_padding_and_uncertainty_up_to_a_limit(body):
    plain = shapes_of(body, 0.0, DEFAULTS).radii
    padded = shapes_of(body, 0.0, DEFAULTS | {'planning_scene.padding': 0.25}).radii
    np.testing.assert_allclose(padded, plain + 0.25, atol=1e-6)
    doubtful = replace(body, radii=np.full(body.positions.shape[:3], 0.3, np.float32))
    for limit, grown in ((0.0, 0.0), (0.1, 0.1), (2.0, 0.3)):
        values = DEFAULTS | {'planning_scene.growth': limit}
        np.testing.assert_allclose(
            shapes_of(doubtful, 0.0, values).radii, plain + grown, atol=1e-6
        )


def test_nobody_in_a_forecast_says_nothing(told, body):
    output, ear = told
    output.publish(cycle(only(body)))
    assert not ear.heard


@pytest.mark.parametrize(
    ('spoil', 'rule'),
    [
        (lambda m: setattr(m, 'is_diff', False), 'not a diff'),
        (lambda m: m.world.collision_objects[0].primitive_poses.pop(), 'do not match'),
        (lambda m: setattr(m.world.collision_objects[0], 'id', ''), 'without'),
        (lambda m: setattr(m.world.collision_objects[0], 'operation', 3), 'to be moved'),
        (lambda m: setattr(m.world.collision_objects[0], 'operation', 1), 'to be removed'),
    ],
)
def test_the_rules_catch_what_is_wrong(body, spoil, rule):
    changes = Scene().update(body.ids, shapes_of(body, 0.0, DEFAULTS))
    sent = message(changes, 0, 'map', PLAIN)
    spoil(sent)
    with pytest.raises(BrokenRuleError, match=rule):
        MoveItScene().take(sent)


def test_without_moveit_msgs_it_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, 'moveit_msgs', None)
    monkeypatch.setitem(sys.modules, 'moveit_msgs.msg', None)
    with pytest.raises(ValueError, match='planning_scene.mode is set but moveit_msgs is not'):
        make_outputs(None, DEFAULTS)
