# SPDX-License-Identifier: Apache-2.0
import json
import pickle

import numpy as np
import pytest

from nermo_ros.cli.evaluate import main
from nermo_ros.evaluation.published import MEANS
from nermo_ros.inference.card import ModelCard, write_card
from nermo_ros.skeleton import cmu25, h36m22

onnx = pytest.importorskip('onnx', reason='makes a model, needs the train extra')


def still_model(folder, joints, samples=12):
    """A model folder whose graph puts everybody where they were last seen."""
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    arrays = {
        'times': ('P', samples), 'positions': ('P', samples, len(joints), 3),
        'mask': ('P', samples, len(joints)), 'query': ('P', 'Q'),
    }  # fmt: skip
    numbers = {'last': [-1], 'end': [np.iinfo(np.int64).max], 'time': [1], 'extra': [2, 3]}
    graph = helper.make_graph(
        [
            helper.make_node('Slice', ['positions', 'last', 'end', 'time'], ['newest']),
            helper.make_node('Sub', ['query', 'query'], ['none']),
            helper.make_node('Unsqueeze', ['none', 'extra'], ['zeros']),
            helper.make_node('Add', ['newest', 'zeros'], ['forecast']),
        ],
        'still',
        [helper.make_tensor_value_info(name, floats, shape) for name, shape in arrays.items()],
        [helper.make_tensor_value_info('forecast', floats, ('P', 'Q', len(joints), 3))],
        [onnx.numpy_helper.from_array(np.array(v, np.int64), k) for k, v in numbers.items()],
    )
    opset = [helper.make_opsetid('', 18)]
    folder.mkdir()
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=9), folder / 'model.onnx')
    card = {
        'name': 'still', 'version': '1', 'joints': list(joints), 'history': 0.4, 'past': 0.0,
        'horizon': 1.0, 'samples': samples,
    }  # fmt: skip
    write_card(folder, card)
    return folder


@pytest.fixture
def cmu(tmp_path):
    """Files of six actions in the set's format, whose knees bend."""
    rows = np.zeros((100, 117))
    rows[:, 3 + 9] = np.arange(100) / 50
    keys = [f'test/{action}/{action}_1' for action in MEANS['mean_of_6']]
    path = tmp_path / 'cmu.npz'
    np.savez(path, **dict.fromkeys([*keys, 'train/walking/walking_5'], rows))
    return path


def published(data, *more):
    return main(['--protocol', 'published', '--data', str(data), *map(str, more)])


def test_cmu_beside_baselines_and_peers(cmu, tmp_path, capsys):
    model = still_model(tmp_path / 'still', cmu25.JOINTS)
    out = tmp_path / 'out.json'
    assert published(cmu, '--model', model, '--json', out, '--record') == 0
    figures = json.loads(out.read_text())
    assert figures['per_action']['walking'] == figures['mean_of_4'] == figures['mean_of_5']
    assert list(figures['mean_of_6']) == ['80', '160', '320', '400', '560', '1000']
    zero = figures['baselines']['zero_velocity']
    assert figures['mean_of_6'] == zero['mean_of_6']
    assert figures['mean_25_joints'] == zero['mean_25_joints']
    assert (
        0
        < figures['baselines']['constant_velocity']['mean_of_6']['400']
        < zero['mean_of_6']['400']
    )
    assert ModelCard.read(model).metrics == figures
    text = capsys.readouterr().out
    for row in ('mean of 5: model', 'walking: MSR-GCN', 'mean of 6, 25 joints: model'):
        assert row in text
    assert 'mean of 6: PGBIG' in text
    assert 'mean of 8: NeRMo' in text
    assert 'mean of 8: model' not in text
    assert 'chose their epoch on the test set' in text


def test_validation_is_on_training_files_and_has_no_peers(cmu, tmp_path, capsys):
    model = still_model(tmp_path / 'still', cmu25.JOINTS)
    out = tmp_path / 'out.json'
    assert published(cmu, '--model', model, '--json', out, '--validation') == 0
    assert json.loads(out.read_text())['files'] == ['train/walking/walking_5']
    assert 'PGBIG' not in capsys.readouterr().out


def test_a_model_of_another_body_is_refused(cmu, tmp_path, capsys):
    assert published(cmu, '--model', 'body17') == 1
    assert 'no model of cmu25' in capsys.readouterr().err
    model = still_model(tmp_path / 'still', cmu25.JOINTS)
    assert main(['--data', str(cmu), '--model', str(model)]) == 1
    assert 'no model of body17' in capsys.readouterr().err


def test_data_without_files_of_the_protocol(tmp_path, capsys):
    np.savez(tmp_path / 'cmu.npz', **{'train/walking/walking_1': np.zeros((100, 117))})
    model = still_model(tmp_path / 'still', cmu25.JOINTS)
    assert published(tmp_path / 'cmu.npz', '--model', model) == 1
    assert 'keys start with test/' in capsys.readouterr().err


def test_h36m_with_and_without_a_model(tmp_path, capsys):
    rows = np.zeros((400, 99))
    rows[:, 3 + 6] = np.arange(400) / 100
    (tmp_path / 'S5').mkdir()
    for number in (1, 2):
        np.savetxt(tmp_path / 'S5' / f'walking_{number}.txt', rows, delimiter=',', fmt='%.4f')
    arguments = ['--dataset', 'h36m', '--windows', '8']
    assert published(tmp_path, *arguments) == 0
    text = capsys.readouterr().out
    assert 'mean: siMLPe' in text
    assert 'model' not in text.split('\n\n')[0]
    model = still_model(tmp_path / 'still', h36m22.JOINTS)
    out = tmp_path / 'out.json'
    assert published(tmp_path, *arguments, '--model', model, '--json', out) == 0
    figures = json.loads(out.read_text())
    assert figures['mean'] == figures['baselines']['zero_velocity']['mean']
    assert published(tmp_path, *arguments, '--model', 'body17') == 1
    assert 'no model of h36m22' in capsys.readouterr().err


def test_3dpw_baselines_at_its_own_horizons(tmp_path, capsys):
    folder = tmp_path / 'sequenceFiles' / 'test'
    folder.mkdir(parents=True)
    positions = np.arange(50)[:, None] * np.linspace(0, 0.01, 72)
    (folder / 'yard_00.pkl').write_bytes(pickle.dumps({'jointPositions': [positions]}))
    out = tmp_path / 'out.json'
    assert published(tmp_path, '--dataset', '3dpw', '--json', out) == 0
    mean = json.loads(out.read_text())['baselines']['zero_velocity']['mean']
    assert list(mean) == ['200', '400', '600', '800', '1000']
    assert 'No peer has published' in capsys.readouterr().out


@pytest.mark.parametrize(
    'arguments',
    [
        ['--dataset', 'h36m', '--protocol', 'true-time'],
        ['--dataset', 'recordings', '--protocol', 'published'],
        ['--dataset', 'h36m', '--record'],
        ['--dataset', 'h36m', '--validation'],
    ],
)
def test_what_does_not_go_together_is_refused(arguments, capsys):
    with pytest.raises(SystemExit):
        main(['--data', 'absent', *arguments])
    assert 'nermo evaluate: error' in capsys.readouterr().err
