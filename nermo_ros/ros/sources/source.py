# SPDX-License-Identifier: Apache-2.0
"""What a skeleton source is: a message type and a pure function from a message to observations.

Each module of this folder has

    read(message, settings: SourceSettings, receipt_ns: int) -> Reading
    write(people: Mapping[str, array], joint_set: JointSet, stamp_ns: int, frame: str) -> message

`read` takes anything with the message's fields. It raises BadMessage where the whole message is
of no use; what is wrong with one person costs that person alone and stands in Reading.drops,
named the same way. `write` is the inverse, for the player: people are body17 positions (17, 3) in
metres by id, NaN where missing, sent in those joints of the joint set that are canonical ones.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from nermo_ros.observation.observation import Observation
from nermo_ros.ros.tf import Transforms

NANOSECONDS = 1_000_000_000


@dataclass(frozen=True)
class SourceSettings:
    """What a message does not say itself.

    joint_set: key of JOINT_SETS, for sources whose messages carry no joint names; empty: the
    source's own; person_id: for sources without ids; confidence_threshold: a joint below it is
    missing (0..1); frame: replaces the frame of every message; empty: the message's own;
    transforms: tf2, None where there is none; target: the frame to look people up in.
    """

    joint_set: str = ''
    person_id: str = 'person'
    confidence_threshold: float = 0.5
    frame: str = ''
    transforms: Transforms | None = None
    target: str = ''


class BadMessage(ValueError):  # noqa: N818 -- a drop carries one that is never raised
    """What could not be used, and why.

    reason: short snake_case name to count by, e.g. 'unknown_joints'; text: what is wrong and what
    to do.
    """

    def __init__(self, reason: str, text: str):
        super().__init__(text)
        self.reason = reason
        self.text = text


@dataclass(frozen=True)
class Reading:
    """What one message held.

    observations: at most one for each person and stamp; none: nobody is there; drops: what was
    left out, each with its reason; unstamped: a stamp was 0, the time of receipt stands instead.
    """

    observations: list[Observation] = field(default_factory=list)
    drops: list[BadMessage] = field(default_factory=list)
    unstamped: bool = False


@dataclass(frozen=True)
class Source:
    """One row of SOURCES.

    message: package/msg/Name; read, write: see above, write None where people cannot be played,
    as they are not in the message; topic: where its driver publishes; joint_set: what messages
    are in where neither they nor the settings say; empty: one of them must; many_people: False:
    one person a topic; numeric_ids: ids are whole numbers written as text; geometry_rules:
    nothing in a message tells seen from guessed joints, so that the stateful rules of
    observation.mask (frozen joints, bone lengths) are needed; reads_tf: positions are in tf2, so
    that SourceSettings.transforms is needed and the newest message is read again and again; qos:
    what its publishers offer.
    """

    message: str
    read: Callable[[Any, SourceSettings, int], Reading]
    write: Callable[..., Any] | None
    topic: str
    qos: str
    joint_set: str = ''
    many_people: bool = True
    numeric_ids: bool = False
    geometry_rules: bool = False
    reads_tf: bool = False

    def message_type(self) -> type:
        """The message class; ImportError, which says what to install, where it is not there."""
        package, kind, name = self.message.split('/')
        try:
            return getattr(import_module(f'{package}.{kind}'), name)
        except ImportError as error:
            raise ImportError(
                f'{self.message} cannot be imported ({error}): install the package {package} of '
                'the driver and source its setup.bash'
            ) from error


def stamp_of(header: Any, receipt_ns: int) -> tuple[int, bool]:
    """A header's stamp in nanoseconds; where it is 0, the time of receipt instead and True."""
    stamp = header.stamp.sec * NANOSECONDS + header.stamp.nanosec
    return (stamp, False) if stamp else (receipt_ns, True)


def frame_of(frame_id: str, settings: SourceSettings) -> str:
    """The settings' frame or else the message's; BadMessage('no_frame') where both are empty."""
    frame = settings.frame or frame_id
    if not frame:
        raise BadMessage(
            'no_frame',
            'header.frame_id is empty: let the driver fill it in, or set source_frame',
        )
    return frame


def set_header(header: Any, stamp_ns: int, frame: str) -> None:
    """Fills in a header."""
    header.stamp.sec, header.stamp.nanosec = divmod(stamp_ns, NANOSECONDS)
    header.frame_id = frame
