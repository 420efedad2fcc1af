# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nermo_ros.inference.buckets import BUCKETS, PEOPLE, TIMES, Programs, parts
from nermo_ros.inference.card import ModelCard
from nermo_ros.inference.predictor import BackendError, input_shapes

CARD = ModelCard('x', '1', ('a', 'b'), history=1.0, past=0.0, horizon=1.0, samples=3)


@given(st.integers(0, 70), st.integers(0, 700))
def test_parts_cover_everything_once_in_the_smallest_bucket(people, times):
    covered = np.zeros((people, times), int)
    for part in parts(people, times):
        covered[part.rows, part.columns] += 1
        count, asked = covered[part.rows, part.columns].shape
        assert part.bucket in BUCKETS
        assert part.bucket[0] == min(size for size in PEOPLE if size >= count)
        assert part.bucket[1] == min(size for size in TIMES if size >= asked)
    assert (covered == 1).all()


class Echo:
    """Answers with the newest position plus the time asked for."""

    def __init__(self, people, times):
        self.inputs = tuple(np.zeros(s, np.float32) for s in input_shapes(CARD, people, times))
        self.output = np.full((people, times, 2, 3), np.nan, np.float32)

    def run(self):
        self.output[...] = self.inputs[1][:, -1:] + self.inputs[3][:, :, None, None]


def arrays(people, times, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.random(s).astype(np.float32) for s in input_shapes(CARD, people, times)]


@pytest.mark.parametrize('people', [0, 1, 3, 16, 17, 40])
@pytest.mark.parametrize('times', [0, 1, 32, 33, 600])
def test_any_batch_is_answered_whole(people, times):
    given = arrays(people, times)
    answer = Programs('echo', CARD, Echo)(*given)
    expected = given[1][:, -1:] + given[3][:, :, None, None]
    assert answer.dtype == np.float32
    np.testing.assert_array_equal(answer, expected)


def test_programs_are_made_once_and_answers_are_the_callers_own():
    made = []
    programs = Programs('echo', CARD, lambda *b: made.append(b) or Echo(*b))
    programs.warm_up()
    assert sorted(made) == sorted(BUCKETS)
    first = programs(*arrays(3, 5))
    kept = first.copy()
    programs(*arrays(3, 5, seed=1))
    np.testing.assert_array_equal(first, kept)
    assert len(made) == len(BUCKETS)


def test_what_does_not_fit_or_is_closed_is_a_backend_error():
    programs = Programs('echo', CARD, Echo)
    times, positions, mask, query = arrays(2, 4)
    for wrong in (
        (times[:, :2], positions, mask, query),
        (times, positions[:1], mask, query),
        (times, positions, mask[..., :1], query),
        (times, positions, mask, query[:1]),
    ):
        with pytest.raises(BackendError, match='echo failed'):
            programs(*wrong)
    programs.close()
    with pytest.raises(BackendError, match='closed'):
        programs(times, positions, mask, query)
