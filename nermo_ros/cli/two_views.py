# SPDX-License-Identifier: Apache-2.0
"""Simulated cameras around recorded people, and forecasts from what they see."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from heapq import merge

import numpy as np

from nermo_ros.cli.replay import observations
from nermo_ros.evaluation.score import Score
from nermo_ros.forecast.forecaster import Forecaster, ForecastSettings
from nermo_ros.inference.predictor import Predictor
from nermo_ros.observation.batch import Batch
from nermo_ros.observation.fusion import Fusion
from nermo_ros.observation.observation import Observation
from nermo_ros.observation.pairing import Pairing, StampMatcher
from nermo_ros.observation.tracks import Tracks
from nermo_ros.recordings.camera import Camera, Frame
from nermo_ros.recordings.recording import Recording
from nermo_ros.recordings.view import View

SECOND = 1_000_000_000
WAIT = 0.1  # s
RECENT = 0.04  # s, within which a joint counts as seen
JITTER = 0.1  # part of a period
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


def rigs(recording: Recording, args: argparse.Namespace, place: int) -> list[Camera]:
    """Two cameras around the middle of the people, wrongly calibrated each in its own way."""
    middle = np.nanmean(recording.positions, axis=(0, 1, 2))
    random = np.random.default_rng((args.seed, place))
    made = []
    for number in range(2):
        around = np.radians(360 * place / args.places + number * args.apart)
        x, y = middle[:2] + args.distance * np.array([np.cos(around), np.sin(around)])
        off = random.normal(size=3)
        off *= args.bias / np.linalg.norm(off)
        made.append(
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
    return made


def run(
    recording: Recording,
    predictor: Predictor,
    watch: Watch,
    cameras: Sequence[Camera],
    setting: tuple[int, bool, float],
    scores: dict[str, Score],
) -> list[tuple[float, int]]:
    """Share of the joints unseen and how many are tracked, at each frame of the first camera."""
    count, hides, seconds = setting
    settings = ForecastSettings(horizon=min(ForecastSettings.horizon, predictor.card.horizon))
    forecaster = Forecaster(predictor, settings)
    view, tracked = cameras[0].view, []
    for frame, camera in _looks(recording, cameras[:count], hides, seconds):
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
