# SPDX-License-Identifier: Apache-2.0
"""The text of docs/results.md, from the figures that the commands wrote and nothing else."""

from collections.abc import Iterable

from nermo_ros.evaluation import report_tables as tables
from nermo_ros.evaluation.measured import EXPECTED, OURS, ROWS, Figures, Measured
from nermo_ros.evaluation.peers import CMU, TRAINED_ON

HORIZON_FIGURE, MISSING_FIGURE, FILM = (
    'error_over_horizon.png', 'error_over_missing.png', 'film_strip.png',
)  # fmt: skip
HEAD = """\
# Results
<!-- Written by `nermo results`: do not edit, run it again. -->

Two protocols, whose figures are never to be compared with each other:

- **Published protocol** (`cmu25`): 10 frames in, 25 out, every window of the CMU test files, the
  root fixed, mean over the 38 joints that the papers count. Its 40 ms a frame are 16.7 ms of
  motion and its millimetres are 1.24 times too large: that is how the papers count, and only so
  can ours stand beside theirs.
- **True time** (`body17`, the product): seconds and millimetres as they are, the world frame, root
  included, histories of at most 0.8 s from a camera of 30 Hz unless a row says otherwise.

Errors are mean Euclidean distances of joints, first over windows, then over actions. Values are
means ± standard deviations (n − 1) over seeds, where there are several."""

UNMEASURED = """\
## Not measured
- Human3.6M and 3DPW: for research only and not here. Their readers and protocols are tested on
  small files in their format.
- Directing traffic and basketball signal as whole actions, and so the mean of eight: not all of
  their files are in the npz. `nermo evaluate` gives them where they are.
- Anything on a GPU, other inference engines, other CPUs."""


def document(measured: Measured, folder: str, film: str = '') -> str:
    """Markdown; folder: where figures lie, from the document; film: what is in the film strip,
    empty without one."""
    parts = [
        HEAD,
        *_absent(measured, folder),
        *_published(measured, folder),
        *_ablations(measured),
        *_true_time(measured, folder),
        *_film(film, folder),
        *_cost(measured.cost),
        *_calibration(measured.calibration),
        UNMEASURED,
        _commands(measured, folder),
    ]
    return '\n\n'.join(parts) + '\n'


def _absent(measured: Measured, folder: str) -> Iterable[str]:
    if names := measured.absent():
        yield 'Not run: ' + ', '.join(f'`{folder}/{name}`' for name in names) + '.'


def _published(measured: Measured, folder: str) -> Iterable[str]:
    if not measured.published:
        return
    yield '## Published protocol'
    yield TRAINED_ON + ' Rows named "published" are their figures, copied, not measured here.'
    for name in tables.SHOWN_MEANS:
        yield tables.published_mean(measured, name)
    yield f'![Errors over time ahead]({folder}/{HORIZON_FIGURE})'
    if measured.of_row(OURS, 'per_action'):
        yield '### Each action, ours'
        yield tables.per_action(measured)
    yield '### Over the 25 joints that are predicted'
    yield 'Of the 38 that the papers count 6 never move and 7 are copies of others.'
    yield tables.every_joint(measured)
    yield 'Where the published figures stand: ' + '; '.join(_sources()) + '.'


def _sources() -> list[str]:
    by_source: dict[str, list[str]] = {}
    for peer in CMU:
        by_source.setdefault(peer.source, []).append(peer.name)
    return [f'{", ".join(names)}: {source}' for source, names in by_source.items()]


def _ablations(measured: Measured) -> Iterable[str]:
    if not measured.published:
        return
    yield '## Ablations'
    yield 'Published protocol. Only rows of the same steps × batch are to be compared.'
    yield tables.ablations(measured)


def _true_time(measured: Measured, folder: str) -> Iterable[str]:
    for name, figures in measured.true_time.items():
        files = len(figures['files'])
        yield f'## True time: {name}'
        yield (
            f'{files} CMU test files. Missing samples are drawn once and are the same for every '
            'forecaster. "legs" and "complete other joints" count the joints that are no legs; '
            '"complete 100 ms later" is the error 100 ms beyond the time of its column; '
            '"15 hz" and "60 hz" are complete histories at other rates, the others are at 30 Hz.'
        )
        yield tables.true_time(figures)
        yield 'Over complete histories; the last three frames are 100 ms:'
        yield tables.true_time_ratios(figures)
        yield 'Baselines on the same histories:'
        yield tables.true_time_baselines(figures)
    if measured.true_time:
        yield f'![Errors over missing samples]({folder}/{MISSING_FIGURE})'
    if one := measured.handover:
        yield '### A rig, people and a motion that no training file has'
        yield (
            f'The recording `{one["recording"]}`: {one["persons"]} people, {one["messages_in"]} '
            f'messages, {one["missing"]:.0%} of the joint samples missing; model {one["model"]}.'
        )
        yield tables.handover(one)


