# SPDX-License-Identifier: Apache-2.0
"""The batch, as Tracks makes it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nermo_ros.observation.batch import real_samples
from nermo_ros.observation.tracks import Tracks, TrackSettings
from nermo_ros.skeleton.body17 import INDEX

SECOND = 1_000_000_000


def take(tracks, *observations):
    return [tracks.add(observation) for observation in observations]


def states_with(**joints):
    states = np.full(17, 2, np.uint8)
    for name, state in joints.items():
        states[INDEX[name]] = state
    return states


def test_nobody():
    batch = Tracks().batch(32, 1.0)
    shapes = [each.shape for each in (batch.stamps, batch.times, batch.positions, batch.mask)]
    assert batch.ids == () and shapes == [(0,), (0, 32), (0, 32, 17, 3), (0, 32, 17)]


def test_types(seen):
    tracks = Tracks()
    tracks.add(seen())
    batch = tracks.batch(3, 1.0)
    assert batch.stamps.dtype == np.int64
    assert {batch.times.dtype, batch.positions.dtype, batch.mask.dtype} == {np.dtype(np.float32)}
    arrays = (batch.times, batch.positions, batch.mask)
    assert all(array.flags.c_contiguous for array in arrays)


def test_padding_is_in_front_and_repeats_the_oldest_time(body, seen):
    tracks = Tracks()
    take(tracks, seen(seconds=1.0), seen(seconds=1.25, at=(1, 0, 0)), seen('bert', 7.0))
    batch = tracks.batch(4, 1.0)
    np.testing.assert_allclose(batch.times, [[-0.25, -0.25, -0.25, 0], [0, 0, 0, 0]])
    assert list(batch.mask[0].all(1)) == [False, False, True, True]
    assert (batch.positions[0, :2] == 0).all()
    np.testing.assert_allclose(batch.positions[0, 3], body + [1, 0, 0], atol=1e-6)


def test_newest_samples_no_older_than_seconds(seen):
    tracks = Tracks()
    take(tracks, *(seen(seconds=second / 10) for second in range(11)))
    np.testing.assert_allclose(tracks.batch(3, 1.0).times, [[-0.2, -0.1, 0]], atol=1e-6)
    np.testing.assert_allclose(
        tracks.batch(5, 0.2).times, [[-0.2, -0.2, -0.2, -0.1, 0]], atol=1e-6
    )


def test_inferred_joints_are_seen_if_wanted(body, seen):
    tracks = Tracks()
    tracks.add(seen(states=states_with(head=1, neck=0)))
    plain, wanted = tracks.batch(1, 1.0), tracks.batch(1, 1.0, use_inferred=True)
    head, neck = INDEX['head'], INDEX['neck']
    assert plain.mask[0, 0, head] == 0 and (plain.positions[0, 0, head] == 0).all()
    assert wanted.mask[0, 0, head] == 1 and (wanted.positions[0, 0, head] == body[head]).all()
    assert plain.mask[0, 0, neck] == wanted.mask[0, 0, neck] == 0


def test_time_zero_is_the_newest_sample_with_a_seen_joint(seen):
    tracks = Tracks()
    take(
        tracks,
        seen(seconds=1.0),
        seen(seconds=1.1, states=np.ones(17)),
        seen(seconds=1.2, states=np.zeros(17)),
    )
    assert list(tracks.batch(3, 1.0).stamps) == [SECOND]
    assert list(tracks.batch(3, 1.0, use_inferred=True).stamps) == [round(1.1 * SECOND)]
    assert tracks.newest['anna'].stamp == round(1.2 * SECOND)


def test_a_person_not_seen_at_all_is_there_with_an_empty_mask(seen):
    tracks = Tracks()
    take(tracks, seen(seconds=1), seen('ghost', 1, states=np.zeros(17)))
    batch = tracks.batch(4, 1.0)
    assert batch.ids == ('anna', 'ghost') and batch.mask[0].any() and not batch.mask[1].any()
    assert (batch.positions[1] == 0).all() and (batch.times[1] == 0).all()


def test_batch_stays_as_it_was(seen):
    tracks = Tracks(TrackSettings(capacity=2))
    take(tracks, seen(seconds=1), seen(seconds=1.1))
    batch = tracks.batch(2, 1.0)
    before = batch.positions.copy()
    take(tracks, *(seen(seconds=second, at=(9, 9, 9)) for second in (1.2, 1.3, 1.4, 1.5)))
    assert (batch.positions == before).all()


@given(
    st.lists(
        st.tuples(
            st.sampled_from('abcdef'),
            st.integers(0, 3000),
            st.integers(0, 2),
            st.integers(0, 2),
        ),
        max_size=40,
    ),
    st.integers(1, 12),
    st.floats(0.01, 3.0),
    st.booleans(),
)
def test_always_fit_for_a_predictor(seen, events, samples, seconds, use_inferred):
    tracks = Tracks(TrackSettings(capacity=16))
    order = []
    for person, millisecond, state, head in events:
        states = np.full(17, state)
        states[INDEX['head']] = head
        jumps = tracks.drops['clock_jump']
        if tracks.add(seen(person, millisecond / 1000, states=states)) is None:
            order = order if tracks.drops['clock_jump'] == jumps else []
            order += [person] if person not in order else []
    batch = tracks.batch(samples, seconds, use_inferred)
    assert batch.ids == tuple(order)
    assert batch.positions.shape == (len(order), samples, 17, 3)
    assert np.isfinite(batch.positions).all() and np.isfinite(batch.times).all()
    assert (batch.positions[batch.mask == 0] == 0).all()
    assert set(np.unique(batch.mask)) <= {0, 1}
    assert (np.diff(batch.times, axis=1) >= 0).all()
    assert (batch.times <= 0).all() and (batch.times[:, -1] == 0).all()
    assert (batch.times >= -np.float32(seconds) - 1e-6).all()
    for row, person in enumerate(batch.ids):
        assert batch.mask[row, -1].any() == batch.mask[row].any()
        assert batch.stamps[row] <= tracks.newest[person].stamp


def test_padding_is_no_sample():
    times = np.float32([[-0.5, -0.5, -0.5, -0.1, 0.0], [-0.4, -0.3, -0.2, -0.1, 0.0]])
    real = real_samples(times)
    assert real.tolist() == [[False, False, True, True, True], [True] * 5]
