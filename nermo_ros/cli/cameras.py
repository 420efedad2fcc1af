# SPDX-License-Identifier: Apache-2.0
"""What a second camera buys where people hide themselves and each other."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.cli.camera_options import positive
from nermo_ros.cli.cameras_report import document, text
from nermo_ros.cli.two_views import Watch, rigs, run
from nermo_ros.evaluation.horizons import in_milliseconds, known
from nermo_ros.evaluation.score import Score
from nermo_ros.inference.backends import open_predictor
from nermo_ros.inference.card import ModelError
from nermo_ros.inference.predictor import BackendError, Predictor
from nermo_ros.recordings.recording import Recording, load_recording, shipped_recordings

SLOP = 0.02  # s
# Name: cameras, whether bodies hide joints, slop in s (0: each frame at its own time).
SETTINGS = {
    'one camera': (1, True, 0.0),
    'two cameras': (2, True, 0.0),
    f'two cameras, paired within {1000 * SLOP:.0f} ms': (2, True, SLOP),
    'one camera, nothing hidden': (1, False, 0.0),
}


def main(argv: list[str]) -> int:
    """nermo cameras RECORDING; returns the exit status."""
    args = _parser().parse_args(argv)
    try:
        recording = load_recording(args.recording)
        predictor = open_predictor(args.model, args.backend)
        try:
            result = experiment(recording, predictor, args)
        finally:
            predictor.close()
    except (OSError, ValueError, ModelError, BackendError) as error:
        print(f'nermo cameras: {error}', file=sys.stderr)
        return 1
    print(text(result))
    if args.json:
        args.json.write_text(json.dumps(result, indent=2) + '\n')
    if args.markdown:
        args.markdown.write_text(document(result))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='nermo cameras', description=__doc__)
    shipped = ', '.join(shipped_recordings())
    parser.add_argument('recording', help=f'{shipped}, or a file of Recording.save()')
    parser.add_argument('--places', type=int, default=8, help='of the first camera, around (8)')
    parser.add_argument('--apart', type=float, default=90.0, help='the second, around [deg] (90)')
    parser.add_argument('--distance', type=positive, default=3.0, help='from people [m] (3)')
    parser.add_argument('--height', type=float, default=2.0, help='of the cameras [m] (2)')
    parser.add_argument('--rate', type=positive, default=30.0, help='of each camera [Hz] (30)')
    parser.add_argument('--noise', type=float, default=0.005, help='of a coordinate [m] (0.005)')
    parser.add_argument('--bias', type=float, default=0.01, help='calibration is off [m] (0.01)')
    parser.add_argument('--seconds', type=positive, help='how long (once through)')
    parser.add_argument('--seed', type=int, default=0, help='of all that is random (0)')
    parser.add_argument('--model', default='body17', help='shipped name or folder (body17)')
    parser.add_argument('--backend', default='auto', help='what runs the model (auto)')
    parser.add_argument('--json', type=Path, help='write the figures here too')
    parser.add_argument('--markdown', type=Path, help='write a document of them here')
    return parser


def experiment(
    recording: Recording, predictor: Predictor, args: argparse.Namespace
) -> dict[str, Any]:
    """Errors of the forecasts from each of SETTINGS, over all places of the first camera.

    The first camera sees the same in all of them but the last. Forecasts are made at its frames.
    all: over all joints; hidden: over those that the first camera does not see at the time.
    """
    rows: dict[str, Any] = {}
    for name, (cameras, hides, slop) in SETTINGS.items():
        scores = {which: Score(recording.people, recording.at) for which in ('all', 'hidden')}
        unseen, ids = [], set[int]()
        for place in range(args.places):
            watch = Watch(cameras, slop)
            around = rigs(recording, args, place)
            setting = cameras, hides, args.seconds or recording.duration
            tracked = run(recording, predictor, watch, around, setting, scores)
            unseen += [share for share, _ in tracked]
            ids |= {count for _, count in tracked}
        rows[name] = {
            'unseen': round(float(np.mean(unseen)), 4),
            'most_people': max(ids),
            **{
                f'{which}_mm': known(in_milliseconds(score.mean()))
                for which, score in scores.items()
            },
        }
    options = ('places', 'apart', 'distance', 'height', 'rate', 'noise', 'bias', 'seed')
    card = predictor.card
    return {
        'recording': recording.name,
        'model': f'{card.name} {card.version}',
        'people': len(recording.people),
        **{option: getattr(args, option) for option in options},
        'settings': rows,
    }
