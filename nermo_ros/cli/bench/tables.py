# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/performance.md, as Markdown, from one machine's figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from nermo_ros.evaluation.table import markdown_table

Figures = Mapping[str, Any]
BEFORE = 'before'  # file of figures of the same machine before the cuts
# Of one thread of a CPU, as the baselines have; the first that was measured is what counts.
ON_A_CPU = ('native', 'onnxruntime')
CPU = 'the fastest on a CPU'
# What, where in the figures, is it a limit from above, the limit, unit. Figures that a machine
# cannot have (no GPU) are left out.
TARGETS: tuple[tuple[str, tuple[str, ...], bool, float, str], ...] = (
    ('one person on a CPU thread', ('adapt_decode_ms', CPU, '1', 'p50'), True, 0.4, 'ms'),
    ('8 people on a CPU thread', ('adapt_decode_ms', CPU, '8', 'p50'), True, 2.0, 'ms'),
    ('siMLPe in PyTorch eager takes', ('speedup', 'simlpe_eager'), False, 6.0, '×'),
    ('siMLPe in ONNX Runtime takes', ('speedup', 'simlpe_onnxruntime'), False, 2.0, '×'),
    ('16 people, TensorRT', ('adapt_decode_ms', 'tensorrt', '16', 'p50'), True, 0.5, 'ms'),
    (
        '16 people, CUDA graph',
        ('adapt_decode_ms', 'torch_cuda_graph', '16', 'p50'),
        True,
        0.5,
        'ms',
    ),
    ('2 people end to end', ('end_to_end_ms', '2', 'p50'), True, 3.0, 'ms'),
    ('16 people at 30 Hz, of a core', ('node', 'cpu_percent', '16'), True, 40.0, '%'),
    ('start-up to active', ('node', 'start_up_s', 'p50'), True, 2.0, 's'),
    ('memory of the node, 16 people', ('node', 'rss_mb', '16'), True, 200.0, 'MB'),
)

CUTS = """\
What was cut: `waiting` is without rclpy's look through everything that the node has, which comes
after the forecast now; `source` reads all people of a message at once, and takes joint sets that
have every joint themselves by index instead of by weights; `observation` copies a sample once and
moves older ones only for a late sample; `batch` looks for the newest usable sample from the end;
`forecast` takes lengths without numpy's general norm, sorts nothing that is sorted and copies no
batch of which everybody is kept; a model's card is read by the C loader of YAML, which shortens
the start-up. `publish` was flat arrays before; `outputs` builds nothing that nobody subscribes to.
`predictor`, the largest, takes as long for one person as its graph has operations: 728 before, 532
with the inner loop as products of matrices, 337 with joints and channels last, so that mixing them
moves little; six blocks for four and groups of channels, which buy accuracy, made it 441. Compiled
for the processor (`native`) it is one function: no operator is looked up, no memory is asked for,
what is computed element by element is computed in one loop, and what only moves things costs
nothing. After a pause, when the caches are cold, that counts for more than in a loop.
"""


def target_rows(figures: Figures) -> list[list[str]]:
    """What, target, measured, met, of the targets for which there is a figure."""
    rows = []
    for what, path, above, limit, unit in TARGETS:
        value: Any = figures
        for key in (figures['reference'] if key == CPU else key for key in path):
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is not None:
            met = value <= limit if above else value >= limit
            sign = '≤' if above else '≥'
            measured = f'{value:g} {unit}'
            rows.append([what, f'{sign} {limit:g} {unit}', measured, 'yes' if met else 'no'])
    return rows


def machine_sections(figures: Figures, before: Figures | None) -> list[str]:
    """Everything of one machine; before: of the same machine before the cuts."""
    machine = figures['machine']
    what = [f'{machine["cores"]} cores', *([machine['gpu']] if 'gpu' in machine else [])]
    versions = ', '.join(
        f'{name} {value}'
        for name, value in machine.items()
        if name not in ('processor', 'cores', 'gpu')
    )
    parts = [
        f'## {machine["processor"]}, {", ".join(what)}\n',
        f'Model {figures["model"]}, {figures["runs"]} calls of each, {figures["date"]}.\n',
        f'Versions: {versions}.\n',
        markdown_table(['target', 'asked', 'measured', 'met'], target_rows(figures)) + '\n',
        '### Adaptation and decoding\n',
        _times(figures) + '\n',
        _ratios(figures) + '\n',
        _apart(figures) + '\n',
    ]
    if 'node' in figures:
        parts += ['### The node, end to end\n', _end_to_end(figures) + '\n']
        parts += ['### Stages\n', _stages(figures, before) + '\n', *([CUTS] if before else [])]
    parts += [f'Not run: {name}: {why}.\n' for name, why in figures['not_run'].items()]
    return parts


