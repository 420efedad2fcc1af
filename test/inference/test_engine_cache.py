# SPDX-License-Identifier: Apache-2.0
import dataclasses
import os
import subprocess
import sys
import time

import pytest

from nermo_ros.inference.engine_cache import (
    FOLDER,
    BadEntryError,
    EngineCache,
    EngineKey,
    default_folder,
)
from nermo_ros.inference.predictor import BackendError

KEY = EngineKey('GPU (8 GB)', '8.7', 'tensorrt', '10.3.0', '12060', 'ab' * 32, 'float32')
PLAN = bytes(range(256)) * 40


@pytest.fixture
def said():
    return []


@pytest.fixture
def cache(tmp_path, said):
    return EngineCache(tmp_path / 'engines', said.append)


def never():
    raise AssertionError('built for nothing')


def test_built_once_and_kept(cache, said):
    assert cache.get(KEY, lambda: PLAN) == PLAN
    assert 'none yet' in said[0] and str(cache.path(KEY)) in said[1]
    assert cache.get(KEY, never) == PLAN
    assert sorted(p.suffix for p in cache.folder.iterdir()) == ['.engine', '.lock']
    assert cache.get(KEY, lambda: b'new', anew=True) == b'new'
    assert cache.get(KEY, never) == b'new'


@pytest.mark.parametrize('field', [f.name for f in dataclasses.fields(EngineKey)])
def test_every_part_of_the_key_counts(cache, field):
    cache.get(KEY, lambda: PLAN)
    other = dataclasses.replace(KEY, **{field: getattr(KEY, field)[::-1] + '1'})
    with pytest.raises(BadEntryError):
        cache.read(other)
    # A file that was copied to where another's would be.
    cache.path(KEY).rename(cache.path(other))
    with pytest.raises(BadEntryError, match=f'is for {field}'):
        cache.read(other)


def test_a_stale_engine_is_replaced_and_nothing_piles_up(cache, said):
    cache.get(KEY, lambda: PLAN)
    updated = dataclasses.replace(KEY, version='10.13.2')
    assert cache.get(updated, lambda: b'new') == b'new'
    assert any('is for version 10.3.0, here it is 10.13.2' in text for text in said)
    assert len(list(cache.folder.glob('*.engine'))) == 1


@pytest.mark.parametrize('damage', ['empty', 'short', 'head', 'flipped', 'foreign', 'not_json'])
def test_damaged_files_are_rebuilt_once_with_the_reason(cache, said, damage):
    cache.get(KEY, lambda: PLAN)
    path, data = cache.path(KEY), cache.path(KEY).read_bytes()
    path.write_bytes(
        {
            'empty': b'',
            'short': data[:-100],
            'head': data[:40],
            'flipped': data[:-1] + b'?',
            'foreign': b'ftrt' + PLAN,
            'not_json': data.replace(b'{', b'[', 1),
        }[damage]
    )
    said.clear()
    builds = []
    assert cache.get(KEY, lambda: builds.append(1) or PLAN) == PLAN
    assert len(builds) == 1 and str(path) in said[0]
    assert cache.read(KEY) == PLAN


def test_a_failed_build_leaves_nothing(cache):
    def fail():
        raise BackendError('out of memory')

    with pytest.raises(BackendError, match='out of memory'):
        cache.get(KEY, fail)
    assert not list(cache.folder.glob('*.engine'))
    assert cache.get(KEY, lambda: PLAN) == PLAN


def test_a_failed_write_leaves_the_old_one(cache, monkeypatch):
    cache.get(KEY, lambda: PLAN)

    def full(descriptor):
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr(os, 'fsync', full)
    with pytest.raises(BackendError, match='No space left.*NERMO_ENGINE_CACHE'):
        cache.get(KEY, lambda: b'new', anew=True)
    monkeypatch.undo()
    assert cache.read(KEY) == PLAN
    assert sorted(p.suffix for p in cache.folder.iterdir()) == ['.engine', '.lock']


def test_a_folder_that_cannot_be_written_says_what_to_set(tmp_path, said):
    (tmp_path / 'file').write_text('')
    with pytest.raises(BackendError, match='NERMO_ENGINE_CACHE'):
        EngineCache(tmp_path / 'file' / 'engines', said.append).get(KEY, lambda: PLAN)


def test_one_process_builds_and_the_others_wait(cache):
    """The other process holds the lock while it builds; here nothing is built."""
    code = f"""
import time
from pathlib import Path
from test_key import KEY, PLAN
from nermo_ros.inference.engine_cache import EngineCache
def build():
    print('building', flush=True)
    time.sleep(0.5)
    return PLAN
EngineCache(Path({str(cache.folder)!r}), lambda text: None).get(KEY, build)
"""
    cache.folder.mkdir()
    (cache.folder / 'test_key.py').write_text(
        f'from nermo_ros.inference.engine_cache import EngineKey\nKEY, PLAN = {KEY!r}, {PLAN!r}\n'
    )
    env = {**os.environ, 'PYTHONPATH': os.pathsep.join([str(cache.folder), *sys.path])}
    other = subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE, env=env)
    assert other.stdout.readline() == b'building\n'
    began = time.monotonic()
    assert cache.get(KEY, never) == PLAN
    assert time.monotonic() - began > 0.2
    assert other.wait() == 0
    other.stdout.close()


def test_where_engines_are(monkeypatch, tmp_path):
    monkeypatch.delenv(FOLDER, raising=False)
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    assert default_folder() == tmp_path / 'nermo_ros' / 'engines'
    monkeypatch.setenv(FOLDER, '/opt/engines')
    assert str(default_folder()) == '/opt/engines'
