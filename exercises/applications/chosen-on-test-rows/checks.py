"""Nothing that is chosen may know the test rows; nothing that is reported may be made better."""

import numpy as np

from lablib.exercises.checks import check, close, number, numbers, raises

Y_VAL, P_VAL = np.array([0, 1, 0, 1]), np.array([0.1, 0.8, 0.3, 0.6])
Y_TEST, P_TEST = np.array([0, 1, 1, 0]), np.array([0.4, 0.2, 0.9, 0.1])


GRID = np.linspace(0, 1, 101)


def part(rng, count, share=0.3, skill=0.3):
    """Labels, and probabilities that lie on the grid as often as not."""
    y = (rng.random(count) < share).astype(int)
    score = np.clip(skill * y + rng.random(count) * (1 - skill), 0, 1)
    return y, np.where(rng.random(count) < 0.5, GRID[(100 * score).astype(int)], score)


def told(s, *rows):
    return numbers(s.report(*rows), "a report is three numbers", shape=(3,))


@check(points=1, public=True, hint=3)
def cost_of_four(s):
    got = s.cost(np.array([1, 1, 0, 0]), np.array([1, 0, 1, 0]), 3)
    close(number(got, "a cost is one number"), 1, "one refused payer and one accepted default")


@check(points=1, public=True, hint=3)
def report_of_the_example(s):
    got = told(s, Y_VAL, P_VAL, Y_TEST, P_TEST, 3)
    close(got, [0.3, 1.0, -0.5], "chosen on validation rows, paid on test rows")


@check(points=3, hint=3)
def test_rows_choose_nothing(s, rng, reference):
    for ratio in (1.0, 3.0):
        held, test = part(rng, 60), part(rng, 400)
        first = told(s, *held, *test, ratio)
        turned = told(s, *held, 1 - test[0], test[1], ratio)
        close(turned[0], first[0], "other labels of test rows do not move the threshold")
        want = reference.report(*held, *test, ratio)
        close(first[:2], want[:2], "the cost is that of the chosen threshold on test rows")


@check(points=2, hint=2)
def baseline_is_chosen_before(s, rng, reference):
    for share in (0.05, 0.9):
        held, test = part(rng, 60, share=share), part(rng, 40, share=0.95 - share)
        got, want = told(s, *held, *test, 2.0), reference.report(*held, *test, 2.0)
        close(got[2], want[2], "the one answer for all is chosen on validation rows too")
    even = np.array([0, 0, 0, 1]), np.array([0.2, 0.3, 0.4, 0.5])
    got = told(s, *even, *part(np.random.default_rng(1), 30), 3.0)
    want = reference.report(*even, *part(np.random.default_rng(1), 30), 3.0)
    close(got[2], want[2], "of two answers with equal cost the baseline accepts all")


@check(points=2, hint=2)
def losses_are_reported(s, rng, reference):
    held = part(rng, 60)
    y, p = part(rng, 60)
    got = told(s, *held, y, 1 - p, 2.0)
    want = reference.report(*held, y, 1 - p, 2.0)
    close(got, want, "a score that costs more than one answer for all says so")


@check(points=1, hint=3)
def no_rows_is_an_error(s, rng, reference):
    y, p = part(rng, 10)
    none = np.array([], dtype=int), np.array([])
    for rows in ((*none, y, p), (y, p, *none)):
        raises(
            lambda rows=rows: s.report(*rows, 2.0),
            ValueError,
            "a part without rows chooses or reports nothing, and a ValueError says it",
        )
    close(
        told(s, y, p, y[:1], p[:1], 2.0),
        reference.report(y, p, y[:1], p[:1], 2.0),
        "one row is enough",
    )
