# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys

import numpy as np
import pytest

from nermo_ros.ros.sources import SOURCES
from nermo_ros.ros.sources.source import SourceSettings
from nermo_ros.skeleton.mapping import direct_indices
from nermo_ros.skeleton.sets import JOINT_SETS

WRITTEN = [name for name, source in SOURCES.items() if source.write]
BODY = np.random.default_rng(0).normal(size=(17, 3)).astype(np.float32)


@pytest.mark.parametrize('name', WRITTEN)
def test_every_source_writes_its_message_and_reads_it_back(name, driver_messages):
    source = SOURCES[name]
    joint_set = source.joint_set or 'body17'
    message = source.write({'1': BODY}, JOINT_SETS[joint_set], 1_500_000_000, 'world')
    assert isinstance(message, source.message_type())
    settings = SourceSettings(joint_set=joint_set, person_id='1')
    (seen,) = source.read(message, settings, 0).observations
    assert (seen.stamp, seen.frame, seen.person) == (1_500_000_000, 'world', '1')
    has = list(direct_indices(JOINT_SETS[joint_set]))
    np.testing.assert_allclose(seen.positions[has], BODY[has], rtol=1e-6)


@pytest.mark.parametrize('name', SOURCES)
def test_a_message_package_that_is_not_installed_is_named(name, monkeypatch):
    package = SOURCES[name].message.split('/')[0]
    monkeypatch.setitem(sys.modules, f'{package}.msg', None)
    with pytest.raises(ImportError, match=f'install the package {package}'):
        SOURCES[name].message_type()


@pytest.mark.parametrize('name', SOURCES)
def test_the_joint_set_of_a_row_exists(name):
    assert SOURCES[name].joint_set in ('', *JOINT_SETS)


def test_reading_needs_no_ros():
    code = (
        'import sys, nermo_ros.ros.sources;'
        'print([name for name in sys.modules if name in ("rclpy", "torch", "geometry_msgs")])'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert done.stdout.strip() == '[]', done.stderr
