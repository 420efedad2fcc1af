# SPDX-License-Identifier: Apache-2.0
"""A simulated arm beside the recorded handover: told where people are, or where they will be.

The same speed rule is told nothing, the present pose, or the forecast; what that costs in time and
gives in separation is a table, a JSON file and a picture. docs/robot.md says how. Nothing moves,
and none of it is a safety function.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.cli.camera_options import add_camera_options, camera_of, positive
from nermo_ros.cli.replay import observations
from nermo_ros.cli.robot_report import filled, table
from nermo_ros.forecast.forecaster import Forecaster, ForecastSettings
from nermo_ros.inference.backends import open_predictor
from nermo_ros.inference.card import ModelError
from nermo_ros.inference.predictor import BackendError, Predictor
from nermo_ros.observation.tracks import Tracks
from nermo_ros.recordings.camera import Camera
from nermo_ros.recordings.recording import Recording, load_recording
from nermo_ros.robot.cell import NEITHER, Cell, Drive, staying
from nermo_ros.robot.figures import over_starts
from nermo_ros.robot.path import Path as ToolPath
from nermo_ros.robot.sight import Sight, sight, times_until
from nermo_ros.robot.speed import Rule

RECORDING = 'handover'  # what the path was laid through
STAYING = 6.0  # s after the recording's end
FIRST, LAST = 0.5, 3.35  # s, of the starts: from well before the handover to its middle
POLICIES = (NEITHER, 'present', 'walking', 'velocity', 'positions', 'forecast')
# m added to the clearance: would a wider berth have done as well as a forecast?
WIDER = {'present': (0.05, 0.1, 0.15), 'velocity': (0.05, 0.1)}


def main(argv: list[str]) -> int:
    """nermo robot; returns the exit status."""
    args = _parser().parse_args(argv)
    try:
        recording = staying(load_recording(RECORDING), STAYING)
        camera = camera_of(args, recording)
        rule = Rule(
            args.speed,
            args.braking,
            args.latency + (1 + camera.jitter) / camera.rate,
            args.clearance,
        )
        starts = np.linspace(FIRST, LAST, args.starts)
        predictor = open_predictor(args.model, args.backend)
        try:
            ahead = times_until(rule.window)
            sights = list(watch(recording, camera, predictor, ahead))
            model = f'{predictor.card.name} {predictor.card.version}'
        finally:
            predictor.close()
        cell = Cell(ToolPath(), recording, sights, ahead, args.latency)
        drives = {name: _drives(cell, *row, starts) for name, row in rows(rule).items()}
        result = {
            'model': model,
            'camera': {n: getattr(camera, n) for n in ('rate', 'jitter', 'noise', 'drop', 'seed')},
            'occlusions': len(camera.occlusions),
            'latency': args.latency,
            'rule': {name: round(value, 4) for name, value in asdict(rule).items()},
            'starts': [round(float(start), 3) for start in starts],
            'policies': {name: over_starts(each, rule.clearance) for name, each in drives.items()},
        }
        print(table(result))
        _write(args, result, cell, drives)
    except ImportError as error:
        return _fail(f"{error}: pip install 'nermo_ros[demo]'")
    except (OSError, ValueError, ModelError, BackendError) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return 130
    return 0


def _fail(reason: str) -> int:
    print(f'nermo robot: {reason}', file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='nermo robot', description=__doc__)
    parser.add_argument('--model', default='body17', help='shipped name or folder (body17)')
    parser.add_argument('--backend', default='auto', help='what runs the model (auto)')
    parser.add_argument(
        '--starts', type=_count, default=20, help='of the robot, over the handover (20)'
    )
    arm = parser.add_argument_group('speed rule')
    arm.add_argument('--speed', type=positive, default=Rule.speed, help='of the tool [m/s] (0.6)')
    arm.add_argument(
        '--braking', type=positive, default=Rule.braking, help='and speeding up [m/s^2] (2.5)'
    )
    arm.add_argument(
        '--clearance', type=float, default=Rule.clearance, help='to be left [m] (0.05)'
    )
    arm.add_argument(
        '--latency',
        type=positive,
        default=0.1,
        help='from a camera frame to the brake [s] (0.1); a camera period is added',
    )
    add_camera_options(parser, jitter=0.3, noise=0.003, drop=0.1, occlude=True)
    out = parser.add_argument_group('results')
    out.add_argument('--json', type=Path, help='write the figures here too')
    out.add_argument('--picture', type=Path, help='draw them (PNG)')
    out.add_argument(
        '--fill', type=Path, nargs='+', default=[], help='documents whose marked places they fill'
    )
    return parser


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f'{text} is not a number of starts: give 1 or more')
    return value


def rows(rule: Rule) -> dict[str, tuple[Rule, str]]:
    """Rule and policy by the names of the results."""
    wider = {
        f'{policy}+{added:g}': (replace(rule, clearance=rule.clearance + added), policy)
        for policy, more in WIDER.items()
        for added in more
    }
    return {name: (rule, name) for name in POLICIES} | wider


def _drives(cell: Cell, rule: Rule, policy: str, starts: np.ndarray) -> list[Drive]:
    return [cell.drive(rule, policy, float(start)) for start in starts]


def watch(
    recording: Recording, camera: Camera, predictor: Predictor, ahead: np.ndarray
) -> Iterator[Sight]:
    """What is told of everybody after every frame, as the node would forecast; ahead: (K,) s."""
    card, tracks = predictor.card, Tracks()
    forecaster = Forecaster(predictor, ForecastSettings(horizon=card.horizon))
    # What was never measured has no truth to be near to.
    measured = np.isfinite(recording.positions).any((1, 3))
    for frame in camera.frames(recording, recording.duration):
        stamp = round(frame.time * 1e9)
        tracks.expire(stamp)
        for observation in observations(frame, stamp):
            tracks.add(observation)
        batch = tracks.batch(card.samples, card.history)
        forecast = forecaster(batch, stamp, times=ahead)
        known = measured[[recording.people.index(person) for person in forecast.ids]]
        yield sight(frame.recording_time, batch, forecast, known)


def _write(
    args: argparse.Namespace, result: dict[str, Any], cell: Cell, drives: dict[str, list[Drive]]
) -> None:
    if args.json:
        args.json.write_text(json.dumps(result, indent=2) + '\n')
    if args.picture:
        from nermo_ros.cli.robot_figure import draw

        draw(args.picture, result, cell, drives)
    for document in args.fill:
        document.write_text(filled(document.read_text(), result))
