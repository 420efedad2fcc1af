# SPDX-License-Identifier: Apache-2.0
"""A model's graph as a shared library for the processor at hand."""

import ctypes
import hashlib
import math
import os
import platform
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from nermo_ros import __version__
from nermo_ros.inference.engine_cache import EngineKey
from nermo_ros.inference.native.graph import TIMES, need_onnx, one_person
from nermo_ros.inference.native.translation import translate
from nermo_ros.inference.predictor import INPUTS, BackendError, UnavailableError

# Sums may be taken in another order; NaN and infinity stay what they are.
FLAGS = [
    *('-std=c++17', '-O3', '-march=native', '-shared', '-fPIC'),
    *('-fno-math-errno', '-fno-trapping-math', '-fno-signed-zeros', '-fassociative-math'),
]
LIMIT = 600.0  # s, of any compiler: no machine needs as long, and one that hangs never ends
KERNELS = Path(__file__).with_name('kernels.h')
SOURCE = """\
#include "kernels.h"
asm(".section .rodata\\n.balign 64\\nnermo_constants:\\n.incbin \\"constants.bin\\"\\n.text\\n");
extern "C" const float nermo_constants[] __attribute__((visibility("hidden")));
enum {{ TIMES = {times}, POSE = {pose}, WORK = {arena} }};

static void person({pointers}, float *out, float *arena) {{
const float *constants = nermo_constants;
{body}
}}

extern "C" int arena_floats() {{ return WORK + TIMES + TIMES * POSE; }}

// As a Predictor is called, `asked` times of each of `people`; arena: a cache line's beginning.
extern "C" void forecast(int people, int asked, {pointers}, float *out, float *arena) {{
  float *times_of_run = arena + WORK, *poses = times_of_run + TIMES;
  for (int p = 0; p < people; ++p)
    for (int start = 0; start < asked; start += TIMES) {{
      int count = asked - start < TIMES ? asked - start : TIMES;
      for (int i = 0; i < TIMES; ++i)
        times_of_run[i] = query[p * asked + start + (i < count ? i : count - 1)];
      person({inputs}, times_of_run, poses, arena);
      memcpy(out + (p * asked + start) * POSE, poses, count * POSE * sizeof(float));
    }}
}}
"""


def find_compiler() -> list[str]:
    """$CXX, else c++, as a command; raises UnavailableError."""
    command = shlex.split(os.environ.get('CXX') or 'c++')
    if not command or shutil.which(command[0]) is None:
        raise UnavailableError(
            f'no C++ compiler {" ".join(command)!r}: apt-get install g++, or set CXX'
        )
    return command


def need_tools() -> None:
    """Raises UnavailableError where something that compiling needs is not there."""
    describe(find_compiler())
    need_onnx()


def describe(compiler: list[str]) -> str:
    """What the compiler calls itself; raises UnavailableError where it does not run."""
    try:
        done = subprocess.run(
            [*compiler, '--version'], capture_output=True, text=True, check=True, timeout=LIMIT
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UnavailableError(f'{" ".join(compiler)} fails: {error}') from error
    return done.stdout.partition('\n')[0]


def library_key(graph: bytes) -> EngineKey:
    """Of the graph on this machine, whatever compiler there is or was."""
    made_by = hashlib.sha256(' '.join(FLAGS).encode())
    for file in sorted(KERNELS.parent.iterdir()):
        if file.suffix in ('.py', '.h'):
            made_by.update(file.read_bytes())
    name, features = _processor()
    return EngineKey(
        device=name,
        capability=f'{platform.machine()}-{hashlib.sha256(features.encode()).hexdigest()[:12]}',
        flavour='native',
        version=__version__,
        runtime=platform.libc_ver()[1],
        onnx=hashlib.sha256(graph).hexdigest(),
        options=made_by.hexdigest(),
    )


def compile_graph(graph: bytes, samples: int) -> bytes:
    """The library of a graph that takes histories of so many samples; raises BackendError."""
    compiler, whole = find_compiler(), one_person(graph, samples)
    program = translate(whole)
    *history, _ = INPUTS
    inputs = (f'{name} + p * {math.prod(whole.shapes[name])}' for name in history)
    source = SOURCE.format(
        times=TIMES,
        pose=math.prod(whole.shapes[whole.output]) // TIMES,
        arena=program.arena,
        pointers=', '.join(f'const float *{name}' for name in INPUTS),
        inputs=', '.join(inputs),
        body=program.body,
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / 'graph.cpp').write_text(source)
        shutil.copy(KERNELS, folder)
        program.constants.tofile(folder / 'constants.bin')
        command = [*compiler, *FLAGS, 'graph.cpp', '-o', 'graph.so']
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=LIMIT
            )
        except subprocess.TimeoutExpired as error:
            raise BackendError(
                f'{" ".join(compiler)} was not done after {LIMIT:.0f} s: set CXX to another '
                'compiler, or use the backend onnxruntime'
            ) from error
        if done.returncode:
            lines = done.stderr.strip().splitlines() or [f'exit status {done.returncode}']
            raise BackendError(f'{" ".join(compiler)} failed: {lines[0]}')
        return (folder / 'graph.so').read_bytes()


class Library:
    """A compiled graph, loaded; raises BackendError where it is none."""

    def __init__(self, compiled: bytes):
        # Under a name of its own: of two of one name the loader gives the first again.
        with tempfile.NamedTemporaryFile(prefix='nermo_', suffix='.so') as file:
            file.write(compiled)
            file.flush()
            try:
                library = ctypes.CDLL(file.name)
            except OSError as error:
                raise BackendError(
                    f'the compiled graph cannot be loaded ({error}): where programs may not be '
                    f'run from {tempfile.gettempdir()}, set TMPDIR to another folder'
                ) from error
        self.arena_floats: int = library.arena_floats()
        self.forecast: Any = library.forecast
        counts, pointers = [ctypes.c_int] * 2, [ctypes.c_void_p] * (len(INPUTS) + 2)
        self.forecast.argtypes, self.forecast.restype = [*counts, *pointers], None


def _processor() -> tuple[str, str]:
    """Its name, and all that it can do, as Linux tells them."""
    told: dict[str, str] = {}
    for line in Path('/proc/cpuinfo').read_text().splitlines():
        name, _, value = line.partition(':')
        told.setdefault(name.strip().lower(), value.strip())
    features = told.get('flags') or told.get('features', '')
    return told.get('model name') or told.get('cpu part', 'unknown'), features
