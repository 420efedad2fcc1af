# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from nermo_ros.forecast.capsules import Capsules, capsules, distances, swept
from nermo_ros.forecast.scene import Operation, Scene, along_z
from nermo_ros.recordings.recording import load_recording

ADD, MOVE, REMOVE = Operation.ADD, Operation.MOVE, Operation.REMOVE


def one(length=0.3, radius=0.1, at=(0.0, 0, 1), people=1):
    """A capsule along x for each person, a metre apart along y."""
    ends = np.tile(np.array(at, np.float32), (people, 1, 1, 2, 1))
    ends[..., 1] += np.arange(people)[:, None, None, None]
    ends[..., 1, 0] += length
    return Capsules(('bone',), ends, np.full((people, 1, 1), radius, np.float32))


def operations(changes):
    return {change.person: change.operation for change in changes}


def test_added_moved_removed():
    scene = Scene()
    assert operations(scene.update(('ada', 'bob'), one(people=2))) == {'ada': ADD, 'bob': ADD}
    assert operations(scene.update(('ada', 'bob'), one(people=2))) == {'ada': MOVE, 'bob': MOVE}
    assert operations(scene.update(('bob', 'eve'), one(people=2))) == {
        'bob': MOVE, 'eve': ADD, 'ada': REMOVE,
    }  # fmt: skip
    assert scene.people == {'bob', 'eve'}
    assert operations(scene.clear()) == {'bob': REMOVE, 'eve': REMOVE}
    assert scene.clear() == [] and scene.update((), one(people=0)) == []
    assert operations(scene.update(('bob',), one())) == {'bob': ADD}


def test_afresh_adds_everybody():
    scene = Scene()
    scene.update(('ada',), one())
    assert operations(scene.update(('ada',), one(), afresh=True)) == {'ada': ADD}


def test_an_addition_has_a_cylinder_along_the_bone_and_a_ball_at_each_end():
    (change,) = Scene(0.02).update(('ada',), one(length=0.3, radius=0.1, at=(1, 2, 3)))
    assert change.heights.tolist()[1:] == [0, 0] and 0.3 <= change.heights[0] < 0.4
    assert ((change.radii >= 0.1) & (change.radii < 0.13)).all() and len(set(change.radii)) == 1
    np.testing.assert_allclose(change.positions, [[1.15, 2, 3], [1, 2, 3], [1.3, 2, 3]], atol=1e-6)
    half = np.sqrt(0.5)
    np.testing.assert_allclose(change.quaternions[0], [0, half, 0, half], atol=1e-6)


def test_a_move_has_as_many_poses_and_no_sizes():
    scene = Scene()
    (added,) = scene.update(('ada',), one())
    (moved,) = scene.update(('ada',), one(at=(5, 0, 0)))
    assert moved.operation is MOVE and not len(moved.heights) and not len(moved.radii)
    assert moved.positions.shape == added.positions.shape
    assert moved.positions[0, 0] == pytest.approx(5.15)


@pytest.mark.parametrize(
    ('change', 'operation'),
    [
        ({'radius': 0.105}, MOVE),
        ({'radius': 0.09}, MOVE),
        ({'length': 0.31}, MOVE),
        ({'radius': 0.2}, ADD),
        ({'radius': 0.02}, ADD),
        ({'length': 0.6}, ADD),
        ({'length': 0.005}, MOVE),  # a cylinder that became short stays one
        ({'length': 0.05}, ADD),
    ],
)
def test_sizes_that_no_longer_fit_are_added_anew(change, operation):
    scene = Scene(0.02)
    scene.update(('ada',), one())
    assert operations(scene.update(('ada',), one(**change))) == {'ada': operation}


def test_a_bone_without_length_is_a_ball_until_it_has_one():
    scene = Scene()
    (ball,) = scene.update(('ada',), one(length=0.008))
    assert ball.heights.tolist() == [0] and ball.radii[0] >= 0.104
    assert operations(scene.update(('ada',), one(length=0.0))) == {'ada': MOVE}
    (longer,) = scene.update(('ada',), one(length=0.1))
    assert longer.operation is ADD and len(longer.heights) == 3


def test_without_balls_the_number_of_shapes_never_changes():
    scene = Scene(balls=False)
    counts = {
        len(scene.update(('ada',), one(length=length))[0].positions)
        for length in (0.0, 0.1, 1.0, 1e-6)
    }
    assert counts == {3}


