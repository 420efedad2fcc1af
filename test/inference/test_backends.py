# SPDX-License-Identifier: Apache-2.0
import shutil
import subprocess
import sys

import numpy as np
import pytest

from nermo_ros.inference.backends import AUTO, BACKENDS, open_predictor
from nermo_ros.inference.card import ModelCard, ModelError
from nermo_ros.inference.golden import PATTERNS, patterned, random_histories
from nermo_ros.inference.models import model_folder, shipped_models
from nermo_ros.inference.predictor import BackendError, UnavailableError
from nermo_ros.recordings.recording import load_recording


@pytest.fixture(params=BACKENDS)
def predictor(request):
    try:
        predictor = open_predictor('body17', request.param)
    except UnavailableError as error:
        pytest.skip(str(error))
    predictor.warm_up()
    yield predictor
    predictor.close()


def walkers(people, samples):
    """times, positions, mask, query of people who walk at 1 m/s along x, seen at 30 Hz."""
    times = np.tile(-np.arange(samples - 1, -1, -1) / 30, (people, 1))
    body = np.random.default_rng(0).normal(0, 0.3, (people, 1, 17, 3))
    positions = body + times[:, :, None, None] * np.array([1.0, 0, 0])
    query = np.tile([0.0, 0.2, 0.4], (people, 1))
    arrays = (times, positions, np.ones((people, samples, 17)), query)
    return [np.ascontiguousarray(array, np.float32) for array in arrays]


@pytest.mark.parametrize('people', [0, 1, 2, 16, 33])
def test_shapes(predictor, people):
    forecast = predictor(*walkers(people, predictor.card.samples))
    assert forecast.shape == (people, 3, 17, 3)
    assert forecast.dtype == np.float32


def test_nothing_seen_is_finite(predictor):
    times, positions, mask, query = walkers(2, predictor.card.samples)
    assert np.isfinite(predictor(times, 0 * positions, 0 * mask, query)).all()


@pytest.mark.parametrize('junk', [np.nan, np.inf, 1e30])
def test_what_stands_where_nothing_was_seen_does_not_matter(predictor, junk):
    times, positions, mask, query = random_histories(4, predictor.card.samples)
    expected = predictor(times, positions, mask, query)
    spoilt = np.where(mask[..., None] > 0, positions, np.float32(junk))
    np.testing.assert_array_equal(predictor(times, spoilt, mask, query), expected)


def test_of_somebody_never_seen_the_prior_is_told(predictor):
    """One still pose, whatever the times."""
    times, positions, mask, query = walkers(2, predictor.card.samples)
    prior = predictor(times, 0 * positions, 0 * mask, query)
    other = predictor(0.5 * times, 0 * positions, 0 * mask, query)
    np.testing.assert_allclose(prior, other, atol=1e-5)
    np.testing.assert_allclose(prior[0], prior[1], atol=1e-5)


def test_people_do_not_see_each_other(predictor):
    arrays = random_histories(5, predictor.card.samples)
    together = predictor(*arrays)
    for row in range(5):
        alone = predictor(*(array[row : row + 1] for array in arrays))
        np.testing.assert_allclose(alone[0], together[row], atol=1e-5)


@pytest.mark.parametrize('times', [1, 27, 40, 300])
def test_any_number_of_times_is_one_curve(predictor, times):
    *history, _ = random_histories(2, predictor.card.samples)
    query = np.tile(np.linspace(-0.5, 1, times, dtype=np.float32), (2, 1))
    whole = predictor(*history, query)
    assert whole.shape == (2, times, 17, 3)
    np.testing.assert_allclose(whole[:, -1:], predictor(*history, query[:, -1:]), atol=1e-5)


@pytest.mark.parametrize('pattern', PATTERNS)
@pytest.mark.parametrize('people', [1, 3, 16])
def test_agrees_with_onnx_runtime(predictor, pattern, people):
    arrays = patterned(pattern, random_histories(people, predictor.card.samples))
    expected = open_predictor('body17', 'onnxruntime')(*arrays)
    np.testing.assert_allclose(predictor(*arrays), expected, atol=1e-4)


def test_meets_the_observation_now(predictor):
    times, positions, mask, query = walkers(2, predictor.card.samples)
    forecast = predictor(times, positions, mask, query)
    np.testing.assert_allclose(forecast[:, 0], positions[:, -1], atol=1e-5)


