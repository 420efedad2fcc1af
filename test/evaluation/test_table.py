# SPDX-License-Identifier: Apache-2.0
from nermo_ros.evaluation.horizons import HORIZONS
from nermo_ros.evaluation.table import aligned, error_table


def test_names_to_the_left_numbers_to_the_right():
    rows = [['who', 'a', 'bb'], ['someone', '1.0', '20.0'], ['x', '100.0', '3.0']]
    assert aligned(rows) == (
        'who          a    bb\n'
        'someone    1.0  20.0\n'
        'x        100.0   3.0'
    )  # fmt: skip


def test_error_table_has_a_column_for_each_horizon():
    errors = {f'{1000 * horizon:.0f}': 1000 * horizon for horizon in HORIZONS}
    lines = error_table({'model': errors, 'none': dict.fromkeys(errors)}).splitlines()
    assert lines[0].split()[-6:] == ['80', '160', '320', '400', '560', '1000']
    assert lines[1].split() == ['model', '80.0', '160.0', '320.0', '400.0', '560.0', '1000.0']
    assert lines[2].split() == ['none', *'------']
    assert len({len(line) for line in lines}) == 1
