# SPDX-License-Identifier: Apache-2.0
"""`pip install .` from a clone into a fresh environment: all that runs is there, torch is not."""

import json
import subprocess
import venv
from pathlib import Path

import pytest

# What the child finds, seen from a folder that has no source tree.
REPORT = """
import importlib.util, json, sys, sysconfig
from pathlib import Path
import nermo_ros
from nermo_ros.msg import PredictedSkeleton, PredictedSkeletonArray, Skeleton, SkeletonArray
from nermo_ros.srv import PredictAt
from rclpy.serialization import deserialize_message, serialize_message

message = SkeletonArray(joint_names=['pelvis'], people=[Skeleton(id='7', positions=[1, 2, 3])])
package = Path(nermo_ros.__file__).parent
prefix = Path(sysconfig.get_path('data'))
roots = {'package': package, 'share': prefix / 'share/nermo_ros', 'lib': prefix / 'lib/nermo_ros'}
print(json.dumps({
    'equal': deserialize_message(serialize_message(message), SkeletonArray) == message,
    'inside': str(package).startswith(sys.prefix),
    'torch': importlib.util.find_spec('torch') is not None,
    'files': {name: sorted(str(f.relative_to(root)) for f in root.rglob('*') if f.is_file())
              for name, root in roots.items()},
}))
"""


def run(command: list, cwd: Path, env: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(f'{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}')
    return done.stdout


def data_files(folder: Path, *suffixes: str) -> set[str]:
    return {
        str(file.relative_to(folder))
        for file in folder.rglob('*')
        if file.is_file() and file.suffix in suffixes
    }


def test_pip_installs_all_that_runs_and_no_torch(tmp_path, checkout, clean_environment):
    venv.create(tmp_path / 'venv', with_pip=True)
    binaries = tmp_path / 'venv' / 'bin'
    run([binaries / 'pip', 'install', '--quiet', checkout], tmp_path, clean_environment)

    found = json.loads(run([binaries / 'python', '-c', REPORT], tmp_path, clean_environment))
    assert found['inside'] and found['equal'] and not found['torch']
    source = checkout / 'nermo_ros'
    wanted = data_files(source, '.py', '.onnx', '.yaml', '.safetensors', '.npz', '.md')
    missing = wanted - set(found['files']['package'])
    assert not missing
    assert {'models/body17/model.onnx', 'models/body17/model.yaml', 'recordings/handover.npz'} <= (
        wanted
    )
    share = set(found['files']['share'])
    assert {'package.xml', 'launch/predict.launch.py', 'config/predict.yaml'} <= share
    assert [name for name in share if name.startswith('config/') and name.endswith('.rviz')]
    assert found['files']['lib'] == ['predict']

    assert 'demo' in run([binaries / 'nermo', '--help'], tmp_path, clean_environment)
    on_path = {**clean_environment, 'PATH': f'{binaries}:{clean_environment["PATH"]}'}
    predict = tmp_path / 'venv' / 'lib' / 'nermo_ros' / 'predict'
    assert '--params-file' in run([predict, '--help'], tmp_path, on_path)
