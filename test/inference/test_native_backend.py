# SPDX-License-Identifier: Apache-2.0
import shutil
import time

import pytest

from nermo_ros.inference import native_backend
from nermo_ros.inference.backends import open_predictor
from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.engine_cache import FOLDER, EngineCache, default_folder, read_graph
from nermo_ros.inference.golden import TOLERANCE, disagreement, random_histories
from nermo_ros.inference.models import model_folder, shipped_models
from nermo_ros.inference.native.compiler import Library, compile_graph, find_compiler, library_key
from nermo_ros.inference.native.translation import ELEMENTWISE
from nermo_ros.inference.predictor import BackendError, UnavailableError

try:
    find_compiler()
except UnavailableError as missing:
    pytest.skip(str(missing), allow_module_level=True)
pytest.importorskip('onnx')
BODY17 = model_folder('body17')


@pytest.fixture
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER, str(tmp_path / 'engines'))
    return EngineCache(default_folder(), lambda text: None)


@pytest.fixture(scope='module')
def compiled():
    return compile_graph(read_graph(BODY17), ModelCard.read(BODY17).samples)


@pytest.mark.parametrize('model', shipped_models())
def test_the_shipped_models_agree_with_onnx_runtime(model):
    predictor = open_predictor(model, 'native')
    assert disagreement(predictor, model_folder(model)) < TOLERANCE / 50


def test_compiled_once(cache, monkeypatch):
    open_predictor(BODY17, 'native').close()
    monkeypatch.setattr(native_backend, 'compile_graph', None)
    predictor = open_predictor(BODY17, 'native')
    assert predictor(*random_histories(2, predictor.card.samples)).shape == (2, 7, 17, 3)


@pytest.mark.parametrize('damage', ['cut', 'foreign'])
def test_a_damaged_library_is_compiled_anew(cache, monkeypatch, compiled, damage):
    monkeypatch.setattr(native_backend, 'compile_graph', lambda graph, samples: compiled)
    open_predictor(BODY17, 'native').close()
    path = cache.path(library_key(read_graph(BODY17)))
    data = path.read_bytes()
    path.write_bytes(data[:-1000] if damage == 'cut' else b'\x7fELF' + data)
    open_predictor(BODY17, 'native').close()
    assert path.read_bytes() == data


def test_two_libraries_at_once_are_two(compiled):
    cmu25 = model_folder('cmu25')
    other = compile_graph(read_graph(cmu25), ModelCard.read(cmu25).samples)
    first, second = Library(compiled), Library(other)
    assert first.arena_floats != second.arena_floats


def test_what_is_no_library_is_refused():
    with pytest.raises(BackendError, match='TMPDIR'):
        Library(b'not a library')


def test_what_disagrees_is_not_kept(cache, monkeypatch):
    monkeypatch.setitem(ELEMENTWISE, 'Sigmoid', '0.5f * sigmoid({0})')
    with pytest.raises(BackendError, match='differs from ONNX Runtime'):
        open_predictor(BODY17, 'native')
    assert not list(cache.folder.glob('*.engine'))


def test_what_was_compiled_needs_no_compiler(cache, monkeypatch, compiled):
    with monkeypatch.context() as at_first:
        at_first.setattr(native_backend, 'compile_graph', lambda graph, samples: compiled)
        open_predictor(BODY17, 'native').close()
    monkeypatch.setenv('CXX', 'no_such_compiler')
    assert open_predictor(BODY17, report=print).name == 'native'


@pytest.mark.parametrize('compiler', ['no_such_compiler', 'false', ''])
def test_without_a_compiler_auto_takes_onnx_runtime(cache, monkeypatch, compiler):
    monkeypatch.setenv('CXX', compiler)
    if not compiler:
        monkeypatch.setenv('PATH', '/nowhere')
    with pytest.raises(UnavailableError, match='backend native: '):
        open_predictor(BODY17, 'native')
    predictor = open_predictor(BODY17)
    assert predictor.name == 'onnxruntime'
    assert any(text.startswith('native: ') for text in predictor.why)


def test_a_failing_compiler_says_why(cache, monkeypatch):
    monkeypatch.setattr('nermo_ros.inference.native.compiler.FLAGS', ['-no-such-flag'])
    with pytest.raises(BackendError, match='no-such-flag'):
        open_predictor(BODY17, 'native')


def test_a_compiler_that_hangs_is_given_up(cache, tmp_path, monkeypatch):
    script = tmp_path / 'hangs'
    script.write_text('#!/bin/sh\n[ "$1" = --version ] && echo hangs 1 || exec sleep 60\n')
    script.chmod(0o755)
    monkeypatch.setenv('CXX', str(script))
    monkeypatch.setattr('nermo_ros.inference.native.compiler.LIMIT', 0.5)
    with pytest.raises(BackendError, match='hangs was not done after'):
        open_predictor(BODY17, 'native')


def test_onnx_runtime_serves_until_it_is_compiled(cache):
    said = []
    predictor = open_predictor(BODY17, 'native', said.append)
    arrays = random_histories(2, predictor.card.samples)
    predictor.warm_up()
    expected = predictor(*arrays)
    end = time.monotonic() + 120
    while predictor.name != 'native' and time.monotonic() < end:
        time.sleep(0.05)
    assert predictor.name == 'native', predictor.name
    assert abs(predictor(*arrays) - expected).max() < 1e-4
    assert 'native has taken over' in said[-1]
    predictor.close()
    again = open_predictor(BODY17, 'native', said.append)
    assert again.name == 'native'  # at once
    again.close()


def test_another_processor_or_graph_is_another_library(monkeypatch):
    key = library_key(b'graph')
    assert library_key(b'other').file != key.file
    monkeypatch.setattr(
        'nermo_ros.inference.native.compiler._processor', lambda: ('Other CPU', 'sse')
    )
    assert library_key(b'graph').file != key.file


def test_a_missing_graph_says_what_to_do(tmp_path):
    folder = shutil.copytree(BODY17, tmp_path / 'model')
    (folder / 'model.onnx').unlink()
    with pytest.raises(BackendError, match='nermo export'):
        open_predictor(folder, 'native')
