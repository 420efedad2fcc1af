# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest
import yaml

from nermo_ros.ros.parameters import POSES, ROWS, TABLE, When, markdown, refusal

CONFIG = Path(__file__).parents[2] / 'config/predict.yaml'
DEFAULTS = {row.name: row.default for row in TABLE}


def test_the_file_has_the_tables_names_and_defaults():
    assert yaml.safe_load(CONFIG.read_text()) == {'/**': {'ros__parameters': DEFAULTS}}


def test_every_line_of_the_file_is_explained():
    for line in CONFIG.read_text().splitlines():
        name = line.strip().split(':')[0]
        if name in ROWS:
            comment = line.partition(' # ')[2]
            unit = ROWS[name].description.partition('[')[2].partition(']')[0]
            assert comment and f'[{unit}]' in comment + '[]', line


def test_defaults_are_allowed():
    assert refusal(DEFAULTS, DEFAULTS, '') == ''


def test_every_row_is_described_and_none_promises_safety():
    for row in TABLE:
        assert row.description and 'safe' not in row.name + row.description


@pytest.mark.parametrize(
    ('name', 'value', 'reason'),
    [
        ('source', 'crystal_ball', "'skeleton_array'"),
        ('joint_set', 'centaur', "'body17'"),
        ('rate', -1.0, '0.0 to 200.0'),
        ('min_samples', 0, '1 to 1000'),
        ('step', 0.9, 'more than horizon'),
        ('horizon', float('nan'), 'not in'),
        ('sensor_transform', [1.0, 2.0], 'it takes 7'),
        ('sensor_transform', [0.0, 0, 0, 0, 0, 0, 2.0], 'not of length 1'),
        ('sensor_transform', [0.0, float('inf'), 0, 0, 0, 0, 1], 'finite'),
        ('sensor_transform', 'front', 'as numbers'),
    ],
)
def test_bad_values_are_refused_with_a_reason(name, value, reason):
    given = {**DEFAULTS, 'horizon': 0.5} if name == 'step' else DEFAULTS
    assert reason in refusal({name: value}, given)


@pytest.mark.parametrize('value', [None, [], [1.0, 2, 3, 0, 0, 0, 1], [0, 0, 0, 1, 0, 0, 0]])
def test_sensor_transforms_that_are_taken(value):
    assert refusal({'sensor_transform': value}, DEFAULTS) == ''


@pytest.mark.parametrize('row', TABLE, ids=lambda row: row.name)
@pytest.mark.parametrize('state', ['unconfigured', 'inactive', 'active', 'activating'])
def test_who_may_change_when(row, state):
    changed = {row.name: 'other'} if not row.choices else {row.name: row.choices[-1]}
    changed = {row.name: row.low} if row.low is not None else changed
    changed = {row.name: []} if row.name in POSES else changed
    values = {**DEFAULTS, **dict.fromkeys(POSES), 'step': 0.005}
    reason = refusal(changed, values, state)
    if changed == {row.name: values[row.name]} or row.when.allows(state):
        assert reason == ''
    else:
        assert row.when.value in reason and state in reason


def test_allowed_states():
    assert When.INACTIVE.allows('inactive') and When.INACTIVE.allows('unconfigured')
    assert not When.INACTIVE.allows('active') and not When.UNCONFIGURED.allows('inactive')
    assert When.ALWAYS.allows('active') and not When.START.allows('unconfigured')
    assert When.START.allows('')


def test_markdown_has_a_line_for_each():
    table = markdown()
    for row in TABLE:
        assert table.count(f'\n| `{row.name}` |') == 1
    widths = {line.count('|') for line in table.splitlines() if line.startswith('|')}
    assert widths == {6}
