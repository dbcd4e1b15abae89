"""A step, its two bounds, and the exact worst case of a linear classifier."""

import numpy as np

from lablib.exercises.checks import check, close, numbers, raises, true


def place(rng, rows=6, features=5):
    """Origin, a place within its ball of 0.3, and a gradient with a zero in each row."""
    origin = rng.uniform(0, 1, size=(rows, features))
    moved = np.clip(origin + rng.uniform(-0.3, 0.3, size=origin.shape), 0, 1)
    gradient = rng.normal(size=origin.shape) * 10.0 ** rng.uniform(-6, 3, size=(rows, 1))
    gradient[np.arange(rows), rng.integers(features, size=rows)] = 0
    return moved, origin, gradient


def linear(rng, rows=7, features=5):
    """Rows, labels, weights with a zero among them, and a bias."""
    x = rng.uniform(0.4, 0.6, size=(rows, features))
    y = np.append([1, -1], rng.choice([-1, 1], size=rows - 2))
    weights = rng.normal(size=features)
    weights[int(rng.integers(features))] = 0
    return x, y, weights, float(rng.normal())


@check(points=1, public=True, hint=2)
def step_of_the_example(s):
    x = np.array([[0.5, 0.75]])
    got = s.step(x, x, np.array([[0.1, -3.0]]), 0.25, 0.5, 0.0, 1.0)
    close(got, [[0.75, 0.5]], "each number goes its full way, as far as eps allows")


@check(points=1, public=True, hint=3)
def climb_of_the_example(s):
    x = np.array([[0.5, 0.75]])
    got = s.climb(x, np.array([1]), np.array([2.0, -1.0]), 0.0, 0.25, 0.1, 4, 0.0, 0.9)
    close(got, [[0.25, 0.9]], "the score of a row with label 1 is pushed down")


@check(points=2, hint=1)
def steps_from_anywhere(s, rng, reference):
    for _ in range(4):
        moved, origin, gradient = place(rng)
        case = (moved, origin, gradient, 0.3, float(rng.uniform(0.01, 0.1)), 0.0, 1.0)
        close(
            s.step(*case),
            reference.step(*case),
            "the sign of the gradient decides where to, and size how far",
        )


@check(points=2, hint=2)
def nothing_leaves_the_ball_or_the_box(s, rng, reference):
    for low, high in ((0.0, 1.0), (-1.0, 0.8), (0.2, 2.0)):
        moved, origin, gradient = place(rng)
        moved, origin = np.clip(moved, low, high), np.clip(origin, low, high)
        eps = float(rng.uniform(0.3, 0.5))
        case = (moved, origin, gradient, eps, 0.9, low, high)
        got = numbers(s.step(*case), "a step has the shape of the rows", shape=origin.shape)
        true(bool(np.abs(got - origin).max() <= eps + 1e-9), "the ball stands around the origin")
        inside = low - 1e-9 <= got.min() and got.max() <= high + 1e-9
        true(bool(inside), "every number stays between low and high")
        close(got, reference.step(*case), "what is allowed is not given away")


@check(points=2, hint=3)
def the_worst_case_is_reached(s, rng, reference):
    for eps, steps in ((0.1, 5), (0.25, 20), (0.05, 1)):
        x, y, weights, bias = linear(rng)
        got = numbers(
            s.climb(x, y, weights, bias, eps, 2 * eps / steps, steps, 0.0, 1.0),
            "the moved rows have the shape of the rows",
            shape=x.shape,
        )
        margin = y * (x @ weights + bias) - eps * np.abs(weights).sum()
        close(
            y * (got @ weights + bias),
            margin,
            "the margin falls by exactly eps times the sum of the sizes of the weights",
        )


@check(points=1, hint=2)
def few_short_steps_stop_on_the_way(s, rng, reference):
    for steps in (0, 1, 3):
        x, y, weights, bias = linear(rng)
        case = (x, y, weights, bias, 0.3, 0.07, steps, 0.45, 0.7)
        close(s.climb(*case), reference.climb(*case), "each step goes its size, and no step none")


@check(points=1)
def negative_numbers_are_errors(s, rng, reference):
    moved, origin, gradient = place(rng)
    x, y, weights, bias = linear(rng)
    for eps, size in ((-0.1, 0.1), (0.1, -0.1)):
        raises(
            lambda eps=eps, size=size: s.step(moved, origin, gradient, eps, size, 0.0, 1.0),
            ValueError,
            "a negative radius or step is an error",
        )
        raises(
            lambda eps=eps, size=size: s.climb(x, y, weights, bias, eps, size, 0, 0.0, 1.0),
            ValueError,
            "a negative radius or step is an error without steps, too",
        )
    for eps, size in ((0.0, 0.1), (0.1, 0.0)):
        case = (origin, origin, gradient, eps, size, 0.0, 1.0)
        close(s.step(*case), origin, "with a radius or a size of 0 nothing moves")
        got = s.climb(x, y, weights, bias, eps, size, 2, 0.0, 1.0)
        close(got, x, "nor does anything in a climb")