def test_does_not_depend_on_the_origin(predictor):
    times, positions, mask, query = walkers(2, predictor.card.samples)
    away = np.float32([3.0, -2.0, 1.1])
    moved = predictor(times, positions + away, mask, query)
    np.testing.assert_allclose(moved, predictor(times, positions, mask, query) + away, atol=1e-4)


def test_wrong_shapes_are_a_backend_error(predictor):
    times, positions, mask, query = walkers(2, predictor.card.samples)
    with pytest.raises(BackendError, match='failed'):
        predictor(times, positions[..., :2], mask, query)


def test_a_closed_predictor_cannot_be_called(predictor):
    predictor.close()
    with pytest.raises(BackendError):
        predictor(*walkers(1, predictor.card.samples))


def test_auto_opens_the_shipped_model():
    assert 'body17' in shipped_models()
    assert open_predictor('body17').name in BACKENDS


def test_auto_says_why_better_backends_were_not_taken():
    reasons = {text.partition(': ')[0] for text in open_predictor('body17').why}
    taken = open_predictor('body17').name
    better = AUTO[: AUTO.index(taken)] if taken in AUTO else AUTO[:-1]
    assert reasons == set(better)


def test_a_named_backend_that_fails_is_an_error(monkeypatch):
    monkeypatch.setattr('nermo_ros.inference.gpu.DRIVER', 'no_driver.so')
    for name in ('tensorrt', 'torch_cuda_graph'):
        with pytest.raises(BackendError, match=f'backend {name}: .*no_driver.so'):
            open_predictor('body17', name)


def test_unknown_names_say_what_there_is():
    with pytest.raises(ModelError, match='body17'):
        open_predictor('no_such_model')
    with pytest.raises(BackendError, match='onnxruntime'):
        open_predictor('body17', 'no_such_backend')


@pytest.mark.parametrize('damage', ['absent', 'garbage'])
def test_a_damaged_graph_says_what_to_do(tmp_path, damage):
    folder = shutil.copytree(model_folder('body17'), tmp_path / 'model')
    graph = folder / 'model.onnx'
    graph.unlink() if damage == 'absent' else graph.write_bytes(b'not a graph')
    with pytest.raises(
        BackendError, match='nermo export' if damage == 'absent' else 'cannot load'
    ):
        open_predictor(folder)


def test_a_damaged_card_says_what_to_do(tmp_path):
    (tmp_path / 'model.yaml').write_text('name: x\n')
    with pytest.raises(ModelError, match='nermo export'):
        ModelCard.read(tmp_path)
    with pytest.raises(ModelError, match='no model.yaml'):
        ModelCard.read(tmp_path / 'absent')


def test_the_shipped_model_is_small_and_has_its_hashes():
    import hashlib

    folder = model_folder('body17')
    assert sum(file.stat().st_size for file in folder.iterdir()) < 8e6
    for name, digest in ModelCard.read(folder).hashes.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_inference_needs_no_torch():
    code = (
        'import sys; from nermo_ros.inference.backends import open_predictor;'
        "open_predictor('body17').warm_up(); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, '-c', code]).returncode == 0


@pytest.mark.parametrize('row', ['complete', 'random_40'])
def test_the_shipped_model_is_recorded_to_beat_the_baselines_at_every_horizon(row):
    figures = ModelCard.read(model_folder('body17')).metrics['error_mm'][row]
    ours = figures.pop('model')
    assert set(figures) == {'zero_velocity', 'constant_velocity', 'damped_velocity'}
    for errors in figures.values():
        assert all(ours[horizon] < error for horizon, error in errors.items())


def test_the_shipped_model_tells_where_people_just_were():
    """To 2 cm, as far back as its card says, also between the samples of a 30 Hz camera."""
    predictor = open_predictor('body17')
    walk = load_recording('cmu_walking').positions[0]
    now = np.arange(130, len(walk), 8)
    back = np.arange(predictor.card.samples - 1, -1, -1) * 4  # frames of 120 Hz: a 30 Hz camera
    asked = np.array([60, 42, 18, 12, 6, 0])
    assert asked.max() / 120 == predictor.card.past
    positions = walk[now[:, None] - back]
    times, query = (np.tile(-f / 120, (len(now), 1)).astype(np.float32) for f in (back, asked))
    places = predictor(times, positions, np.ones(positions.shape[:3], np.float32), query)
    error = np.linalg.norm(places - walk[now[:, None] - asked], axis=-1).mean((0, 2))
    assert error.max() < 0.02
