# SPDX-License-Identifier: Apache-2.0
"""Where people's joints will be: occluded skeleton histories in, continuous-time forecasts out."""

from pkgutil import extend_path

# The generated messages (nermo_ros.msg, nermo_ros.srv) may lie in another folder.
__path__ = extend_path(__path__, __name__)
__version__ = '0.1.0'
