# SPDX-License-Identifier: Apache-2.0
"""What the package says of itself: package.xml, versions, licences."""

import subprocess
from pathlib import Path

import pytest

import nermo_ros

ROOT = Path(__file__).resolve().parents[2]
SPDX = 'SPDX-License-Identifier: Apache-2.0'
SUFFIXES = {
    '.cmake', '.launch', '.msg', '.py', '.rst', '.rviz', '.sh', '.srv', '.toml', '.txt', '.xml',
    '.yaml', '.yml',
}  # fmt: skip
NAMES = {'Makefile', 'run', 'predict'}
# What outside the standard library the modules import, and where rosdep has it.
ROSDEP = {
    'diagnostic_msgs', 'geometry_msgs', 'launch', 'launch_ros', 'lifecycle_msgs', 'python3-numpy',
    'python3-onnxruntime-pip', 'python3-yaml', 'rclpy', 'rosidl_default_runtime',
    'visualization_msgs',
}  # fmt: skip


def tracked() -> list[Path]:
    listed = subprocess.run(['git', 'ls-files', '-z'], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip(f'needs the git checkout: {listed.stderr.strip()}')
    return [ROOT / name for name in filter(None, listed.stdout.split('\0'))]


def test_every_source_file_has_its_licence_line():
    sources = [
        path
        for path in tracked()
        if path.is_file() and (path.suffix in SUFFIXES or path.name in NAMES)
    ]
    assert ROOT / 'setup.py' in sources
    without = [
        str(path.relative_to(ROOT))
        for path in sources
        if not any(SPDX in line for line in path.read_text().splitlines()[:3])
    ]
    assert without == []


@pytest.fixture
def manifest():
    package_module = pytest.importorskip('catkin_pkg.package', reason='package.xml is read by it')
    warnings: list[str] = []
    package = package_module.parse_package(str(ROOT / 'package.xml'), warnings=warnings)
    assert warnings == []
    return package


def test_manifest_is_valid_and_complete(manifest):
    assert manifest.package_format == 3
    assert manifest.licenses == ['Apache-2.0']
    assert manifest.get_build_type() == 'ament_cmake'
    assert {url.type for url in manifest.urls} == {'website', 'repository', 'bugtracker'}
    assert [group.name for group in manifest.member_of_groups] == ['rosidl_interface_packages']
    assert {depend.name for depend in manifest.exec_depends} >= ROSDEP
    assert '<?xml-model' in (ROOT / 'package.xml').read_text()


def test_versions_agree(manifest):
    assert manifest.version == nermo_ros.__version__


def test_changelog_is_ready_for_the_release_tools():
    release = pytest.importorskip('catkin_pkg.package_version', reason='they are built on it')
    changelog = (ROOT / 'CHANGELOG.rst').read_text()
    assert release.get_forthcoming_label(changelog) == 'Forthcoming'
