# SPDX-License-Identifier: Apache-2.0
"""The node as a process of its own, for commands that need one for a while."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nermo_ros

LAST_LINES = 8
PATIENCE = 5.0  # s, for the node to stop when asked to


class NodeError(RuntimeError):
    """The node did not do what it should; the message says what it wrote last."""


class NodeProcess:
    """`nermo predict` from this Python and this package, running while in the context.

    model: folder; backend: name or auto; topic: of its input; log: file for what it writes;
    parameters: others of the node. It has this process's environment, its ROS_DOMAIN_ID too.
    """

    def __init__(
        self,
        model: Path,
        backend: str,
        topic: str,
        log: Path,
        parameters: Mapping[str, Any] | None = None,
    ):
        self._log = log
        values = {'model': str(model.resolve()), 'backend': backend, 'autostart': True}
        values |= parameters or {}
        ros = ['--ros-args', '-r', f'input:={topic}']
        for name, value in values.items():
            ros += ['-p', f'{name}:={json.dumps(value)}']
        self._command = [sys.executable, '-m', 'nermo_ros.cli.main', 'predict', *ros]

    def __enter__(self) -> 'NodeProcess':
        # From another folder, so that the package is the one that this process uses.
        package = Path(nermo_ros.__file__).resolve().parents[1]
        path = os.pathsep.join(filter(None, [str(package), os.environ.get('PYTHONPATH')]))
        with self._log.open('w') as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._log.parent,
                env={**os.environ, 'PYTHONPATH': path, 'PYTHONUNBUFFERED': '1'},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def check(self) -> None:
        """Raises NodeError if the node has ended."""
        status = self._process.poll()
        if status is not None:
            raise NodeError(f'the node ended with status {status}; {self.last_lines()}')

    def last_lines(self) -> str:
        """What the node wrote last, and where the rest is."""
        lines = self._log.read_text(errors='replace').splitlines()[-LAST_LINES:]
        return '\n  '.join([f'the end of {self._log}:', *(lines or ['(it wrote nothing)'])])

    def stop(self) -> int:
        """Asks the node to stop, insists where it does not, and returns its exit status."""
        for insist in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is not None:
                break
            self._process.send_signal(insist)
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                continue
        return self._process.wait()
