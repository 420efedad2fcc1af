# SPDX-License-Identifier: Apache-2.0
"""Built engines on disk: each belongs to one device, one builder, one graph, and says so.

TensorRT's plans for a GPU, compiled libraries for a processor.
"""

import fcntl
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from nermo_ros.inference.predictor import BackendError

FOLDER = 'NERMO_ENGINE_CACHE'  # environment variable
MAGIC = b'nermo engine 1\n'


class BadEntryError(ValueError):
    """A file of the cache cannot be used; the message says why."""


@dataclass(frozen=True)
class EngineKey:
    """What an engine was built for; it works for nothing else.

    device: its name; capability: what it can do, as '8.7' of a GPU; flavour, version: of the
    builder; runtime: version of what the engine runs in; onnx: sha256 of the graph; options: of
    the build.
    """

    device: str
    capability: str
    flavour: str
    version: str
    runtime: str
    onnx: str
    options: str

    @property
    def file(self) -> str:
        """Name in the cache: the same after an update of the builder, so that nothing piles up."""
        device = re.sub(r'\W+', '_', self.device).strip('_')
        return f'{self.onnx[:16]}-{self.flavour}-{device}-{self.capability}.engine'


def read_graph(folder: Path) -> bytes:
    """folder/model.onnx; raises BackendError where it is missing."""
    path = Path(folder) / 'model.onnx'
    if not path.is_file():
        raise BackendError(f'{path} is missing: write it with `nermo export {folder}`')
    return path.read_bytes()


def default_folder() -> Path:
    """$NERMO_ENGINE_CACHE, else nermo_ros/engines in the user's cache."""
    if os.environ.get(FOLDER):
        return Path(os.environ[FOLDER]).expanduser()
    cache = os.environ.get('XDG_CACHE_HOME') or '~/.cache'
    return Path(cache).expanduser() / 'nermo_ros' / 'engines'


class EngineCache:
    """A folder of engines; report: told what is built and why."""

    def __init__(self, folder: Path, report: Callable[[str], None]):
        self.folder = folder
        self._report = report

    def get(self, key: EngineKey, build: Callable[[], bytes], anew: bool = False) -> bytes:
        """The engine of the key, built where it is not there, or not as it was written.

        One process builds at a time, the others wait for it. anew: build in any case. Raises
        BackendError where it cannot be built or kept.
        """
        if not anew:
            try:
                return self.read(key)
            except BadEntryError:
                pass  # looked at again once no other process is building it
        with self._lock(key):
            try:
                if not anew:
                    return self.read(key)
                reason = 'asked for'
            except BadEntryError as bad:
                reason = str(bad)
            self._report(f'building an engine of {key.flavour} ({reason}); this can take a while')
            plan = build()
            self._write(key, plan)
            self._report(f'the engine is at {self.path(key)}')
            return plan

    def path(self, key: EngineKey) -> Path:
        """Where the engine of the key is or would be."""
        return self.folder / key.file

    def read(self, key: EngineKey) -> bytes:
        """The engine of the key; raises BadEntryError that says what is wrong with the file."""
        path = self.path(key)
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise BadEntryError(f'there is none yet in {self.folder}') from error
        except OSError as error:
            raise BadEntryError(f'{path} cannot be read: {error}') from error
        if not data.startswith(MAGIC):
            raise BadEntryError(f'{path} is not an engine of nermo_ros')
        head, _, plan = data[len(MAGIC) :].partition(b'\n')
        try:
            told = json.loads(head)
            written, digest = dict(told['key']), told['sha256']
        except (ValueError, TypeError, KeyError) as error:
            raise BadEntryError(f'{path} is damaged: its head cannot be read') from error
        for name, value in asdict(key).items():
            if written.get(name) != value:
                raise BadEntryError(
                    f'{path} is for {name} {written.get(name)}, here it is {value}'
                )
        if hashlib.sha256(plan).hexdigest() != digest:
            raise BadEntryError(f'{path} is damaged or cut short')
        return plan

    def forget(self, key: EngineKey) -> None:
        """Delete the engine of the key."""
        self.path(key).unlink(missing_ok=True)

    def _write(self, key: EngineKey, plan: bytes) -> None:
        """All of it or nothing, whatever happens meanwhile."""
        head = {'key': asdict(key), 'sha256': hashlib.sha256(plan).hexdigest()}
        temporary = None
        try:
            with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as file:
                temporary = Path(file.name)
                file.write(MAGIC + json.dumps(head).encode() + b'\n' + plan)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o644)
            temporary.replace(self.path(key))
        except OSError as error:
            if temporary is not None:
                temporary.unlink(missing_ok=True)
            raise self._unwritable(error) from error

    @contextmanager
    def _lock(self, key: EngineKey) -> Iterator[None]:
        """Held by one process; the system frees it when that process ends, however it does."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = self.path(key).with_suffix('.lock').open('w')
        except OSError as error:
            raise self._unwritable(error) from error
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _unwritable(self, error: OSError) -> BackendError:
        return BackendError(
            f'no engine can be kept in {self.folder} ({error}): set {FOLDER} to a folder that '
            'can be written'
        )
