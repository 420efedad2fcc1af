# SPDX-License-Identifier: Apache-2.0
"""What a second camera buys where people hide themselves and each other."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from heapq import merge
from pathlib import Path
from typing import Any

import numpy as np

from nermo_ros.cli.camera_options import positive
from nermo_ros.cli.replay import observations
from nermo_ros.evaluation.horizons import in_milliseconds
from nermo_ros.evaluation.score import Score
from nermo_ros.evaluation.table import markdown_table
from nermo_ros.forecast.forecaster import Forecaster, ForecastSettings
from nermo_ros.inference.backends import open_predictor
from nermo_ros.inference.card import ModelError
from nermo_ros.inference.predictor import BackendError, Predictor
from nermo_ros.observation.batch import Batch
from nermo_ros.observation.fusion import Fusion
from nermo_ros.observation.observation import Observation
from nermo_ros.observation.pairing import Pairing, StampMatcher
from nermo_ros.observation.tracks import Tracks
from nermo_ros.recordings.camera import Camera, Frame
from nermo_ros.recordings.recording import Recording, load_recording, shipped_recordings
from nermo_ros.recordings.view import View

SECOND = 1_000_000_000
SLOP, WAIT = 0.02, 0.1  # s
RECENT = 0.04  # s, within which a joint counts as seen
JITTER = 0.1  # part of a period
# Name: cameras, whether bodies hide joints, slop in s (0: each frame at its own time).
SETTINGS = {
    'one camera': (1, True, 0.0),
    'two cameras': (2, True, 0.0),
    f'two cameras, paired within {1000 * SLOP:.0f} ms': (2, True, SLOP),
    'one camera, nothing hidden': (1, False, 0.0),
}
Looks = Iterator[tuple[Frame, int]]


class Watch:
    """People as the node tracks them from one camera or several."""

    def __init__(self, cameras: int, slop: float):
        self.tracks = Tracks()
        self._fusion = Fusion() if cameras > 1 else None
        matcher = StampMatcher(cameras, slop)
        self._pairing: Pairing | None = Pairing(range(cameras), matcher, WAIT) if slop else None

    def see(self, camera: int, stamp: int, people: list[Observation]) -> None:
        """Take in one frame; stamp: int ns."""
        if self._fusion is None:
            fused = people
        elif self._pairing is None:
            fused = self._fusion.take(camera, people)
        else:
            groups = self._pairing.overdue(stamp)
            groups += self._pairing.add(camera, stamp, stamp, people)
            fused = [each for group in groups for each in self._fusion.take_together(group)]
        self.tracks.expire(stamp)
        for observation in fused:
            self.tracks.add(observation)
        while self._fusion and self._fusion.dissolved:
            self.tracks.forget(self._fusion.dissolved.pop())


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
            rigs = _rigs(recording, args, place)
            setting = cameras, hides, args.seconds or recording.duration
            tracked = _run(recording, predictor, watch, rigs, setting, scores)
            unseen += [share for share, _ in tracked]
            ids |= {count for _, count in tracked}
        rows[name] = {
            'unseen': round(float(np.mean(unseen)), 4),
            'most_people': max(ids),
            **{f'{which}_mm': in_milliseconds(score.mean()) for which, score in scores.items()},
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


def _rigs(recording: Recording, args: argparse.Namespace, place: int) -> list[Camera]:
    """Two cameras around the middle of the people, wrongly calibrated each in its own way."""
    middle = np.nanmean(recording.positions, axis=(0, 1, 2))
    random = np.random.default_rng((args.seed, place))
    rigs = []
    for number in range(2):
        around = np.radians(360 * place / args.places + number * args.apart)
        x, y = middle[:2] + args.distance * np.array([np.cos(around), np.sin(around)])
        off = random.normal(size=3)
        off *= args.bias / np.linalg.norm(off)
        rigs.append(
            Camera(
                rate=args.rate,
                jitter=JITTER,
                noise=args.noise,
                seed=int(random.integers(2**31)),
                phase=float(random.random()) * (1 - JITTER),
                bias=tuple(off.tolist()),
                view=View((float(x), float(y), args.height)),
            )
        )
    return rigs


def _run(
    recording: Recording,
    predictor: Predictor,
    watch: Watch,
    rigs: Sequence[Camera],
    setting: tuple[int, bool, float],
    scores: dict[str, Score],
) -> list[tuple[float, int]]:
    """Share of the joints unseen and how many are tracked, at each frame of the first camera."""
    cameras, hides, seconds = setting
    settings = ForecastSettings(horizon=min(ForecastSettings.horizon, predictor.card.horizon))
    forecaster = Forecaster(predictor, settings)
    view, tracked = rigs[0].view, []
    for frame, camera in _looks(recording, rigs[:cameras], hides, seconds):
        stamp = round(frame.time * SECOND)
        watch.see(camera, stamp, _named(observations(frame, stamp), camera))
        if camera:
            continue
        batch = watch.tracks.batch(predictor.card.samples, predictor.card.history)
        truth = recording.at(frame.recording_time)
        forecast = forecaster(batch, stamp) if batch.ids else None
        if forecast is None or not forecast.ids:
            continue
        hidden = view.hidden(truth)
        tracked.append((_unseen(batch, stamp, truth), len(batch.ids)))
        for row, person in enumerate(recording.people):
            nearest = _nearest(forecast.positions[:, 0], truth[row])
            path = forecast.positions[nearest]
            time = frame.recording_time
            scores['all'].add(person, time, forecast.times, path)
            only = np.where(hidden[row][:, None], path, np.nan)
            scores['hidden'].add(person, time, forecast.times, only)
    return tracked


def _looks(recording: Recording, rigs: Sequence[Camera], hides: bool, seconds: float) -> Looks:
    """Frames of all cameras in the order of their times, each with its camera's number."""

    def of(number: int, rig: Camera) -> Iterator[tuple[float, int, Frame]]:
        rig = rig if hides else replace(rig, view=None)
        for frame in rig.frames(recording, seconds):
            yield frame.time, number, frame

    for _, number, frame in merge(*(of(number, rig) for number, rig in enumerate(rigs))):
        yield frame, number


