# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

from nermo_ros.observation.drop import Drop
from nermo_ros.observation.tracks import Tracks, TrackSettings
from nermo_ros.skeleton.body17 import INDEX

SECOND = 1_000_000_000


def take(tracks, *observations):
    return [tracks.add(observation) for observation in observations]


class TestAdd:
    def test_people_are_kept_apart_in_the_order_of_appearance(self, seen):
        tracks = Tracks()
        take(tracks, seen('zoe', 1), seen('anna', 1), seen('zoe', 2), seen('bert', 2))
        batch = tracks.batch(4, 5.0)
        assert batch.ids == ('zoe', 'anna', 'bert') and len(tracks) == 3
        assert list(batch.stamps) == [2 * SECOND, SECOND, 2 * SECOND]
        assert list(batch.mask.any(2).sum(1)) == [2, 1, 1]

    def test_drops_are_named_and_counted(self, seen):
        tracks = Tracks(TrackSettings(seconds=1.0))
        bad = seen(seconds=3)
        results = take(
            tracks,
            seen(seconds=2),
            seen(seconds=2),
            seen(''),
            seen(seconds=0.5),
            seen(seconds=2.1, frame='odom'),
            replace(bad, positions=np.full((17, 3), np.nan, np.float32)),
            replace(bad, positions=np.zeros((16, 3), np.float32)),
            replace(bad, states=bad.states[:-1]),
            replace(bad, confidences=np.ones((17, 1))),
        )
        assert results == [
            None,
            Drop.DUPLICATE_STAMP,
            Drop.EMPTY_ID,
            Drop.TOO_OLD,
            Drop.WRONG_FRAME,
            *[Drop.BAD_JOINTS] * 4,
        ]
        assert tracks.drops == {
            'duplicate_stamp': 1,
            'empty_id': 1,
            'too_old': 1,
            'wrong_frame': 1,
            'bad_joints': 4,
        }
        assert len(tracks) == 1 and tracks.newest['anna'].stamp == 2 * SECOND

    def test_malformed_observations_do_not_move_the_clock(self, seen):
        tracks = Tracks()
        take(tracks, seen(seconds=1), seen('', seconds=99), seen(seconds=1.1))
        assert tracks.drops == {'empty_id': 1} and tracks.batch(5, 5.0).mask.any(2).sum() == 2

    def test_newest_is_by_stamp(self, body, seen):
        tracks = Tracks()
        take(tracks, seen(seconds=2), seen(seconds=1.9, at=(5, 5, 5)))
        assert tracks.newest['anna'].stamp == 2 * SECOND
        np.testing.assert_allclose(tracks.newest['anna'].positions, body)

    def test_clear_forgets_people_and_clock_but_not_drops(self, seen):
        tracks = Tracks()
        take(tracks, seen(seconds=100), seen(''))
        tracks.clear()
        assert tracks.batch(3, 1.0).ids == () and tracks.newest == {}
        assert tracks.add(seen(seconds=1)) is None
        assert tracks.drops == {'empty_id': 1}


class TestClock:
    def test_jump_back_clears_everybody_and_goes_on(self, seen):
        tracks = Tracks(TrackSettings(clock_jump=2.0))
        take(tracks, seen('anna', 10), seen('bert', 10))
        assert tracks.add(seen('anna', 7.9)) is None
        assert tracks.batch(5, 5.0).ids == ('anna',)
        assert tracks.drops == {'clock_jump': 1}
        assert tracks.add(seen('anna', 8.0)) is None and tracks.drops == {'clock_jump': 1}

    def test_a_late_sample_is_no_jump(self, seen):
        tracks = Tracks(TrackSettings(clock_jump=2.0, seconds=1.0))
        take(tracks, seen('anna', 10), seen('bert', 8.0))
        assert tracks.batch(5, 5.0).ids == ('anna', 'bert') and not tracks.drops

    def test_a_stamp_from_the_future_heals(self, seen):
        tracks = Tracks()
        take(tracks, seen(seconds=1), seen(seconds=1000), seen(seconds=1.1), seen(seconds=1.2))
        assert tracks.newest['anna'].stamp == round(1.2 * SECOND)
        assert tracks.drops == {'clock_jump': 1}