def _film(film: str, folder: str) -> Iterable[str]:
    if film:
        yield '## Forecasts'
        yield film
        yield f'![Forecasts over time]({folder}/{FILM})'


def _cost(figures: Figures | None) -> Iterable[str]:
    if figures is None:
        return
    yield '## Cost'
    yield (
        f'One forecast of one person, {figures["queries"]} times ahead, on one thread of ONNX '
        f'Runtime {figures["onnxruntime"]} on {figures["machine"]}: {figures["runs"]} calls of '
        'each model, in turn with the others. Multiply-adds are those of matrix products. '
        + (
            f'Trained on: {figures["trained_on"]}.'
            if figures['trained_on']
            else 'What they were trained on was not told.'
        )
        + ' Minutes of training are those of its log.'
    )
    yield tables.costs(figures)


def _calibration(figures: Figures | None) -> Iterable[str]:
    if figures is None:
        return
    yield '## Calibration'
    yield (
        f'Radii for {figures["coverage_percent_asked"]:g} % on {figures["sequences"]} sequences '
        f'of {figures["actions"]} actions that the model has not learned from, each sequence '
        'covered by radii that were made without it. Classes are shares of the joint samples '
        'missing.'
    )
    yield tables.by_knot(figures['coverage_percent'], 'coverage [%] after [ms]')
    yield tables.by_knot(figures['mean_radius_mm'], 'mean radius [mm] after [ms]')
    if by_state := figures.get('coverage_percent_by_joint_state'):
        yield tables.by_knot(by_state, 'coverage [%] of joints last seen, after [ms]')
    if fallback := figures.get('fallback'):
        yield (
            'Damped velocity, the fallback, whose radii the node cuts at the kinematic bound; a '
            'part of its histories has one or two samples only.'
        )
        yield tables.by_knot(fallback['coverage_percent'], 'coverage [%] after [ms]')
        yield tables.by_knot(fallback['mean_radius_mm'], 'mean radius [mm] after [ms]')


def _commands(measured: Measured, folder: str) -> str:
    """What made each file, for whoever wants to make them again."""
    published = measured.published or {row: {0: {}} for row in EXPECTED}
    runs = {f'{row}_{seed}': (row, seed) for row, seeds in published.items() for seed in seeds}
    models = list(measured.true_time) or ['body17']
    docs = f'docs/{folder}'
    lines = [_train(name, *run) for name, run in runs.items()]
    lines += [_train(name, name) for name in models]
    lines += [_evaluate('published --linear-maps', name, f'{docs}/published') for name in runs]
    lines += [_evaluate('true-time', name, f'{docs}/true_time') for name in models]
    lines += [
        f'nermo replay handover --offline --model runs/body17 --json {docs}/handover.json',
        f'nermo calibrate --model runs/body17 --data cmu.npz --json {docs}/calibration.json',
        _cost_command(measured.cost or {'models': [*models, *runs]}, docs),
        f'nermo results {docs} --out docs/results.md',
    ]
    text = '\n'.join(lines)
    return (
        '## Commands\n`cmu.npz` is the CMU set of the benchmark, see the README. Everything runs '
        f'on a CPU.\n\n```\n{text}\n```'
    )


def _train(name: str, row: str, seed: int = 0) -> str:
    config = f'ablation/{row}' if row in ROWS and row != OURS else row
    return f'nermo train {config} --seed {seed} --data cmu.npz --out runs/{name} --threads 1'


def _evaluate(protocol: str, name: str, to: str) -> str:
    return (
        f'nermo evaluate --protocol {protocol} --model runs/{name} --data cmu.npz '
        f'--json {to}/{name}.json'
    )


def _cost_command(figures: Figures, docs: str) -> str:
    runs = ' '.join(f'runs/{name}' for name in figures['models'])
    options = f' --runs {figures["runs"]}' if 'runs' in figures else ''
    if where := figures.get('trained_on'):
        options += f" --trained-on '{where}'"
    return f'nermo cost {runs}{options} --json {docs}/cost.json'
