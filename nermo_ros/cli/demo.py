# SPDX-License-Identifier: Apache-2.0
"""A recording through the node over DDS in real time: how well and how fast it forecasts.

Starts the node as its own process, plays the recording to it as a camera would see it, and writes
summary.json, forecast.png, bag/ and node.log.
"""

import argparse
import json
import os
import signal
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nermo_ros.cli.camera_options import add_camera_options, camera_of, positive
from nermo_ros.cli.demo_run import Run
from nermo_ros.cli.figure import draw
from nermo_ros.cli.node_process import NodeError, NodeProcess
from nermo_ros.cli.over_dds import TOPIC, player_and_recorder, wait_until_active
from nermo_ros.cli.report import text
from nermo_ros.inference.card import ModelCard, ModelError
from nermo_ros.inference.models import model_folder
from nermo_ros.recordings.recording import load_recording, shipped_recordings

TOPICS = {
    'predicted_skeletons': 'nermo_ros/msg/PredictedSkeletonArray',
    'repaired_skeletons': 'nermo_ros/msg/SkeletonArray',
}
REST = 0.5  # s, for the last forecasts to come


def main(argv: list[str]) -> int:
    """nermo demo; returns the exit status."""
    args = _parser().parse_args(argv)
    try:
        _require()
        result = _demo(args)
    except KeyboardInterrupt:
        return 130
    except (NodeError, ModelError, OSError, ValueError) as error:
        print(f'nermo demo: {error}', file=sys.stderr)
        return 1
    print(text(result))
    print(f'\n{args.out}: summary.json, forecast.png, bag, node.log')
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='nermo demo', description=__doc__)
    shipped = ', '.join(shipped_recordings())
    parser.add_argument('--recording', default='handover', help=f'{shipped} or a file (handover)')
    parser.add_argument('--out', type=Path, default=Path('demo_out'), help='folder (demo_out)')
    parser.add_argument('--seconds', type=positive, default=10.0, help='how long to play (10)')
    parser.add_argument('--model', default='body17', help='shipped name or folder (body17)')
    parser.add_argument('--backend', default='auto', help='what runs the model (auto)')
    parser.add_argument(
        '--domain',
        type=int,
        default=os.getpid() % 100 + 1,
        help='ROS_DOMAIN_ID, to look on from this machine (one of its own)',
    )
    add_camera_options(parser, jitter=0.3, noise=0.003, drop=0.1, occlude=True)
    return parser


def _require() -> None:
    lacking = [name for name in ('matplotlib', 'rosbags') if find_spec(name) is None]
    if lacking:
        raise ValueError(f"needs {' and '.join(lacking)}: pip install 'nermo_ros[demo]'")
    if find_spec('rclpy') is None:
        raise ValueError('needs rclpy: source ROS 2 or pip install ros-rclpy')


def _demo(args: argparse.Namespace) -> dict[str, Any]:
    recording = load_recording(args.recording)
    frames = camera_of(args, recording).frames(recording, args.seconds)
    folder = model_folder(args.model)
    card = ModelCard.read(folder)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    args.out.mkdir(parents=True, exist_ok=True)
    os.environ['ROS_DOMAIN_ID'] = str(args.domain)
    os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    with (
        NodeProcess(folder, args.backend, TOPIC, args.out / 'node.log') as node,
        player_and_recorder(frames, recording.people, TOPICS) as (player, recorder),
    ):
        wait_until_active(node, player, recorder)
        played = dict(player.play())
        time.sleep(REST)
        node.check()
    run = Run(recording, card, played, recorder)
    result = run.summary()
    (args.out / 'summary.json').write_text(json.dumps(result, indent=2) + '\n')
    recorder.save(args.out / 'bag')
    draw(args.out / 'forecast.png', run.moments(), result, recording)
    return result
