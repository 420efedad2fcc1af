# SPDX-License-Identifier: Apache-2.0
import json
from pathlib import Path

import pytest

from nermo_ros.cli.bench.report import document, read, text
from nermo_ros.cli.bench.tables import target_rows

ROOT = Path(__file__).parents[3]


def times(first):
    return {str(n): {'p50': first * n, 'p99': 2.0 * first * n} for n in (1, 8)}


def measured(node=True, **changes):
    """What `nermo bench` writes, with figures that are easily told."""
    run = {'p50': 2.5, 'p99': 4.0, 'answered': 0.995, 'cpu_percent': 31.0, 'rss_mb': 150.0}
    stages = {'source': {'p50': 0.25, 'p99': 1}, 'batch': {'p50': 0.5, 'p99': 1}}
    figures = {
        'machine': {'processor': 'Some CPU', 'cores': 2, 'numpy': '2.0'},
        'date': '2030-01-02',
        'quick': False,
        'model': 'body17',
        'runs': 9,
        'reference': 'onnxruntime',
        'adapt_decode_ms': {'onnxruntime': times(0.375)},
        'baseline_ms': {'simlpe_eager': times(3.0)},
        'speedup': {'simlpe_eager': 8.0, 'simlpe_onnxruntime': 1.5},
        'allocated_bytes': {'onnxruntime': {'8': {'peak': 12_000, 'kept': 0}}},
        'start_up_s': {'onnxruntime': 0.61},
        'memory_mb': {'onnxruntime': {'rss': 80.0, 'peak': 90.0}},
        'not_run': {'tensorrt': 'no NVIDIA driver'},
    }
    if node:
        figures['end_to_end_ms'] = {'2': {'p50': 2.5, 'p99': 4.0}}
        figures['end_to_end_by_rate'] = {'30': {'2': run}}
        figures['node'] = {
            'backend': 'onnxruntime',
            'rate': 30,
            'start_up_s': {'p50': 1.5, 'worst': 1.75},
            'found_s': {'p50': 1.6, 'worst': 4.5},
            'rss_mb': {'2': 150.0},
            'cpu_percent': {'2': 31.0},
            'stages_ms': {'2': stages},
        }
    return {**figures, **changes}


def line_with(page, words):
    (line,) = [line for line in page.splitlines() if words in line]
    return line


def test_the_document_in_the_repository_is_what_the_figures_say():
    page = document(read(ROOT / 'docs/performance'))
    assert (ROOT / 'docs/performance.md').read_text() == page, (
        'run `nermo bench --read docs/performance`'
    )


def test_figures_are_in_the_document():
    page = document({'bench': measured()})
    assert 'Some CPU, 2 cores' in page and '2030-01-02' in page and '2.0' in page
    assert line_with(page, '| onnxruntime | 0.375').endswith('| 0.375 / 0.750 | 3.000 / 6.000 |')
    assert '8.00 ×' in line_with(page, '| simlpe_eager | 8')
    assert line_with(page, '| onnxruntime | 0.61').endswith('| 0.61 | 80 | 90 | 12 | 0 |')
    assert line_with(page, '| 30 | 2 |').endswith('| 2.50 | 4.00 | 99.5 % | 31 % | 150 MB |')
    assert (
        '1.50 s in the median, 1.75 s at worst of 1, found by the publisher after 1.60 s' in page
    )
    assert 'Not run: tensorrt: no NVIDIA driver.' in page
    assert '(performance/bench.png)' in page


def test_targets_are_met_or_not():
    rows = {row[0]: row[1:] for row in target_rows(measured())}
    assert rows['one person on a CPU thread'] == ['≤ 0.4 ms', '0.375 ms', 'yes']
    assert rows['8 people on a CPU thread'] == ['≤ 2 ms', '3 ms', 'no']
    assert rows['siMLPe in PyTorch eager takes'] == ['≥ 6 ×', '8 ×', 'yes']
    assert rows['siMLPe in ONNX Runtime takes'] == ['≥ 2 ×', '1.5 ×', 'no']
    assert '16 people, TensorRT' not in rows


def test_stages_before_stand_beside_those_after():
    before = measured()
    before['node']['stages_ms']['2'] = {'source': {'p50': 1.0, 'p99': 2}}
    page = document({'bench': measured(), 'before': before})
    assert '| 2 before | 2 |' in page
    assert '| source | 1.000 | 0.250 |' in page
    assert '| batch | - | 0.500 |' in page
    assert '| sum | 1.000 | 0.750 |' in page
    assert page.count('Some CPU') == 1


def test_every_machine_has_a_section_the_main_one_first():
    other = measured(node=False, machine={'processor': 'Other', 'cores': 8, 'gpu': 'Big GPU'})
    page = document({'a_gpu': other, 'bench': measured()})
    assert page.index('Some CPU') < page.index('Other, 8 cores, Big GPU')


def test_the_table_of_the_command():
    printed = text(measured())
    assert '0.375' in printed and 'end to end' in printed and 'not run: tensorrt' in printed
    assert 'end to end' not in text(measured(node=False))


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('{', 'is not JSON'),
        ('{}', 'lacks machine'),
        (json.dumps(measured(quick=True)), '--quick'),
    ],
)
def test_broken_figures_are_refused(tmp_path, content, message):
    (tmp_path / 'bench.json').write_text(content)
    with pytest.raises(ValueError, match=message):
        read(tmp_path)


def test_nothing_measured_is_said():
    assert 'Nothing has been measured yet' in document({})