def _named(people: list[Observation], camera: int) -> list[Observation]:
    """Cameras have ids of their own, and not in the same order."""
    ordered = sorted(people, key=lambda seen: seen.person, reverse=bool(camera))
    if not camera:
        return ordered
    return [replace(seen, person=f'other {seen.person}') for seen in ordered]


def _nearest(places: np.ndarray, truth: np.ndarray) -> int:
    """Which of (P, 17, 3) m is nearest to (17, 3)."""
    return int(np.nanmean(np.linalg.norm(places - truth, axis=-1), axis=1).argmin())


def _unseen(batch: Batch, stamp: int, truth: np.ndarray) -> float:
    """Share of the joints that the recording has, not seen within RECENT of the stamp."""
    ages = (stamp - batch.stamps[:, None]) / SECOND - batch.times
    seen = (batch.mask * (ages < RECENT)[..., None]).any(1).sum()
    known = np.isfinite(truth).all(-1).sum()
    return float(max(0.0, 1 - seen / known))


def text(result: dict[str, Any]) -> str:
    """The figures as a table."""
    keys = list(next(iter(result['settings'].values()))['all_mm'])
    head = ['error [mm] after [ms]', 'joints unseen', *keys, *(f'hidden, {key}' for key in keys)]
    rows = [
        [
            name,
            f'{row["unseen"]:.0%}',
            *(f'{row["all_mm"][key]:.1f}' for key in keys),
            *(f'{row["hidden_mm"][key]:.1f}' for key in keys),
        ]
        for name, row in result['settings'].items()
    ]
    return markdown_table(head, rows)


def document(result: dict[str, Any]) -> str:
    """A page that says what was done and what came of it."""
    return f"""# What a second camera buys

Written by `nermo cameras {result['recording']} --json docs/results/cameras.json --markdown
docs/cameras.md`. Everything is simulated but the motion, which was recorded.

Two cameras at {result['rate']:g} Hz, free running, look at {result['people']} people from
{result['distance']:g} m and a height of {result['height']:g} m, the second {result['apart']:g}
degrees further around than the first; the first stands at {result['places']} places around. A
joint is not seen where the line of sight passes through a part of anybody's body
(`nermo_ros/recordings/view.py`). Each coordinate has noise of {1000 * result['noise']:g} mm, each
camera is calibrated wrongly by {1000 * result['bias']:g} mm in a direction of its own, and each
has ids of its own. Model {result['model']}; forecasts are made at every frame of the first camera
and compared with the recording, in the world frame.

*hidden*: over the joints that the first camera does not see at the time of the forecast. *unseen*:
joints that no camera has seen in the last {1000 * RECENT:.0f} ms.

{text(result)}

*paired*: frames that close in time become one sample (`fusion_slop`); otherwise each frame goes
into the history at its own time, the default.
"""
