# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

from nermo_ros.cli.finetune import main
from nermo_ros.data.bags import MESSAGE, _typestore
from nermo_ros.inference.card import ModelCard, write_card
from nermo_ros.recordings.recording import Recording
from nermo_ros.skeleton.body17 import JOINTS

torch = pytest.importorskip('torch', reason='fine-tuning needs torch')
SMALL = {'basis': 8, 'vectors': 16, 'scalars': 8, 'blocks': 1}


@pytest.fixture
def model(tmp_path):
    """Folder of a small model that learned nothing yet."""
    from safetensors.torch import save_file

    from nermo_ros.training.config import TrainingConfig
    from nermo_ros.training.export import new_card
    from nermo_ros.training.network import make_network

    torch.manual_seed(0)
    config = replace(TrainingConfig.read('body17'), network=SMALL)
    (tmp_path / 'model').mkdir()
    save_file(make_network(config).state_dict(), tmp_path / 'model' / 'weights.safetensors')
    write_card(tmp_path / 'model', new_card(config, {}))
    return tmp_path / 'model'


def bag(folder, seconds=10, rate=30):
    """A rosbag2 bag of one person who walks along x and swings, as a tracker publishes it."""
    rosbag2 = pytest.importorskip('rosbags.rosbag2', reason='bags are of the demo extra')
    store = _typestore()
    header, time, skeleton, array = (
        store.types[name]
        for name in (
            'std_msgs/msg/Header', 'builtin_interfaces/msg/Time', 'nermo_ros/msg/Skeleton',
            MESSAGE,
        )
    )  # fmt: skip
    body = np.random.default_rng(0).normal(0, 0.4, (17, 3)) + [0, 0, 1]
    none = np.array([], np.float32), np.array([], np.uint8)
    with rosbag2.Writer(folder, version=9, storage_plugin=rosbag2.StoragePlugin.MCAP) as writer:
        topic = writer.add_connection('/skeletons', MESSAGE, typestore=store)
        for stamp in 1 + np.arange(seconds * rate) / rate:
            joints = body + 0.1 * np.sin(6 * stamp + body) + [stamp, 0, 0]
            person = skeleton('anna', joints.astype(np.float32).ravel(), *none)
            at = time(sec=int(stamp), nanosec=round(stamp % 1 * 1e9))
            message = array(header(at, 'world'), list(JOINTS), [person])
            raw = store.serialize_cdr(message, MESSAGE)
            writer.write(topic, round(stamp * 1e9), raw)
    return folder


def test_a_bag_lowers_the_error_on_its_held_out_part(model, tmp_path, capsys):
    out = tmp_path / 'own'
    arguments = [bag(tmp_path / 'bag'), '--model', model, '--out', out, '--steps', 40]
    assert main([*map(str, arguments), '--threads', '1']) == 0
    error = ModelCard.read(out).training['held_out_error_mm']
    assert list(error['before']) == list(error['after'])
    assert all(error['after'][key] < error['before'][key] for key in ('400', '560', '1000'))
    shown = capsys.readouterr().out
    assert 'before' in shown
    assert 'former ones were kept' not in shown
    assert (out / 'model.onnx').is_file()


def exits(arguments, capsys):
    with pytest.raises(SystemExit) as raised:
        main([str(argument) for argument in arguments])
    assert raised.value.code == 1
    return capsys.readouterr().err


def test_what_is_not_there_is_named(tmp_path, capsys):
    out = tmp_path / 'out'
    assert 'absent.npz' in exits([tmp_path / 'absent.npz', '--out', out], capsys)
    assert 'no model' in exits([tmp_path, '--out', out, '--model', tmp_path / 'absent'], capsys)
    assert not out.exists()


def test_a_short_recording_is_refused(tmp_path, capsys):
    still = np.zeros((1, 60, 17, 3), np.float32)
    Recording('short', 30.0, ('anna',), still).save(tmp_path / 'short.npz')
    assert 'record more' in exits([tmp_path / 'short.npz', '--out', tmp_path / 'out'], capsys)


def test_the_model_itself_is_not_overwritten(tmp_path, capsys):
    (tmp_path / 'model.yaml').write_text('')
    error = exits([tmp_path, '--model', tmp_path, '--out', tmp_path], capsys)
    assert 'give another' in error
