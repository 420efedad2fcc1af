# SPDX-License-Identifier: Apache-2.0
"""All measurements of `nermo bench`, one after the other."""

import datetime
import os
import platform
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.cli.bench import child, end_to_end
from nermo_ros.cli.bench.contenders import QUERIES, Contenders, contenders
from nermo_ros.cli.bench.tables import ON_A_CPU
from nermo_ros.cli.bench.turns import allocations, percentiles, take_turns

RATE = 30  # Hz, of the figures by people


@dataclass(frozen=True)
class Plan:
    """What is measured; sizes: what differs from the published sizes of the baselines."""

    model: Path
    backends: list[str]
    node_backend: str
    domain: int
    people: tuple[int, ...]
    node_people: tuple[int, ...]
    rates: tuple[int, ...]
    sizes: dict[str, Any]
    runs: int
    seconds: float
    node: bool
    quick: bool = False


def figures(plan: Plan, work: Path) -> dict[str, Any]:
    """Everything, as the JSON file has it; work: folder for graphs and logs.

    What cannot be measured here stands in not_run with the reason.
    """
    found = contenders(plan.model, plan.backends, plan.sizes, work)
    try:
        calls = _calls(plan, found)
    finally:
        found.close()
    apart = {}
    for backend in found.backends:
        _tell(f'{backend} in a process of its own')
        apart[backend] = child.measure(plan.model, backend)
    return {
        'machine': machine(),
        'date': datetime.date.today().isoformat(),
        'quick': plan.quick,
        'model': plan.model.name,
        'runs': plan.runs,
        'queries': QUERIES,
        **calls,
        'start_up_s': {name: each['start_up_s'] for name, each in apart.items()},
        'memory_mb': {name: each['memory_mb'] for name, each in apart.items()},
        **_node(plan, work, found.not_run),
        'not_run': found.not_run,
    }


def _calls(plan: Plan, found: Contenders) -> dict[str, Any]:
    names = [*found.backends, *(name for name in found.calls if name not in found.backends)]
    took: dict[str, dict[str, Any]] = {name: {} for name in names}
    allocated: dict[str, dict[str, Any]] = {name: {} for name in names}
    for people in plan.people:
        _tell(f'{people} people, {plan.runs} calls of each of {len(names)} in turn')
        calls = {name: found.calls[name](people) for name in names}
        for name, milliseconds in take_turns(calls, plan.runs).items():
            took[name][str(people)] = percentiles(milliseconds)
        for name, call in calls.items():
            allocated[name][str(people)] = allocations(call)
    first = str(plan.people[0])
    reference = next((name for name in ON_A_CPU if name in took), '')
    ours = took.get(reference, {}).get(first, {}).get('p50')
    others = [name for name in names if name not in found.backends]
    return {
        'reference': reference,
        'adapt_decode_ms': {name: took[name] for name in found.backends},
        'baseline_ms': {name: took[name] for name in others},
        'speedup': {name: round(took[name][first]['p50'] / ours, 2) for name in others if ours},
        'allocated_bytes': allocated,
    }


def _node(plan: Plan, work: Path, not_run: dict[str, str]) -> dict[str, Any]:
    """What the node takes: by people at RATE, and each run by rate and people."""
    if not plan.node or find_spec('rclpy') is None:
        not_run['end_to_end'] = 'rclpy is not here: source ROS 2' if plan.node else '--no-node'
        return {}
    os.environ['ROS_DOMAIN_ID'] = str(plan.domain)
    os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    runs: dict[str, dict[str, Any]] = {}
    for rate in plan.rates:
        runs[str(rate)] = {}
        for people in plan.node_people:
            _tell(f'end to end: {people} people at {rate} Hz, {plan.seconds:g} s')
            log = work / 'node.log'
            runs[str(rate)][str(people)] = end_to_end.measure(
                plan.model, plan.node_backend, people, rate, plan.seconds, log
            )
    every = [run for by_people in runs.values() for run in by_people.values()]
    starts, founds = ([run[key] for run in every] for key in ('start_up_s', 'found_s'))
    at_rate = runs[str(RATE)]
    return {
        'end_to_end_ms': {
            people: {key: run[key] for key in ('p50', 'p99')} for people, run in at_rate.items()
        },
        'node': {
            'backend': every[0]['backend'],
            'rate': RATE,
            'seconds': plan.seconds,
            'start_up_s': {'p50': round(float(np.median(starts)), 3), 'worst': max(starts)},
            'found_s': {'p50': round(float(np.median(founds)), 3), 'worst': max(founds)},
            'rss_mb': {people: run['rss_mb'] for people, run in at_rate.items()},
            'cpu_percent': {people: run['cpu_percent'] for people, run in at_rate.items()},
            'stages_ms': {people: run['stages_ms'] for people, run in at_rate.items()},
        },
        'end_to_end_by_rate': runs,
    }


def machine() -> dict[str, Any]:
    """What it all ran on."""
    from importlib.metadata import PackageNotFoundError, version

    from nermo_ros.cli.cost import processor

    found = {
        'processor': processor(),
        'cores': os.cpu_count(),
        'python': platform.python_version(),
    }
    for package in ('numpy', 'onnxruntime', 'torch', 'tensorrt', 'ros-rclpy'):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    if 'torch' in found:
        import torch

        if torch.cuda.is_available():
            found['gpu'] = torch.cuda.get_device_name()
    return found


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
