# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from nermo_ros.observation import rejoin
from nermo_ros.observation.history import History
from nermo_ros.observation.tracks import Tracks, TrackSettings

SECOND = 1_000_000_000
OBSERVED = np.full(17, 2, np.uint8)
BODY = np.random.default_rng(3).normal(size=(17, 3)).astype(np.float32)


def walk(frames=20, speed=1.0, states=OBSERVED):
    """Somebody who walks along x at 10 Hz, from time 0."""
    history = History(10.0, 64)
    for frame in range(frames):
        time = frame / 10
        history.add(round(time * SECOND), BODY + [speed * time, 0, 0], states)
    return history


def test_distance_is_to_where_the_person_should_be_by_then():
    place = BODY + [2.4, 0, 0.1]
    assert rejoin.distance(walk(), round(2.4 * SECOND), place, OBSERVED) == pytest.approx(
        0.1, abs=1e-5
    )


def test_one_wild_joint_does_not_matter():
    place = BODY + [2.4, 0, 0]
    place[5] += 9
    assert rejoin.distance(walk(), round(2.4 * SECOND), place, OBSERVED) < 1e-5


def test_only_joints_of_both_count():
    upper = OBSERVED.copy()
    upper[:9] = 0
    place = BODY + [2.4, 0, 0]
    place[:9] = 0
    assert rejoin.distance(walk(), round(2.4 * SECOND), place, upper) < 1e-5
    lower = np.where(upper, 0, OBSERVED).astype(np.uint8)
    assert rejoin.distance(walk(states=lower), round(2.4 * SECOND), place, upper) == np.inf


def test_velocity():
    np.testing.assert_allclose(rejoin.velocity(walk(speed=1.5)), [1.5, 0, 0], atol=1e-5)


@pytest.mark.parametrize(
    'history', [walk(frames=1), walk(states=np.zeros(17, np.uint8))], ids=['one sample', 'unseen']
)
def test_velocity_that_cannot_be_told_is_zero(history):
    assert (rejoin.velocity(history) == 0).all()


@pytest.mark.parametrize(
    ('gap', 'vanished'),
    [(-0.1, False), (0.0, False), (0.1, False), (0.16, True), (0.9, True), (1.1, False)],
)
def test_has_vanished_after_a_period_and_until_the_timeout(gap, vanished):
    assert rejoin.has_vanished(walk(), round((1.9 + gap) * SECOND), timeout=1.0) == vanished


class TestThroughTracks:
    SETTINGS = TrackSettings(rejoin_distance=0.3, timeout=1.0)

    def walk(self, seen, tracks, person, times, speed=1.0, start=0.0):
        for time in times:
            assert tracks.add(seen(person, time, at=(start + speed * time, 0, 0))) is None

    def test_new_id_where_the_old_one_should_be_inherits(self, seen):
        tracks = Tracks(self.SETTINGS)
        self.walk(seen, tracks, '28', np.arange(0, 1, 0.1))
        self.walk(seen, tracks, '30', [1.4, 1.5])
        batch = tracks.batch(20, 2.0)
        assert batch.ids == ('30',) and batch.mask.all(2).sum() == 12
        assert tracks.newest['30'].person == '30'

    def test_off_by_default(self, seen):
        tracks = Tracks()
        self.walk(seen, tracks, '28', np.arange(0, 1, 0.1))
        self.walk(seen, tracks, '30', [1.4])
        assert tracks.batch(20, 2.0).ids == ('28', '30')

    @pytest.mark.parametrize(
        ('time', 'start'), [(1.4, 0.5), (1.0, 0.0), (2.1, 0.0)], ids=['far', 'at once', 'late']
    )
    def test_somebody_else(self, seen, time, start):
        tracks = Tracks(self.SETTINGS)
        self.walk(seen, tracks, '28', np.arange(0, 1, 0.1))
        self.walk(seen, tracks, '30', [time], start=start)
        batch = tracks.batch(20, 3.0)
        assert batch.ids == ('28', '30') and batch.mask[1].all(1).sum() == 1

    def test_not_across_frames(self, seen):
        tracks = Tracks(self.SETTINGS)
        self.walk(seen, tracks, '28', np.arange(0, 1, 0.1))
        assert tracks.add(seen('30', 1.4, at=(1.4, 0, 0), frame='odom')) is None
        assert tracks.batch(20, 2.0).ids == ('28', '30')

    @pytest.mark.parametrize(('x', 'rest'), [(0.15, 'right'), (0.25, 'left')])
    def test_the_nearest_of_two(self, seen, x, rest):
        tracks = Tracks(self.SETTINGS)
        for time in np.arange(0, 1, 0.1):
            tracks.add(seen('left', time))
            tracks.add(seen('right', time, at=(0.4, 0, 0)))
        tracks.add(seen('new', 1.3, at=(x, 0, 0)))
        assert tracks.batch(2, 1.0).ids == (rest, 'new')

    def test_two_who_cross_do_not_swap(self, seen):
        tracks = Tracks(self.SETTINGS)
        for time in np.arange(0, 2, 0.1):
            self.walk(seen, tracks, 'east', [time])
            if not 0.85 < time < 1.15:
                self.walk(seen, tracks, 'west', [time], speed=-1.0, start=2.0)
        batch = tracks.batch(40, 5.0)
        assert batch.ids == ('east', 'west')
        steps = np.diff(batch.positions[:, -6:, 0, 0], axis=1)
        assert (steps[0] > 0).all() and (steps[1] < 0).all()

    def test_lost_while_crossing_and_back_under_a_new_id(self, seen):
        tracks = Tracks(self.SETTINGS)
        for time in np.arange(0, 2, 0.1):
            self.walk(seen, tracks, 'east', [time])
            if not 0.85 < time < 1.15:
                self.walk(
                    seen, tracks, 'west' if time < 1 else 'new', [time], speed=-1.0, start=2.0
                )
        batch = tracks.batch(40, 5.0)
        assert batch.ids == ('east', 'new') and batch.mask[1].all(1).sum() == 17
