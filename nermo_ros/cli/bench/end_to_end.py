# SPDX-License-Identifier: Apache-2.0
"""From a message's publication in one process over the node to its forecast in a third."""

import json
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.cli.bench.process import memory, processor_seconds
from nermo_ros.cli.bench.turns import percentiles
from nermo_ros.cli.node_process import NodeError, NodeProcess

INPUT, OUTPUT = 'bench_skeletons', 'predicted_skeletons'
PATIENCE = 60.0  # s, for the node to start
POLL = 0.005  # s


def measure(
    model: Path, backend: str, people: int, rate: float, seconds: float, log: Path
) -> dict[str, Any]:
    """One node from its start to its end.

    p50, p99: ms, see receiver.py; answered: share of the messages with a forecast of everybody;
    cpu_percent: of one core, all of the node's threads; rss_mb, peak_mb: its memory; start_up_s:
    from the new process to its being active; found_s: to its being found, which DDS does;
    stages_ms: p50 and p99 by stage, as the node tells them. Raises NodeError where it does not
    come up.
    """
    from nermo_ros.ros.run import ACTIVE

    options = ['--people', str(people), '--rate', str(rate), '--seconds', str(seconds)]
    with (
        _child('receiver', OUTPUT, str(people)) as receiver,
        _child('publisher', INPUT, *options) as publisher,
    ):
        _next(receiver)
        _next(publisher)
        began = time.monotonic()
        with NodeProcess(model, backend, INPUT, log) as node:
            active = _active(node, log, ACTIVE)
            matched = _matched(publisher, node)
            _next(publisher)
            used, since = processor_seconds(node.pid), time.monotonic()
            played = _next(publisher)['played']
            used, since = processor_seconds(node.pid) - used, time.monotonic() - since
            node.check()
            held = memory(node.pid)
            publisher.wait()
            node.check()
            heard = json.loads(receiver.communicate()[0])
    latencies = heard['latencies_ms']
    if not latencies:
        raise NodeError(f'no forecast of {people} people came; {node.last_lines()}')
    return {
        **percentiles(np.array(latencies)),
        'answered': round(len(latencies) / played, 4),
        'cpu_percent': round(100 * used / since, 1),
        'rss_mb': held['rss'],
        'peak_mb': held['peak'],
        'start_up_s': round(active - began, 3),
        'found_s': round(matched - began, 3),
        'backend': heard['values'].get('backend', 'unknown'),
        'stages_ms': _stages(heard['values']),
    }


@contextmanager
def _child(module: str, *arguments: str) -> Iterator[subprocess.Popen]:
    command = [sys.executable, '-m', f'nermo_ros.cli.bench.{module}', *arguments]
    pipe = subprocess.PIPE
    child = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
    try:
        yield child
    finally:
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream:
                stream.close()


def _next(child: subprocess.Popen) -> dict[str, Any]:
    """What a child tells next."""
    line = child.stdout.readline() if child.stdout else ''
    if not line:
        raise NodeError(f'{" ".join(map(str, child.args))} ended too early')
    told: dict[str, Any] = json.loads(line)
    return told


def _active(node: NodeProcess, log: Path, said: str) -> float:
    """When the node said that it is active; NodeError where it never does."""
    end = time.monotonic() + PATIENCE
    while said not in log.read_text(errors='replace'):
        node.check()
        if time.monotonic() > end:
            raise NodeError(f'the node was not active in {PATIENCE:g} s; {node.last_lines()}')
        time.sleep(POLL)
    return time.monotonic()


def _matched(publisher: subprocess.Popen, node: NodeProcess) -> float:
    """When the publisher found the node's subscription; NodeError where it never does."""
    end = time.monotonic() + PATIENCE
    while not select.select([publisher.stdout], [], [], 0.1)[0]:
        node.check()
        if time.monotonic() > end:
            raise NodeError(f'the node was not found in {PATIENCE:g} s; {node.last_lines()}')
    return float(_next(publisher)['matched'])


def _stages(values: dict[str, str]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for key, value in values.items():
        first, *words = key.split()
        if first == 'stage' and len(words) == 3:
            found.setdefault(words[0], {})[words[1]] = float(value)
    return found
