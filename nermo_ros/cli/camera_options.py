# SPDX-License-Identifier: Apache-2.0
"""The options of commands that look at a recording."""

import argparse

from nermo_ros.recordings.camera import Camera
from nermo_ros.recordings.occlusion import OCCLUSIONS
from nermo_ros.recordings.recording import Recording


def add_camera_options(
    parser: argparse.ArgumentParser, *, jitter: float, noise: float, drop: float, occlude: bool
) -> None:
    """The camera's options with these defaults."""
    camera = parser.add_argument_group('camera')
    camera.add_argument('--rate', type=float, default=30.0, help='frames a second [Hz] (30)')
    camera.add_argument(
        '--jitter',
        type=float,
        default=jitter,
        help=f'part of a period by which a frame may be late, 0 to 1 ({jitter:g})',
    )
    camera.add_argument(
        '--noise',
        type=float,
        default=noise,
        help=f'standard deviation of each coordinate [m] ({noise:g})',
    )
    camera.add_argument(
        '--drop',
        type=float,
        default=drop,
        help=f'part of the joint samples missing at random, 0 to 1 ({drop:g})',
    )
    camera.add_argument(
        '--occlude',
        action=argparse.BooleanOptionalAction,
        default=occlude,
        help=f"hide joints for a while, as the recording's script says ({_word(occlude)})",
    )
    camera.add_argument('--seed', type=int, default=0, help='of all that is random (0)')


def _word(value: bool) -> str:
    return 'yes' if value else 'no'


def camera_of(args: argparse.Namespace, recording: Recording) -> Camera:
    """The camera of the options; raises ValueError, which says what to do."""
    script = OCCLUSIONS.get(recording.name, ()) if args.occlude else ()
    return Camera(args.rate, args.jitter, args.noise, args.drop, script, args.seed)


def positive(text: str) -> float:
    """An argument that must be more than 0."""
    value = float(text)
    if not 0 < value < float('inf'):
        raise argparse.ArgumentTypeError(f'{text} is not a number above 0')
    return value
