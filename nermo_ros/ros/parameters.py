# SPDX-License-Identifier: Apache-2.0
"""The node's parameters: one table that declares, checks and documents them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)

from nermo_ros.inference.backends import BACKENDS
from nermo_ros.ros.sources import SOURCES
from nermo_ros.skeleton.sets import JOINT_SETS


class When(Enum):
    """While the node is in which state a parameter can be changed."""

    START = 'at the start only'
    UNCONFIGURED = 'while unconfigured'
    INACTIVE = 'while not active'
    ALWAYS = 'at any time'

    def allows(self, state: str) -> bool:
        """state: label of the lifecycle state; empty: the node is only being made."""
        allowed = {
            When.START: (),
            When.UNCONFIGURED: ('unconfigured',),
            When.INACTIVE: ('unconfigured', 'inactive'),
            When.ALWAYS: (state,),
        }
        return not state or state in allowed[self]


@dataclass(frozen=True)
class Row:
    """One parameter; low and high include their ends; empty choices: any value."""

    name: str
    default: Any
    when: When
    description: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


_U, _I, _A = When.UNCONFIGURED, When.INACTIVE, When.ALWAYS
_SETS = ('', *JOINT_SETS)
_MODES = ('off', 'swept', 'snapshot')
POSES = ('sensor_transform', 'points.transform')
_GUESSING = ', '.join(name for name, source in SOURCES.items() if source.geometry_rules)
FOOTNOTE = f'\\* For sources that do not tell seen from guessed joints: {_GUESSING}.'
TABLE = (
    Row('autostart', True, When.START, 'configure and activate at the start; without launch only'),
    Row('model', 'body17', _U, 'name of a shipped model, or a folder with a model.yaml'),
    Row('backend', 'auto', _U, 'what runs the model', choices=('auto', *BACKENDS)),
    Row('source', 'skeleton_array', _I, 'kind of message on input', choices=tuple(SOURCES)),
    Row('inputs', [], _I, 'several cameras: topics, or source:topic each; empty: one, on input'),
    Row('joint_set', '', _I, 'joints of messages without names; empty: as usual', choices=_SETS),
    Row('person_id', 'person', _I, 'id of the person where messages carry none'),
    Row('source_frame', '', _I, 'replaces the frame of the messages; empty: their own'),
    Row('target_frame', '', _I, 'frame of the forecasts, z up; empty: that of the messages'),
    Row('sensor_transform', [], _I, 'each sensor in target_frame: x y z [m] qx qy qz qw; or tf2'),
    Row('horizon', 1.0, _A, 'how far to forecast [s]', 0.01, 10.0),
    Row('step', 0.04, _A, 'time between two poses of a forecast [s]', 0.005, 1.0),
    Row(
        'compensate_latency', True, _A, 'the steps count from now, not from the newest observation'
    ),
    Row('sensor_latency', 0.0, _I, 'by which stamps are later than what they show [s]', 0.0, 1.0),
    Row('body_speed', 1.6, _A, 'of a walking body, for the bound on radii [m/s]', 0.1, 20.0),
    Row('hand_speed', 2.0, _A, 'of an arm that reaches out, likewise [m/s]', 0.1, 20.0),
    Row('measurement_error', 0.05, _A, 'of a joint where it is seen, likewise [m]', 0.005, 0.5),
    Row('rate', 0.0, _I, 'forecasts per second [Hz]; 0: one for each input', 0.0, 200.0),
    Row('heartbeat_period', 1.0, _A, 'between empty arrays while nobody is there [s]', 0.1, 60.0),
    Row('timeout', 1.0, _I, 'after which an unseen person is gone [s]', 0.05, 10.0),
    Row('stale_after', 0.3, _A, 'after which an unseen person is STALE [s]', 0.01, 10.0),
    Row('min_samples', 3, _A, 'samples of a person before the model is used', 1, 1000),
    Row('min_history', 0.1, _A, 'history of a person before the model is used [s]', 0.0, 10.0),
    Row('confidence_threshold', 0.5, _I, 'a joint below it counts as missing', 0.0, 1.0),
    Row('use_inferred', False, _I, "trust joints that the source's tracker filled in"),
    Row('frozen_samples', 3, _I, 'equal samples from which a joint is lost; 0: off *', 0, 1000),
    Row('bone_tolerance', 0.35, _I, 'share by which a bone may change; 0: off *', 0.0, 10.0),
    Row('speed_limit', 15.0, _I, 'of a joint; faster is missing [m/s]; 0: off *', 0.0, 1000.0),
    Row('id_switch_distance', 0.0, _I, 'new id this near a lost one is it [m]; 0: off', 0.0, 5.0),
    Row('fusion_distance', 0.3, _I, 'two cameras see one person within it [m]', 0.01, 5.0),
    Row('fusion_slop', 0.0, _I, 'cameras within it are one sample [s]; 0: each its own', 0.0, 0.5),
    Row('marker_forecast_steps', 5, _A, 'poses of the forecast in the markers', 0, 100),
    Row('planning_scene.mode', 'off', _U, 'people as obstacles for MoveIt', choices=_MODES),
    Row('planning_scene.horizon', 1.0, _A, 'swept until, or snapshot at, now + [s]', 0.0, 10.0),
    Row('planning_scene.steps', 4, _A, 'parts of the horizon with a sweep each', 1, 32),
    Row('planning_scene.rate', 10.0, _A, 'of diffs [Hz]; 0: one for each forecast', 0.0, 200.0),
    Row('planning_scene.padding', 0.0, _A, 'around everybody [m]', 0.0, 1.0),
    Row('planning_scene.growth', 0.15, _A, 'most that uncertainty adds around [m]', 0.0, 10.0),
    Row('points.enabled', False, _U, 'points of bodies, for speed-and-separation nodes'),
    Row('points.horizon', 0.0, _A, 'where people are at now + [s]', 0.0, 10.0),
    Row('points.frame', '', _I, "the points' frame, e.g. the robot's base; empty: target_frame"),
    Row('points.transform', [], _I, 'target_frame in points.frame, as sensor_transform; or empty'),
    Row('trajectories.enabled', False, _U, 'a MultiDOFJointTrajectory a person'),
    Row('people.enabled', False, _U, "people_msgs/People, for Nav2's social layers"),
)
ROWS = {row.name: row for row in TABLE}


def refusal(changes: Mapping[str, Any], values: Mapping[str, Any], state: str = '') -> str:
    """Why these changes to the values cannot be made in this state; empty: they can."""
    for name, value in changes.items():
        row = ROWS.get(name)
        if row is None:
            continue
        if not row.when.allows(state) and value != values[name]:
            return f'{name} can be changed {row.when.value}; the node is {state}'
        reason = _wrong(row, value)
        if reason:
            return f'{name}: {reason}'
    return _disagreement({**values, **changes})


def _wrong(row: Row, value: Any) -> str:
    if row.name in POSES:
        return _not_poses(value, many=row.name == 'sensor_transform')
    if row.name == 'inputs':
        named = value is None or all(isinstance(each, str) for each in value)
        return '' if named else 'give topics as strings, or [] for none'
    if row.choices and value not in row.choices:
        return f'{value!r} is none of {", ".join(repr(c) for c in row.choices)}'
    if row.low is not None and not row.low <= value <= row.high:
        return f'{value} is not in {row.low} to {row.high}'
    return ''


def _not_poses(value: Any, many: bool) -> str:
    numbers = pose_of(value)
    if numbers is None:
        return 'give x y z qx qy qz qw as numbers, or [] for none'
    count = len(numbers)
    if count and (count % 7 or (count > 7 and not many) or not np.isfinite(numbers).all()):
        each = ' for each sensor' if many else ''
        return f'{count} numbers given: it takes 7 finite ones, x y z qx qy qz qw{each}'
    for quaternion in (numbers[start + 3 : start + 7] for start in range(0, count, 7)):
        if abs(np.linalg.norm(quaternion) - 1) > 0.01:
            return f'the quaternion {quaternion} (qx qy qz qw) is not of length 1'
    return ''


def pose_of(value: Any) -> tuple[float, ...] | None:
    """One of POSES as numbers: an empty list reads as unset from a file; None: it is not."""
    try:
        return tuple(float(number) for number in ([] if value is None else value))
    except (TypeError, ValueError):
        return None


def _disagreement(values: Mapping[str, Any]) -> str:
    step, horizon = values.get('step', 0), values.get('horizon', np.inf)
    if step > horizon:
        return f'step ({step}) is more than horizon ({horizon}): lower step or raise horizon'
    if pose_of(values.get('points.transform')) and not values.get('points.frame'):
        return 'points.transform is set without points.frame: name the frame it leads to'
    return ''


class Parameters(Mapping):
    """The declared parameters of a node and their present values.

    state: gives the label of the node's lifecycle state; accept: is given all values before a
    change is taken and raises ValueError to refuse it. Raises rclpy's
    InvalidParameterValueException or InvalidParameterTypeException for a bad value from a file or
    the command line.
    """

    def __init__(self, node: Any, state: Callable[[], str], accept: Callable[[dict], None]):
        self._values: dict[str, Any] = {}
        self._state, self._accept = (lambda: ''), (lambda values: None)
        node.add_on_set_parameters_callback(self._on_set)
        for row in TABLE:
            node.declare_parameter(row.name, row.default, _descriptor(row))
        self._state, self._accept = state, accept

    def _on_set(self, parameters: list) -> SetParametersResult:
        changes = {p.name: p.value for p in parameters if p.name in ROWS}
        reason = refusal(changes, self._values, self._state())
        if not reason and changes:
            values = {**self._values, **changes}
            try:
                self._accept(values)
                self._values = values
            except ValueError as error:
                reason = str(error)
        return SetParametersResult(successful=not reason, reason=reason)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self):
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _descriptor(row: Row) -> ParameterDescriptor:
    descriptor = ParameterDescriptor(
        description=row.description,
        additional_constraints=f'{_allowed(row)}; can be changed {row.when.value}'.lstrip('; '),
        read_only=row.when is When.START,
        # rclpy takes an empty list for one of bytes.
        dynamic_typing=row.default == [],
    )
    if row.low is not None:
        whole = isinstance(row.default, int)
        kind, ends = (IntegerRange, int) if whole else (FloatingPointRange, float)
        ranges = [kind(from_value=ends(row.low), to_value=ends(row.high))]
        setattr(descriptor, 'integer_range' if whole else 'floating_point_range', ranges)
    return descriptor


def _allowed(row: Row) -> str:
    if row.choices:
        return 'one of ' + ', '.join(choice or "''" for choice in row.choices)
    return '' if row.low is None else f'{row.low:g} to {row.high:g}'


def markdown() -> str:
    """The table for the README."""
    columns = ('parameter', 'default', 'allowed', 'can be changed', 'what it is')
    rows = [columns, ['---'] * len(columns)]
    for row in TABLE:
        default = str(row.default).lower() if isinstance(row.default, bool) else row.default
        shown = "''" if default == '' else default
        rows.append(
            (f'`{row.name}`', f'`{shown}`', _allowed(row), row.when.value, row.description)
        )
    table = ''.join(f'| {" | ".join(cells)} |\n' for cells in rows)
    return f'{table}\n{FOOTNOTE}\n'