def test_what_is_not_finite_is_left_out_and_who_is_not_is_removed():
    scene = Scene()
    body = np.random.default_rng(1).normal(size=(1, 1, 17, 3)).astype(np.float32)
    (whole,) = scene.update(('ada',), capsules(body))
    body[0, 0, 16] = np.nan
    (maimed,) = scene.update(('ada',), capsules(body))
    assert maimed.operation is ADD and len(maimed.heights) < len(whole.heights)
    assert np.isfinite(maimed.positions).all()
    body[:] = np.nan
    assert operations(scene.update(('ada',), capsules(body))) == {'ada': REMOVE}
    assert scene.update(('ada',), capsules(body)) == []


def inside(points, change):
    """Whether points (N, 3) lie in a ball or cylinder of an addition."""
    turned = np.stack([rotated(q) for q in change.quaternions])
    local = np.einsum('sij,nsi->nsj', turned, points[:, None] - change.positions)
    ball = np.linalg.norm(local, axis=-1) <= change.radii + 1e-5
    tall = np.abs(local[..., 2]) <= change.heights / 2 + 1e-5
    tube = tall & (np.linalg.norm(local[..., :2], axis=-1) <= change.radii + 1e-5)
    return np.where(change.heights > 0, tube, ball).any(1)


def rotated(quaternion):
    """The rotation's matrix, from Rodrigues' formula."""
    x, y, z, w = quaternion
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + 2 * w * cross + 2 * cross @ cross


def test_shapes_hold_the_capsules_of_a_walker():
    times = 0.5 + np.linspace(0, 0.5, 13)
    sweep = swept(capsules(load_recording('cmu_walking').at(times)), 2)
    (change,) = Scene(balls=False).update(('ada',), sweep)
    random = np.random.default_rng(2)
    points = random.uniform(
        *np.percentile(sweep.ends.reshape(-1, 3), [0, 100], 0) * 1.2, (4000, 3)
    )
    held = (sweep.gaps(points) < 0).any((0, 1))
    assert held.sum() > 200
    assert inside(points[held], change).all()
    far = (sweep.gaps(points) > 0.15).all((0, 1))
    assert far.any() and not inside(points[far], change).any()


def test_mostly_moves_on_a_recorded_handover():
    """At 10 Hz, the shapes of whole people with arms in motion."""
    recording = load_recording('handover')
    times = np.arange(0, recording.duration - 1, 0.1)
    for instants, stretches, share in ((np.array([0.2]), 0, 0.9), (np.linspace(0, 1, 17), 4, 0.5)):
        scene = Scene(balls=not stretches)
        told = []
        for time in times:
            shapes = capsules(recording.at(time + instants))
            shapes = swept(shapes, stretches) if stretches else shapes
            told += scene.update(recording.people, shapes)
        operations = [change.operation for change in told[2:]]
        assert operations.count(MOVE) > share * len(operations), stretches


@given(npst.arrays(np.float64, (3,), elements=st.floats(-1e3, 1e3, allow_subnormal=False)))
@settings(deadline=None)
def test_quaternions_turn_z_into_the_direction(direction):
    (quaternion,) = along_z(direction[None])
    assert np.linalg.norm(quaternion) == pytest.approx(1)
    length = np.linalg.norm(direction)
    if length > 1e-6:
        np.testing.assert_allclose(rotated(quaternion)[:, 2], direction / length, atol=1e-6)


@pytest.mark.parametrize('down', [[0, 0, -1], [1e-9, 0, -1], [0, 1e-12, -1e-3], [0, 0, 0]])
def test_quaternions_where_the_formula_has_no_axis(down):
    (quaternion,) = along_z(np.array([down], float))
    assert np.linalg.norm(quaternion) == pytest.approx(1)
    if any(down):
        expected = np.array(down) / np.linalg.norm(down)
        np.testing.assert_allclose(rotated(quaternion)[:, 2], expected, atol=1e-6)


@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0.01, 1)), min_size=1, max_size=12))
@settings(deadline=None)
def test_whatever_comes_the_object_holds_the_person(sizes):
    """As the receiver has it: shapes of the last addition at the newest poses."""
    scene, added = Scene(0.02), None
    for length, radius in sizes:
        shapes = one(length, radius)
        (change,) = scene.update(('ada',), shapes)
        added = change if change.operation is ADD else added
        assert len(change.positions) == len(added.heights)
        grown = added.radii[-1] - shapes.radii[0, 0, 0]
        if added.heights[0]:
            assert added.heights[0] >= min(length, 1e9) - 1e-6
        assert -1e-6 <= grown <= 0.1
        assert (distances(change.positions, shapes.ends[0, 0]) < 0.02).all()
