"""A paired interval, against the independent one and the usual slips with it."""

import numpy as np

from lablib.exercises.checks import check, close, numbers, raises, true


def answers(rng, n=None, gap=0.15):
    """Correctness of two models that find the same rows hard; A is right more often."""
    n = n or int(rng.integers(40, 200))
    hard = rng.uniform(0, 1, n)
    correct_a = (hard < 0.6 + gap).astype(int)
    correct_b = np.where(rng.random(n) < 0.8, hard < 0.6, rng.random(n) < 0.6).astype(int)
    return correct_a, correct_b


@check(points=1, public=True, hint=3)
def worked_example(s):
    correct_a = np.array([1, 1, 1, 1, 0, 1, 1, 0, 1, 1])
    correct_b = np.array([1, 1, 0, 1, 0, 1, 0, 0, 1, 1])
    got = numbers(
        s.paired_interval(correct_a, correct_b, 0.95),
        "the answer is three numbers: difference, low, high",
        shape=(3,),
    )
    close(
        got[0], 0.2, "the difference of 0.8 and 0.6 is a share, positive if A is right more often"
    )
    true(got[1] <= got[0] <= got[2], "the difference lies between its two ends, low before high")
    close(got, (0.2, -0.0613285, 0.4613285), "the ends of the example are right", absolute=1e-6)


@check(points=1, public=True, hint=1)
def two_copies_of_one_model(s):
    copy = np.array([1, 0, 1, 1, 0, 1, 1, 1])
    close(
        s.paired_interval(copy, copy, 0.95),
        (0, 0, 0),
        "two copies of one model differ on no row, so the interval is from 0 to 0",
    )


@check(points=2, hint=2)
def rows_are_paired(s, rng, reference):
    for _ in range(5):
        correct_a, correct_b = answers(rng)
        close(
            s.paired_interval(correct_a, correct_b, 0.95),
            reference.paired_interval(correct_a, correct_b, 0.95),
            "the spread is that of the differences row by row, not of two separate samples",
        )


@check(points=1, hint=1)
def order_of_the_models(s, rng, reference):
    correct_a, correct_b = answers(rng)
    forward = numbers(s.paired_interval(correct_a, correct_b, 0.9), "there are three", shape=(3,))
    back = numbers(
        s.paired_interval(correct_b, correct_a, 0.9), "there are always three", shape=(3,)
    )
    close(
        back,
        (-forward[0], -forward[2], -forward[1]),
        "swapping the two models turns the sign of the difference and of both ends",
    )
    expected = reference.paired_interval(correct_a, correct_b, 0.9)
    close(forward, expected, "the better model first gives a positive difference")


@check(points=2, hint=3)
def the_level_sets_the_width(s, rng, reference):
    correct_a, correct_b = answers(rng)
    for level in (0.5, 0.8, 0.99, float(rng.uniform(0.55, 0.98))):
        close(
            s.paired_interval(correct_a, correct_b, level),
            reference.paired_interval(correct_a, correct_b, level),
            "`level` decides the quantile, and what it leaves out is split between both sides",
        )


@check(points=1, hint=3)
def more_rows_narrow_it(s, rng, reference):
    correct_a, correct_b = answers(rng, n=60)
    often_a, often_b = np.tile(correct_a, 4), np.tile(correct_b, 4)
    once = numbers(s.paired_interval(correct_a, correct_b, 0.95), "60 rows are enough", shape=(3,))
    often = numbers(s.paired_interval(often_a, often_b, 0.95), "240 rows are fine", shape=(3,))
    true(
        1.9 < np.ptp(once) / max(np.ptp(often), 1e-12) < 2.1,
        "four times the rows make the interval half as wide",
    )
    expected = reference.paired_interval(often_a, often_b, 0.95)
    close(often, expected, "the width is right for many rows")


@check(points=1, hint=3)
def few_rows(s, rng, reference):
    correct_b = rng.permutation([1, 1, 0, 0])
    correct_a = np.array([1, 1, 1, 0])
    close(
        s.paired_interval(correct_a, correct_b, 0.95),
        reference.paired_interval(correct_a, correct_b, 0.95),
        "with few rows it shows that the sum of squares is divided by N - 1",
    )


@check(points=1)
def lengths_must_match(s, rng, reference):
    correct_a, correct_b = answers(rng)
    raises(
        lambda: s.paired_interval(correct_a, correct_b[:-1], 0.95),
        ValueError,
        "rows that have no partner cannot be compared, so a ValueError says it",
    )
    for rows in ((correct_a, correct_b[:1]), (correct_a[:1], correct_b)):
        raises(
            lambda rows=rows: s.paired_interval(*rows, 0.95),
            ValueError,
            "a single row must not be spread over all rows of the other model",
        )
    close(
        s.paired_interval(correct_a, correct_b, 0.95),
        reference.paired_interval(correct_a, correct_b, 0.95),
        "equal lengths give an interval",
    )