class TestExpire:
    def test_people_are_gone_after_the_timeout(self, seen):
        tracks = Tracks(TrackSettings(timeout=0.5))
        take(tracks, seen('anna', 1.0), seen('bert', 1.2))
        assert tracks.expire(round(1.5 * SECOND)) == []
        assert tracks.expire(round(1.6 * SECOND)) == ['anna']
        assert tracks.batch(2, 1.0).ids == ('bert',)

    def test_who_is_reported_stays_though_nothing_is_seen(self, seen):
        tracks = Tracks(TrackSettings(timeout=0.5))
        take(tracks, seen(seconds=1.0), seen(seconds=1.4, states=np.zeros(17)))
        assert tracks.expire(round(1.6 * SECOND)) == []

    def test_a_new_frame_is_taken_after_the_timeout(self, seen):
        tracks = Tracks(TrackSettings(timeout=0.5))
        take(tracks, seen(seconds=1.0), seen(seconds=1.1, frame='odom'))
        tracks.expire(2 * SECOND)
        assert tracks.add(seen(seconds=2.1, frame='odom')) is None


class TestRules:
    def test_frozen_joints_are_inferred(self, seen):
        tracks = Tracks(TrackSettings(frozen_samples=3))
        take(tracks, *(seen(seconds=second / 10) for second in range(4)))
        assert (tracks.newest['anna'].states == 1).all()
        assert list(tracks.batch(4, 1.0, use_inferred=True).mask.all(2)[0]) == [True] * 4
        assert list(tracks.batch(4, 1.0).stamps) == [round(0.1 * SECOND)]

    def test_each_person_has_rules_of_his_own(self, seen):
        tracks = Tracks(TrackSettings(frozen_samples=2))
        take(
            tracks,
            seen('anna', 0),
            seen('bert', 0),
            seen('bert', 0.1),
            seen('anna', 0.1, (1, 0, 0)),
        )
        assert (tracks.newest['anna'].states == 2).all()
        assert (tracks.newest['bert'].states == 1).all()

    def test_refused_joints_lose_their_position(self, seen):
        tracks = Tracks(TrackSettings(bone_tolerance=0.3, speed_limit=10.0))
        for sample in range(20):
            tracks.add(seen(seconds=sample / 30, at=(sample / 100, 0, 0)))
        wild = seen(seconds=20 / 30, at=(0.2, 0, 0))
        wild.positions[INDEX['l_wrist']] += 2
        tracks.add(wild)
        newest = tracks.newest['anna']
        assert list(np.flatnonzero(newest.states == 0)) == [INDEX['l_wrist']]
        assert (newest.positions[INDEX['l_wrist']] == 0).all()
        assert newest.confidences[INDEX['l_wrist']] == 0
        assert tracks.batch(1, 1.0).mask[0, 0].sum() == 16

    @pytest.mark.parametrize('settings', [{'bone_tolerance': 0.3}, {'speed_limit': 10.0}])
    def test_either_rule_alone(self, seen, settings):
        tracks = Tracks(TrackSettings(**settings))
        for sample in range(20):
            tracks.add(seen(seconds=sample / 30))
        wild = seen(seconds=20 / 30)
        wild.positions[INDEX['head']] += 2
        tracks.add(wild)
        assert list(np.flatnonzero(tracks.newest['anna'].states == 0)) == [INDEX['head']]

    def test_a_duplicate_is_not_judged(self, seen):
        tracks = Tracks(TrackSettings(frozen_samples=2))
        take(tracks, seen(seconds=1), seen(seconds=1), seen(seconds=1))
        assert (tracks.newest['anna'].states == 2).all()


@pytest.mark.parametrize(
    ('setting', 'value'),
    [
        ('seconds', 0.0),
        ('capacity', 0),
        ('timeout', -1.0),
        ('clock_jump', float('nan')),
        ('rejoin_distance', -0.1),
        ('frozen_samples', 1),
        ('bone_tolerance', -1.0),
        ('speed_limit', float('nan')),
    ],
)
def test_settings_out_of_range_are_refused_with_advice(setting, value):
    with pytest.raises(ValueError, match=f'{setting} is .*: give'):
        TrackSettings(**{setting: value})
