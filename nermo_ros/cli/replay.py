# SPDX-License-Identifier: Apache-2.0
"""Publish a recording as a camera would, or score forecasts of it without ROS.

With --outputs it goes to a node of its own, whose outputs are kept as a bag and pictures.
"""

import argparse
import json
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from nermo_ros.cli.camera_options import add_camera_options, camera_of, positive
from nermo_ros.cli.node_process import NodeError
from nermo_ros.cli.replay_outputs import replay_outputs
from nermo_ros.cli.report import summary, text
from nermo_ros.evaluation.comparison import Comparison
from nermo_ros.evaluation.coverage import Figures
from nermo_ros.forecast.forecaster import Forecaster, ForecastSettings
from nermo_ros.inference.backends import open_predictor
from nermo_ros.inference.card import ModelError
from nermo_ros.inference.predictor import BackendError, Predictor
from nermo_ros.observation.mask import seen_states
from nermo_ros.observation.observation import Observation
from nermo_ros.recordings.camera import Camera, Frame
from nermo_ros.recordings.occlusion import OCCLUSIONS
from nermo_ros.recordings.recording import Recording, load_recording, shipped_recordings

PUBLISHING = ('source', 'joint_set', 'topic', 'frame', 'best_effort', 'wait')
# What each way of replaying does not look at.
IGNORED = {
    'with --offline': (*PUBLISHING, 'outputs', 'out'),
    'with --outputs': (*PUBLISHING, 'backend', 'coverage', 'json'),
    'without --offline or --outputs': ('model', 'out', 'backend', 'coverage', 'json'),
}


def main(argv: list[str]) -> int:
    """nermo replay RECORDING; returns the exit status."""
    parser = _parser()
    args = parser.parse_args(argv)
    _refuse_what_is_ignored(parser, args)
    try:
        recording = load_recording(args.recording)
        camera = camera_of(args, recording)
        seconds = args.seconds or recording.duration + 1 / camera.rate
        if args.offline:
            _report(args, recording, camera, seconds)
        elif args.outputs:
            _outputs(args, recording, camera, seconds)
        else:
            _publish(args, recording, camera, seconds)
    except ImportError as error:
        return _fail(f'{error}: source ROS 2, pip install ros-rclpy, or replay --offline')
    except (OSError, ValueError, ModelError, BackendError, NodeError) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return 130
    return 0


def _fail(reason: str) -> int:
    print(f'nermo replay: {reason}', file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='nermo replay', description=__doc__)
    shipped = ', '.join(shipped_recordings())
    parser.add_argument('recording', help=f'{shipped}, or a file of Recording.save()')
    parser.add_argument(
        '--seconds', type=positive, help='how long; a shorter recording repeats (once through)'
    )
    add_camera_options(parser, jitter=0.0, noise=0.0, drop=0.0, occlude=False)
    out = parser.add_argument_group('messages')
    out.add_argument('--source', default='skeleton_array', help='as which source (skeleton_array)')
    out.add_argument('--joint-set', default='', help="joints of the messages (the source's own)")
    out.add_argument('--topic', default='', help="(the source's usual one)")
    out.add_argument('--frame', default='world', help='frame_id of the positions (world)')
    out.add_argument('--best-effort', action='store_true', help='publish best effort')
    out.add_argument(
        '--wait', type=positive, default=10.0, help='for a subscription to appear [s] (10)'
    )
    kept = parser.add_argument_group('outputs')
    kept.add_argument(
        '--outputs', default='', help='all, or names with commas: start a node, keep what it sends'
    )
    kept.add_argument(
        '--out', type=Path, default=Path('replay_out'), help='folder for them (replay_out)'
    )
    offline = parser.add_argument_group('offline')
    offline.add_argument('--offline', action='store_true', help='forecast and score, without ROS')
    offline.add_argument('--model', default='body17', help='shipped name or folder (body17)')
    offline.add_argument('--backend', default='auto', help='what runs the model (auto)')
    offline.add_argument(
        '--coverage',
        action='store_true',
        help='share of the joints inside the radii, without occlusions and with them',
    )
    offline.add_argument('--json', type=Path, help='write the figures here too')
    return parser


