# SPDX-License-Identifier: Apache-2.0
"""Serves by one predictor while a faster one is prepared, and hands over once that is warm."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from nermo_ros.inference.onnxruntime_backend import OnnxRuntimePredictor
from nermo_ros.inference.predictor import BackendError, Predictor

WAIT = 10.0  # s, that closing waits for a load under way


class Swapping:
    """A Predictor that never waits: `serving` answers until `load()` is done in a thread.

    command: is run first, as a process of low priority that prepares what load() needs; name: of
    what is prepared, before it is there; report: told when it takes over or why it does not. If
    the faster one fails later, `serving` goes on with the same call, for good.
    """

    why: tuple[str, ...] = ()

    def __init__(
        self,
        serving: Predictor,
        name: str,
        command: Sequence[str],
        load: Callable[[], Predictor],
        report: Callable[[str], None],
    ):
        self.card = serving.card
        self._serving, self._target = serving, name
        self._fast: Predictor | None = None
        self._command, self._load, self._report = command, load, report
        self._process: subprocess.Popen | None = None
        self._state, self._closed = f'{name} not begun', threading.Event()
        self._thread = threading.Thread(target=self._prepare, name=f'load {name}', daemon=True)

    @property
    def name(self) -> str:
        """What serves, and in brackets what became of the other."""
        fast = self._fast
        return f'{self._serving.name} ({self._state})' if fast is None else fast.name

    def warm_up(self) -> None:
        """Warm up what serves, then begin with the other."""
        self._serving.warm_up()
        self._state = f'{self._target} is being prepared'
        self._thread.start()

    def __call__(
        self, times: np.ndarray, positions: np.ndarray, mask: np.ndarray, query: np.ndarray
    ) -> np.ndarray:
        """See Predictor."""
        fast = self._fast
        if fast is not None:
            try:
                return fast(times, positions, mask, query)
            except BackendError as error:
                self._fast = None
                self._give_up(str(error))
        return self._serving(times, positions, mask, query)

    def close(self) -> None:
        """End what is under way and free both."""
        self._closed.set()
        if self._process is not None:
            self._process.terminate()
        if self._thread.is_alive():
            self._thread.join(WAIT)
        fast, self._fast = self._fast, None
        if fast is not None:
            fast.close()
        self._serving.close()

    def _prepare(self) -> None:
        began = time.monotonic()
        try:
            self._run()
            fast = self._load()
            fast.warm_up()
        except Exception as error:  # whatever it is: what serves goes on, and the reason is told
            if not self._closed.is_set():
                self._give_up(str(error))
            return
        if self._closed.is_set():
            fast.close()
            return
        self._fast = fast
        self._report(f'{fast.name} has taken over after {time.monotonic() - began:.0f} s')

    def _run(self) -> None:
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        if self._closed.is_set():
            self._process.terminate()
        _, said = self._process.communicate()
        if self._process.returncode:
            lines = said.strip().splitlines() or [f'exit status {self._process.returncode}']
            raise BackendError(lines[-1])

    def _give_up(self, reason: str) -> None:
        self._state = f'{self._target} failed: {reason}'
        self._report(f'{self._state}; {self._serving.name} goes on')


def behind_onnx_runtime(
    folder: Path, backend: str, load: Callable[[], Predictor], report: Callable[[str], None]
) -> Swapping:
    """ONNX Runtime serves while folder's engine for the backend is built in another process, which
    may be of low priority, take memory and bring down itself alone."""
    builder = [sys.executable, '-m', 'nermo_ros.inference.build_engine', str(folder), backend]
    return Swapping(OnnxRuntimePredictor.load(folder), backend, builder, load, report)
