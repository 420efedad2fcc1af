# SPDX-License-Identifier: Apache-2.0
"""`colcon build` and `colcon test` without flags, ROS 2 coming from the wheels beside Python."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def run(command: str, cwd: Path, env: dict[str, str]) -> str:
    done = subprocess.run(
        ['bash', '-c', command], cwd=cwd, env=env, capture_output=True, text=True
    )
    if done.returncode:
        pytest.fail(f'{command!r} ended with {done.returncode}\n{done.stdout}\n{done.stderr}')
    return done.stdout + done.stderr


def test_colcon_builds_tests_and_installs(tmp_path, checkout, clean_environment):
    binaries = Path(sys.executable).parent
    env = {**clean_environment, 'PATH': f'{binaries}:{clean_environment["PATH"]}'}
    if shutil.which('colcon', path=env['PATH']) is None:
        pytest.skip("needs colcon: pip install '.[test]'")

    run('colcon build', checkout, env)
    run('colcon test --return-code-on-test-failure', checkout, env)
    result = run('colcon test-result --all', checkout, env)
    for name in ('skeleton', 'observation', 'package_test_messages_py'):
        ran = re.search(rf'nermo_ros/{name}\.xunit\.xml: (\d+) tests?', result)
        assert ran and int(ran[1]) > 0, f'colcon ran no test of {name}:\n{result}'

    installed = checkout / 'install' / 'nermo_ros'
    assert (installed / 'share/nermo_ros/launch/predict.launch.py').is_file()
    assert (installed / 'share/nermo_ros/config/predict.yaml').is_file()
    sourced = f'source {checkout}/install/setup.bash'
    where = 'import nermo_ros.msg, nermo_ros.skeleton.body17 as b; print(b.__file__)'
    seen = run(f"{sourced} && python -c '{where}'", tmp_path, env)
    assert seen.startswith(str(installed))
    help_text = run(f'{sourced} && {installed}/lib/nermo_ros/predict --help', tmp_path, env)
    assert '--params-file' in help_text
    # A rebuild from the shell that sourced the workspace finds ROS 2 all the same.
    run(f'{sourced} && cmake -S {checkout} -B {tmp_path}/again', tmp_path, env)
