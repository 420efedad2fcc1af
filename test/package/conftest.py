# SPDX-License-Identifier: Apache-2.0
"""What an installation is made from, and the environment it is made in."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What a sourced ROS 2, an activated environment or the wheels' start-up hook leaves to children.
INHERITED = (
    'AMENT_PREFIX_PATH',
    'CMAKE_PREFIX_PATH',
    'COLCON_PREFIX_PATH',
    'LD_LIBRARY_PATH',
    'PYTHONPATH',
    'VIRTUAL_ENV',
    '_ROS_WHEELS_BOOTSTRAP_COMPLETE',
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the tracked files, as a clone has them."""
    listed = subprocess.run(['git', 'ls-files', '-z'], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip(f'needs the git checkout: {listed.stderr.strip()}')
    copy = tmp_path / 'checkout'
    for name in filter(None, listed.stdout.split('\0')):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    return copy


@pytest.fixture
def clean_environment() -> dict[str, str]:
    """This process's environment without what ties a child to this Python or to a ROS 2."""
    return {name: value for name, value in os.environ.items() if name not in INHERITED}