def _refuse_what_is_ignored(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    way = '--offline' if args.offline else '--outputs' if args.outputs else ''
    way = f'with {way}' if way else 'without --offline or --outputs'
    for name in IGNORED[way]:
        if getattr(args, name) != parser.get_default(name):
            parser.error(f'--{name.replace("_", "-")} has no effect {way}')


def _outputs(
    args: argparse.Namespace, recording: Recording, camera: Camera, seconds: float
) -> None:
    lacking = [name for name in ('matplotlib', 'rosbags', 'rclpy') if find_spec(name) is None]
    if lacking:
        raise ValueError(
            f"--outputs needs {' and '.join(lacking)}: pip install 'nermo_ros[demo]', source ROS 2"
        )
    frames = camera.frames(recording, seconds)
    print(replay_outputs(frames, recording, args.outputs, args.out, args.model))


def _publish(
    args: argparse.Namespace, recording: Recording, camera: Camera, seconds: float
) -> None:
    import rclpy

    from nermo_ros.ros.player import Player

    rclpy.init()
    try:
        player = Player(
            camera.frames(recording, seconds),
            recording.people,
            source=args.source,
            joint_set=args.joint_set,
            frame_id=args.frame,
            topic=args.topic,
            reliable=not args.best_effort,
        )
        played = player.play(args.wait)
        player.destroy_node()
    finally:
        rclpy.try_shutdown()
    print(
        f'{recording.name}: {len(played)} messages of {", ".join(player.ids.values())} published'
    )


def _report(
    args: argparse.Namespace, recording: Recording, camera: Camera, seconds: float
) -> None:
    predictor = open_predictor(args.model, args.backend)
    covered = {}
    try:
        comparison = score(recording, camera, seconds, predictor)
        if args.coverage:
            covered = {'coverage': coverage(recording, camera, seconds, predictor)}
        card = predictor.card
        result = summary(
            comparison,
            backend=predictor.name,
            model=f'{card.name} {card.version}',
            recording=recording.name,
            **covered,
        )
    finally:
        predictor.close()
    print(text(result))
    if args.json:
        args.json.write_text(json.dumps(result, indent=2) + '\n')


def score(
    recording: Recording, camera: Camera, seconds: float, predictor: Predictor
) -> Comparison:
    """Let a camera look at a recording and forecast after every frame, as the node would."""
    comparison = Comparison(recording.people, recording.at, predictor.card)
    settings = ForecastSettings(horizon=min(ForecastSettings.horizon, predictor.card.horizon))
    forecaster = Forecaster(predictor, settings)
    for frame in camera.frames(recording, seconds):
        stamp = round(frame.time * 1e9)
        comparison.see(stamp, observations(frame, stamp))
        if frame.people:
            forecast = forecaster(comparison.batch(), stamp)
            path = forecast.times, forecast.positions, forecast.radii
            comparison.add(stamp, frame.recording_time, forecast.ids, *path)
    return comparison


def coverage(
    recording: Recording, camera: Camera, seconds: float, predictor: Predictor
) -> dict[str, Figures]:
    """Figures of evaluation.coverage without occlusions and with those of the recording's script;
    raises ValueError where the model is not calibrated."""
    if not predictor.card.radii:
        raise ValueError(f'model {predictor.card.name} has no radii: run `nermo calibrate`')
    scripts = {'complete': (), 'occluded': OCCLUSIONS.get(recording.name, ())}
    return {
        name: score(
            recording, replace(camera, occlusions=script), seconds, predictor
        ).coverage.figures()
        for name, script in scripts.items()
    }


def observations(frame: Frame, stamp: int) -> list[Observation]:
    """What a camera saw as what a source makes of a message; stamp: int ns."""
    people: list[Observation] = []
    for person, joints in frame.people.items():
        positions, states = seen_states(joints, confidence_threshold=0.0)
        confidences = (states > 0).astype(np.float32)
        people.append(Observation(stamp, 'world', person, positions, states, confidences))
    return people
