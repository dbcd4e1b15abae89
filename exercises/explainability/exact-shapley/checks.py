"""Exact Shapley values, values from given orders, and the completeness error."""

from itertools import permutations

import numpy as np

from lablib.exercises.checks import check, close, number, numbers, raises


def game(rng, features=None):
    """The worth of all sets of a few features; no set of them is worth nothing by chance."""
    features = features or int(rng.integers(3, 6))
    return rng.normal(1, 2, 2**features)


@check(points=1, public=True, hint=1)
def values_of_the_example(s):
    got = numbers(
        s.shapley_values(np.array([0.0, 1.0, 2.0, 5.0])), "two features have two values", shape=(2,)
    )
    close(got, (2, 3), "each feature gets the mean of what it adds first and what it adds second")


@check(points=1, public=True, hint=4)
def one_order_of_the_example(s):
    worth = np.array([0.0, 1.0, 2.0, 5.0])
    close(
        s.from_orders(worth, np.array([[0, 1]])),
        (1, 4),
        "the feature that arrives second adds to the first",
    )
    close(
        s.completeness_error(worth, np.array([1.0, 2.0])),
        2,
        "the score rises by 5 and attributions of 1 and 2 leave 2 of it unexplained",
    )


@check(points=2, hint=3)
def any_game_has_its_values(s, rng, reference):
    for features in (1, 3, 4, 5):
        worth = game(rng, features)
        close(
            s.shapley_values(worth),
            reference.shapley_values(worth),
            "each set counts with the share of orders in which exactly its features come first",
        )


@check(points=1, hint=3)
def what_adds_nothing_gets_nothing(s, rng):
    features = 4
    silent = int(rng.integers(features))
    sets = np.arange(2**features)
    worth = rng.normal(size=2**features)[sets & ~(1 << silent)]
    got = numbers(s.shapley_values(worth), "four features have four values", shape=(features,))
    close(got[silent], 0, "a feature that changes no set has the value 0")
    close(got.sum(), worth[-1] - worth[0], "the values add up to the whole change of the score")


@check(points=2, hint=4)
def orders_are_averaged(s, rng, reference):
    for _ in range(3):
        features = int(rng.integers(3, 6))
        worth = game(rng, features)
        orders = rng.permuted(np.tile(np.arange(features), (7, 1)), axis=1)
        close(
            s.from_orders(worth, orders),
            reference.from_orders(worth, orders),
            "each addition belongs to the feature that arrived, and all orders count equally",
        )


@check(points=1, hint=1)
def all_orders_give_the_shapley_values(s, rng, reference):
    worth = game(rng, 4)
    close(
        s.from_orders(worth, np.array(list(permutations(range(4))))),
        reference.shapley_values(worth),
        "the mean over all orders is the Shapley value",
    )


@check(points=1)
def the_error_keeps_its_sign(s, rng):
    worth = game(rng)
    values = rng.normal(size=int(np.log2(len(worth))))
    missing = worth[-1] - worth[0] - values.sum()
    if missing < 0:
        worth, values, missing = -worth, -values, -missing
    close(
        number(s.completeness_error(worth, values), "the error is one number"),
        missing,
        "the error is change minus sum, measured from the baseline",
    )
    close(
        s.completeness_error(-worth, -values),
        -missing,
        "an error has a sign: too much is explained, or too little",
    )


@check(points=1)
def impossible_games_are_errors(s, rng):
    for length in (0, 1, 3, 6, int(rng.integers(9, 15))):
        raises(
            lambda length=length: s.shapley_values(np.ones(length)),
            ValueError,
            "the number of sets of features is 2, 4, 8, ...: else a ValueError says it",
        )
    close(s.shapley_values(np.array([1.0, 4.0])), [3], "one feature has the whole change")
