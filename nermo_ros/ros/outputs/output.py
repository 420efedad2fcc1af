# SPDX-License-Identifier: Apache-2.0
"""What an output is: a topic, and what goes there after a forecast and when nobody is there."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy

from nermo_ros.forecast.forecast import Forecast
from nermo_ros.ros.flush import flush

QOS = QoSProfile(depth=5, history=HistoryPolicy.KEEP_LAST, reliability=ReliabilityPolicy.RELIABLE)
FLUSH = 0.5  # s, for what was taken back to arrive


@dataclass(frozen=True)
class Cycle:
    """A forecast on its way out.

    frame: of its positions; now: int ns, node clock; age: s from the reference to now; ahead: s
    after the reference at which people are now, as far as it is known; latency: s since the newest
    observation came in, 0 where none is new; values: of the parameters.
    """

    forecast: Forecast
    frame: str
    now: int
    age: float
    ahead: float
    latency: float
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Nobody:
    """Nobody is tracked. now: int ns; model: its name; times: (K,) s of a forecast."""

    now: int
    frame: str
    model: str
    times: np.ndarray


class Output(ABC):
    """One topic of a lifecycle node, from configure to cleanup.

    A subclass says what is sent. Raises ValueError, which says what to do, where the message's
    package is not installed.
    """

    topic = ''
    message = ''  # package/msg/Name
    switch = ''  # parameter that switches it on; empty: it is always there
    install = 'ros-$ROS_DISTRO-'  # before the package's name, of what installs it

    def __init__(self, node: Any):
        self._node = node
        kind = self.message_type()
        self._publisher = node.create_lifecycle_publisher(kind, self.topic, QOS)

    @classmethod
    def wanted(cls, values: Mapping[str, Any]) -> bool:
        """Whether the parameters switch it on."""
        return not cls.switch or values[cls.switch] not in (False, 'off')

    @classmethod
    def message_type(cls) -> type:
        """The generated class."""
        package, _, name = cls.message.split('/')
        try:
            return getattr(import_module(f'{package}.msg'), name)
        except ImportError as error:
            raise ValueError(
                f'{cls.switch} is set but {package} is not installed ({error}): apt install '
                f'{cls.install}{package.replace("_", "-")}, or leave {cls.switch} at its default'
            ) from error

    @property
    def heard(self) -> bool:
        """Whether somebody subscribes."""
        return self._publisher.get_subscription_count() > 0

    @abstractmethod
    def publish(self, cycle: Cycle) -> None:
        """After every forecast."""

    def nobody(self, empty: Nobody) -> None:  # noqa: B027, not every output has something to say
        """When everybody is gone, at the heartbeat, on deactivation and after a clock jump."""

    def close(self, wait: float) -> None:
        """Takes the topic back, once its subscribers have all that was sent or, where one does not
        answer, after `wait` s."""
        # A ghost left behind would stop the robot until somebody finds it.
        flush(self._publisher, wait)
        self._node.destroy_lifecycle_publisher(self._publisher)
