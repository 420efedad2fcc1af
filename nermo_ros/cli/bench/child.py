# SPDX-License-Identifier: Apache-2.0
"""One backend in a process of its own: how long it takes to start, and what memory it needs."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PEOPLE = 16
PATIENCE = 600.0  # s; an engine may have to be built


def measure(model: Path, backend: str) -> dict[str, Any]:
    """start_up_s: from a new process to a warm backend; memory_mb: rss, peak, having forecast
    PEOPLE people. Raises RuntimeError with the child's last line where it fails."""
    command = [sys.executable, '-m', 'nermo_ros.cli.bench.child', str(model), backend]
    command.append(str(time.monotonic()))
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode:
        last = done.stderr.strip().rpartition('\n')[2]
        raise RuntimeError(f'{backend} in a process of its own: {last}')
    found: dict[str, Any] = json.loads(done.stdout.strip().rpartition('\n')[2])
    return found


def main(model: str, backend: str, began: str) -> None:
    """began: time.monotonic of the parent, which is the whole machine's."""
    from nermo_ros.cli.bench.contenders import inputs
    from nermo_ros.cli.bench.process import memory
    from nermo_ros.inference.backends import open_predictor

    predictor = open_predictor(model, backend)
    predictor.warm_up()
    ready = time.monotonic()
    predictor(*inputs(predictor.card, PEOPLE))
    found = {'start_up_s': round(ready - float(began), 3), 'memory_mb': memory()}
    predictor.close()
    print(json.dumps(found))


if __name__ == '__main__':
    main(*sys.argv[1:])