def _times(figures: Figures) -> str:
    times = {**figures['adapt_decode_ms'], **figures['baseline_ms']}
    people = list(next(iter(times.values())))
    rows = [
        [name, *(f'{each[key]["p50"]:.3f} / {each[key]["p99"]:.3f}' for key in people)]
        for name, each in times.items()
    ]
    return markdown_table(['p50 / p99 [ms] by people', *people], rows)


def _ratios(figures: Figures) -> str:
    rows = [[name, f'{ratio:.2f} ×'] for name, ratio in figures['speedup'].items()]
    return markdown_table([f'time of one person against {figures["reference"]}', 'ratio'], rows)


def _apart(figures: Figures) -> str:
    """Start-up and memory in a process of its own, and allocations."""
    rows = []
    for name in figures['adapt_decode_ms']:
        held = figures['memory_mb'][name]
        allocated = list(figures['allocated_bytes'][name].values())[-1]
        rows.append(
            [
                name,
                f'{figures["start_up_s"][name]:.2f}',
                f'{held["rss"]:.0f}',
                f'{held["peak"]:.0f}',
                f'{allocated["peak"] / 1000:.0f}',
                f'{allocated["kept"]}',
            ]
        )
    head = ['in a process of its own', 'start-up [s]', 'memory [MB]', 'peak [MB]']
    people = list(next(iter(figures['allocated_bytes'].values())))[-1]
    head += [f'allocated in a call of {people} people [kB]', 'kept after it [B]']
    return markdown_table(head, rows)


def _end_to_end(figures: Figures) -> str:
    head = ['rate [Hz]', 'people', 'p50 [ms]', 'p99 [ms]', 'answered', 'CPU of a core', 'memory']
    rows = [
        [
            rate,
            people,
            f'{run["p50"]:.2f}',
            f'{run["p99"]:.2f}',
            f'{100 * run["answered"]:.1f} %',
            f'{run["cpu_percent"]:.0f} %',
            f'{run["rss_mb"]:.0f} MB',
        ]
        for rate, runs in figures['end_to_end_by_rate'].items()
        for people, run in runs.items()
    ]
    starts, found = figures['node']['start_up_s'], figures['node']['found_s']
    return (
        f'Backend {figures["node"]["backend"]}; start-up {starts["p50"]:.2f} s in the median, '
        f'{starts["worst"]:.2f} s at worst of {len(rows)}, found by the publisher after '
        f'{found["p50"]:.2f} s, {found["worst"]:.2f} s. Answered: messages that got a forecast '
        'of everybody; a newer message in the queue takes the place of an older one.\n\n'
    ) + markdown_table(head, rows)


def _stages(figures: Figures, before: Figures | None) -> str:
    after = figures['node']['stages_ms']
    earlier = before['node']['stages_ms'] if before and 'node' in before else {}
    columns: list[tuple[str, Mapping[str, Any]]] = []
    for people, stages in after.items():
        if people in earlier:
            columns.append((f'{people} before', earlier[people]))
        columns.append((people, stages))
    names: Sequence[str] = list(dict.fromkeys(name for _, each in columns for name in each))
    rows = [[name, *(_cell(each.get(name)) for _, each in columns)] for name in names]
    sums = [sum(stage['p50'] for stage in each.values()) for _, each in columns]
    rows.append(['sum', *(f'{total:.3f}' for total in sums)])
    head = [f'p50 [ms] at {figures["node"]["rate"]} Hz by people', *(name for name, _ in columns)]
    return markdown_table(head, rows)


def _cell(stage: Mapping[str, float] | None) -> str:
    return '-' if stage is None else f'{stage["p50"]:.3f}'
