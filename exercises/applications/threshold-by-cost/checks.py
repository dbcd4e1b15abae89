"""Costs are compared, not thresholds: several thresholds can make the same decisions."""

import numpy as np

from lablib.exercises.checks import check, close, number, raises

Y, SCORE = np.array([0, 0, 1, 1]), np.array([0.1, 0.3, 0.2, 0.9])


def paid(y, refused, ratio):
    return float(np.mean(ratio * ((y == 1) & ~refused) + ((y == 0) & refused)))


def least(y, score, ratio):
    return min(paid(y, score > cut, ratio) for cut in np.append(score, -1.0))


def reached(s, y, score, ratio):
    """Cost of the decisions that the learner's threshold makes."""
    cut = number(s.cheapest(y, score, ratio), "a threshold is one finite number")
    return paid(y, score > cut, ratio)


@check(points=1, public=True, hint=1)
def cost_of_the_example(s):
    got = s.mean_cost(Y, np.array([1, 0, 1, 0]), 3)
    close(number(got, "a cost is one number"), 1, "one refused payer and one accepted default")


@check(points=1, public=True, hint=1)
def threshold_of_the_example(s):
    close(reached(s, Y, SCORE, 3), 0.25, "one refused payer of four accounts is the least")


@check(points=2, hint=1)
def cost_of_any_decisions(s, rng, reference):
    for ratio in (0.5, 1.0, 7.0):
        y, refused = rng.integers(0, 2, 30), rng.integers(0, 2, 30)
        got = number(s.mean_cost(y, refused, ratio), "the cost of any decisions is one number")
        close(got, reference.mean_cost(y, refused, ratio), "defaults cost the ratio, payers 1")


@check(points=3, hint=3)
def least_cost_of_any_score(s, rng):
    for ratio in (0.3, 1.0, 4.0):
        y = rng.integers(0, 2, 40)
        score = np.clip(0.25 * y + 0.5 * rng.random(40), 0, 1) ** 3
        close(
            reached(s, y, score, ratio),
            least(y, score, ratio),
            "the scores are not calibrated, so only the labels tell the best threshold",
        )


@check(points=1, hint=2)
def equal_scores(s, rng):
    for ratio in (1.0, 3.0):
        score = np.repeat([0.2, 0.4, 0.6, 0.8], 15)
        y = (rng.random(60) < np.repeat([0.3, 0.5, 0.5, 0.7], 15)).astype(int)
        close(
            reached(s, y, score, ratio),
            least(y, score, ratio),
            "equal scores are decided alike, and a score at the threshold is accepted",
        )


@check(points=1, hint=2)
def everybody_or_nobody(s, rng):
    score = np.append(rng.random(11) * 0.8 + 0.1, 0.0)
    y = np.ones(12, dtype=int)
    close(reached(s, y, score, 2.0), 0, "where all default, refusing everybody costs nothing")
    close(reached(s, 1 - y, score, 2.0), 0, "where all pay, refusing nobody costs nothing")


@check(points=1, hint=1)
def no_price_is_an_error(s, rng, reference):
    for ratio in (0, -1.0):
        raises(
            lambda ratio=ratio: s.mean_cost(Y, np.zeros(4), ratio),
            ValueError,
            "a default that costs nothing is no price, and a ValueError says it",
        )
    ratio = float(rng.random()) + 0.1
    got = number(s.mean_cost(Y, np.zeros(4), ratio), "a cost is a number for any price above 0")
    close(got, reference.mean_cost(Y, np.zeros(4), ratio), "a small price is a price")
