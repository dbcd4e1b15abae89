"""Deletion that deletes, with signs, and a verdict beside random orders of the same rows."""

import numpy as np

from lablib.exercises.checks import check, close, number, numbers, raises


def row(rng, features=None):
    """An input, its baseline, some attributions, and the model's numbers; the score falls."""
    features = features or int(rng.integers(4, 8))
    x, base = rng.normal(1, 1, features), rng.normal(0, 0.5, features)
    weights = rng.normal(0, 1, features)
    weights[int(rng.integers(features))] += 1.0
    pair = float(rng.normal())
    change = (x - base) @ weights + pair * (x[0] * x[1] - base[0] * base[1])
    if change < 0:
        weights, pair = -weights, -pair
    return x, base, rng.normal(0, 1, features), weights, pair


def measured(rng, rows=None, orders=4, better=0.3):
    """Areas of some rows and of random orders, which are larger by `better` on the whole."""
    rows = rows or int(rng.integers(5, 12))
    level = rng.uniform(0.5, 5, rows)
    return level + rng.normal(0, 0.1, rows), (level + better)[:, None] + rng.normal(
        0, 0.1, (rows, orders)
    )


@check(points=1, public=True, hint=2)
def area_of_the_example(s):
    weights = np.array([2.0, -1.0, 4.0])
    x, base = np.ones(3), np.zeros(3)
    close(
        s.deletion_area(x, base, weights * (x - base), weights, 0.0),
        1.25,
        "the scores 5, 1, -1 and 0 lie 5/4 above the last one on average",
    )


@check(points=1, public=True, hint=3)
def verdict_of_the_example(s):
    random = np.array([[2.0, 3.0], [2.0, 2.5], [3.0, 2.0]])
    got = numbers(
        s.verdict(np.array([1.0, 2.0, 1.5]), random, 0.95),
        "the answer is four numbers: difference, low, high, faithful",
        shape=(4,),
    )
    close(got[0], 11 / 12, "the difference is random minus explanation, averaged over rows")
    close(got[1:3], (-0.6462357, 2.4795690), "the ends of the example are right", absolute=1e-5)
    close(got[3], 0, "an interval that includes 0 does not show that an explanation is faithful")


@check(points=2, hint=1)
def what_is_named_is_removed(s, rng, reference):
    for _ in range(4):
        case = row(rng)
        close(
            s.deletion_area(*case),
            reference.deletion_area(*case),
            "features go to their baseline one by one, and all F + 1 scores count",
        )


@check(points=1, hint=2)
def signs_decide_the_order(s, rng, reference):
    x, base, _, weights, _ = row(rng, 6)
    weights = np.array([3.0, -2.5, 1.0, -0.5, 0.25, 2.0])
    x, base = base + rng.uniform(0.5, 1, 6), base
    case = (x, base, weights * (x - base), weights, 0.0)
    close(
        s.deletion_area(*case),
        reference.deletion_area(*case),
        "a feature that holds the score down does not leave before those that hold it up",
    )


@check(points=1, hint=4)
def rows_below_their_baseline_are_turned(s, rng, reference):
    x, base, claim, weights, pair = row(rng)
    got = number(s.deletion_area(x, base, -claim, -weights, -pair), "an area is one number")
    close(
        got,
        reference.deletion_area(x, base, claim, weights, pair),
        "a score that lies below its baseline is measured downwards, most negative first",
    )
    level = (np.ones(3), np.zeros(3), np.array([1.0, 1, 0]), np.array([2.0, -3, 1]), 0.0)
    close(
        s.deletion_area(*level),
        reference.deletion_area(*level),
        "a score that equals that of its baseline does not lie below it, so nothing is turned",
    )


@check(points=1, hint=4)
def equal_attributions_keep_their_order(s, rng, reference):
    x, base, _, weights, pair = row(rng, 40)
    tied = rng.integers(3, size=40).astype(float)
    close(
        s.deletion_area(x, base, tied, weights, pair),
        reference.deletion_area(x, base, tied, weights, pair),
        "of equal attributions the first goes first",
    )


@check(points=1, hint=3)
def the_comparison_is_with_random_orders(s, rng, reference):
    for better in (0.0, 0.3, -0.3):
        areas, random = measured(rng, better=better)
        close(
            s.verdict(areas, random, 0.95),
            reference.verdict(areas, random, 0.95),
            "random minus explanation is taken within each row, and its interval decides",
        )
    unsure = rng.permutation([1.0, -0.9, 0.6, -0.4]) + 1
    got = numbers(
        s.verdict(np.ones(4), unsure[:, None], 0.95), "the answer is four numbers", shape=(4,)
    )
    close(got[3], 0, "its interval decides: a mean above 0 is not enough")
    got = numbers(s.verdict(np.ones(3), np.ones((3, 2)), 0.9), "any rows are judged", shape=(4,))
    close(got[3], 0, "an explanation that equals random orders exactly does not beat them")


@check(points=1, hint=3)
def the_level_sets_the_width(s, rng, reference):
    areas, random = measured(rng, rows=6)
    for level in (0.5, 0.99, float(rng.uniform(0.6, 0.95))):
        close(
            s.verdict(areas, random, level),
            reference.verdict(areas, random, level),
            "`level` decides the quantile, and what it leaves out is split between both sides",
        )


@check(points=1)
def nothing_to_compare_is_an_error(s, rng, reference):
    areas, random = measured(rng, rows=4)
    for bad in (
        (areas[:1], random[:1]),
        (areas, random[:, :0]),
        (areas, random[:3]),
        (areas[:2], random),
    ):
        raises(
            lambda bad=bad: s.verdict(*bad, 0.95),
            ValueError,
            "one row, no random order, or rows without a partner give no verdict: it is an error",
        )
    close(
        s.verdict(areas[:2], random[:2], 0.95),
        reference.verdict(areas[:2], random[:2], 0.95),
        "two rows are enough for an interval, if a wide one",
    )
