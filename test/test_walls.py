# SPDX-License-Identifier: Apache-2.0
"""The walls between the rooms: who may import whom, and what must never be loaded."""

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / 'nermo_ros'
ROS = {
    'rclpy', 'builtin_interfaces', 'diagnostic_msgs', 'geometry_msgs', 'lifecycle_msgs',
    'rcl_interfaces', 'std_msgs', 'visualization_msgs', 'nermo_ros.msg', 'nermo_ros.srv',
}  # fmt: skip
OPTIONAL_ROS = {
    'ament_index_python', 'tf2_ros', 'tf_transformations', 'transforms3d', 'message_filters',
    'trajectory_msgs', 'zed_msgs', 'hri_msgs', 'yolo_msgs', 'hiros_skeleton_msgs', 'mocap4r2_msgs',
}  # fmt: skip
TRAIN = {
    'torch', 'lightning_fabric', 'safetensors', 'tqdm', 'onnx', 'onnxscript', 'onnxruntime',
}  # fmt: skip


@dataclass(frozen=True)
class Walls:
    """What a room may import: when loaded, inside a function besides, and of the other rooms,
    likewise."""

    libraries: set[str]
    when_called: set[str]
    rooms: set[str]
    rooms_when_called: frozenset[str] = frozenset()


TRIP = {'skeleton', 'observation', 'inference', 'forecast'}
EVERY_ROOM = TRIP | {
    'model',
    'data',
    'training',
    'evaluation',
    'recordings',
    'robot',
    'ros',
    'cli',
}
ROOMS = {
    'skeleton': Walls({'numpy'}, set(), set()),
    'observation': Walls({'numpy'}, set(), {'skeleton'}),
    'inference': Walls(
        {'numpy', 'yaml'},
        {'onnx', 'onnxruntime', 'torch', 'cuda'},
        {'skeleton', 'observation'},
        frozenset({'model', 'training'}),  # what the torch backends run
    ),
    'forecast': Walls({'numpy'}, set(), {'skeleton', 'observation', 'inference'}),
    'recordings': Walls({'numpy'}, set(), {'skeleton'}),
    'robot': Walls({'numpy'}, set(), TRIP | {'recordings'}),
    'evaluation': Walls({'numpy'}, set(), TRIP | {'data'}),
    'model': Walls({'numpy', 'torch'}, set(), {'skeleton'}),
    'data': Walls({'numpy'}, {'rosbags'}, {'skeleton', 'observation', 'recordings'}),
    'training': Walls(
        {'numpy', 'yaml'} | TRAIN,
        set(),
        {'skeleton', 'model', 'data', 'evaluation', 'inference', 'forecast'},
    ),
    'ros': Walls({'numpy', 'yaml'} | ROS, OPTIONAL_ROS, TRIP | {'recordings'}),
    'cli': Walls(
        {'numpy', 'yaml'}, ROS | OPTIONAL_ROS | TRAIN | {'matplotlib', 'rosbags'}, EVERY_ROOM
    ),
}
MODULES = sorted(path for path in PACKAGE.rglob('*.py') if path.parent != PACKAGE)


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def imports(source: str, package: str) -> list[tuple[str, bool]]:
    """(absolute module name, is it loaded with the module) of each import in a module's source."""
    found = []

    def visit(node: ast.AST, loaded: bool) -> None:
        if isinstance(node, ast.Import):
            found.extend((alias.name, loaded) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ''
            if node.level:
                parents = package.split('.')
                base = '.'.join(filter(None, [*parents[: len(parents) - node.level + 1], base]))
            names = [f'{base}.{alias.name}' for alias in node.names]
            found.extend((name, loaded) for name in (names if base == 'nermo_ros' else [base]))
        in_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for_types = isinstance(node, ast.If) and 'TYPE_CHECKING' in ast.unparse(node.test)
        for child in ast.iter_child_nodes(node):
            visit(child, loaded and not in_function and not for_types)

    visit(ast.parse(source), True)
    return found


def broken(path: Path, source: str, room: str) -> list[str]:
    """What in a module breaks its room's walls."""
    package = '.'.join(path.relative_to(ROOT).parent.parts)
    walls = ROOMS[room]
    faults = []
    for name, loaded in imports(source, package):
        first, *rest = name.split('.')
        if first == 'nermo_ros' and rest[:1] not in (['msg'], ['srv']):
            allowed = walls.rooms | {room} | (set() if loaded else walls.rooms_when_called)
            if set(rest[:1]) & set(ROOMS) - allowed:
                faults.append(f'{room}/ may not import {name}')
            continue
        library = '.'.join([first, *rest[:1]]) if first == 'nermo_ros' else first
        if library in sys.stdlib_module_names or library in walls.libraries:
            continue
        if library not in walls.when_called:
            faults.append(f'{room}/ may not import {library}')
        elif loaded:
            faults.append(f'{room}/ may import {library} only inside a function')
    return faults


def test_every_room_has_walls():
    assert {room_of(path) for path in MODULES} <= set(ROOMS)


@pytest.mark.parametrize('path', MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_keeps_within_its_walls(path):
    assert broken(path, path.read_text(), room_of(path)) == []


@pytest.mark.parametrize(
    ('room', 'source', 'kept'),
    [
        ('skeleton', 'import numpy as np', True),
        ('skeleton', 'import rclpy', False),
        ('skeleton', 'def f():\n    import torch', False),
        ('skeleton', 'from ..observation import batch', False),
        ('observation', 'from nermo_ros import inference', False),
        ('observation', 'from .. import forecast', False),
        ('inference', 'import onnxruntime', False),
        ('inference', 'def f():\n    import onnxruntime', True),
        ('inference', 'if True:\n    import torch.nn', False),
        ('inference', 'from nermo_ros.training import network', False),
        ('inference', 'def f():\n    from nermo_ros.training import network', True),
        ('inference', 'def f():\n    from nermo_ros.data import windows', False),
        ('forecast', 'import nermo_ros', True),
        ('forecast', 'import nermo_ros.ros.node', False),
        ('forecast', 'from nermo_ros.msg import Skeleton', False),
        ('forecast', 'from nermo_ros import msg', False),
        ('ros', 'from nermo_ros.msg import Skeleton\nimport rclpy.node', True),
        ('ros', 'def f():\n    from nermo_ros.training import train', False),
        ('cli', 'import rclpy', False),
        ('cli', 'def f():\n    import rclpy, torch', True),
    ],
)
def test_walls_hold(room, source, kept):
    assert (broken(PACKAGE / room / 'sketch.py', source, room) == []) == kept


def loaded_by(*rooms: str) -> set[str]:
    """Top-level names loaded after importing every module of the rooms in a fresh Python."""
    names = [
        '.'.join(path.relative_to(ROOT).with_suffix('').parts).removesuffix('.__init__')
        for path in MODULES
        if room_of(path) in rooms
    ]
    assert names
    script = (
        'import importlib, sys\n'
        f'for name in {["nermo_ros", *names]!r}: importlib.import_module(name)\n'
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, '-c', script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_skeleton_and_observation_load_numpy_only():
    loaded = loaded_by('skeleton', 'observation')
    assert 'numpy' in loaded
    assert not loaded & {'rclpy', 'torch', 'onnxruntime', 'yaml', 'std_msgs'}


def test_node_never_loads_torch():
    pytest.importorskip('rclpy', reason='the node needs ROS 2')
    loaded = loaded_by('skeleton', 'observation', 'inference', 'forecast', 'ros')
    assert 'rclpy' in loaded
    assert 'torch' not in loaded
