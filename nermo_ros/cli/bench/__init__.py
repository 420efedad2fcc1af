# SPDX-License-Identifier: Apache-2.0
"""`nermo bench`: the command is in command.py, a measurement a module beside it."""

from nermo_ros.cli.bench.command import main

__all__ = ['main']
