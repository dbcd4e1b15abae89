"""A gradient of the input, the worst case it leads to, and a training step there."""

import numpy as np

from lablib.exercises.checks import check, close, numbers, raises, true


def case(rng, rows=None, features=5):
    """Rows, labels, weights with a zero among them, and a bias."""
    rows = int(rng.integers(6, 12)) if rows is None else rows
    x = rng.uniform(0, 1, size=(rows, features))
    y = np.append([1, -1], rng.choice([-1, 1], size=rows - 2))
    weights = rng.normal(size=features) * 2
    weights[int(rng.integers(features))] = 0
    return x, y, weights, float(rng.normal())


def loss(x, y, weights, bias):
    return np.log1p(np.exp(-y * (x @ weights + bias)))


@check(points=1, public=True, hint=2)
def gradient_of_the_example(s):
    got = s.input_gradient(np.array([[0.5, 1.0]]), np.array([1]), np.array([2.0, -4.0]), 3.0)
    close(got, [[-1.0, 2.0]], "the score is 0, so the pull is -1/2, times the weights 2 and -4")


@check(points=1, public=True, hint=3)
def worst_case_of_the_example(s):
    x, y, weights = np.array([[0.5, 1.0]]), np.array([1]), np.array([2.0, -4.0])
    got = s.worst_case(x, y, weights, 3.0, 0.25, 0.0, 1.0)
    close(got, [[0.25, 1.0]], "the first number falls by eps, the second is at its edge")


@check(points=2, hint=2)
def gradients_agree_with_small_steps(s, rng, reference):
    for _ in range(3):
        x, y, weights, bias = case(rng)
        got = numbers(
            s.input_gradient(x, y, weights, bias),
            "each row has a gradient with a number for each of its inputs",
            shape=x.shape,
        )
        way = rng.normal(size=x.shape)
        ends = [loss(x + sign * 1e-5 * way, y, weights, bias) for sign in (1, -1)]
        close(
            (got * way).sum(axis=1),
            (ends[0] - ends[1]) / 2e-5,
            "a small step in a row changes its loss by the gradient times the step",
            relative=1e-4,
            absolute=1e-6,
        )


@check(points=2, hint=1)
def no_allowed_input_is_worse(s, rng, reference):
    for low, high in ((0.0, 1.0), (-0.5, 1.2)):
        x, y, weights, bias = case(rng)
        eps = float(rng.uniform(0.05, 0.4))
        got = numbers(
            s.worst_case(x, y, weights, bias, eps, low, high),
            "a worst case has the shape of the rows",
            shape=x.shape,
        )
        true(bool(np.abs(got - x).max() <= eps + 1e-9), "nothing moves by more than eps")
        inside = low - 1e-9 <= got.min() and got.max() <= high + 1e-9
        true(bool(inside), "every number stays between low and high")
        value = loss(got, y, weights, bias)
        for _ in range(20):
            other = np.clip(x + rng.choice([-eps, 0, eps], size=x.shape), low, high)
            true(
                bool((value >= loss(other, y, weights, bias) - 1e-9).all()),
                "no other allowed input has a larger loss",
            )
        close(got, reference.worst_case(x, y, weights, bias, eps, low, high), "zeros stay")


@check(points=3, hint=4)
def the_step_is_taken_at_the_worst_case(s, rng, reference):
    for eps in (0.0, 0.1, 0.3):
        full = (*case(rng), eps, 0.0, 1.0)
        got = numbers(
            s.training_gradient(*full), "one number a weight and one for the bias", shape=(6,)
        )
        close(
            got,
            reference.training_gradient(*full),
            "rows and pulls are those of the worst case, and the mean over rows is taken",
        )


@check(points=1)
def a_negative_radius_is_an_error(s, rng, reference):
    parts = case(rng)
    raises(lambda: s.worst_case(*parts, -0.1, 0.0, 1.0), ValueError, "a negative eps is an error")
    raises(
        lambda: s.training_gradient(*parts, -0.1, 0.0, 1.0),
        ValueError,
        "a negative eps is an error in training too",
    )
    close(s.worst_case(*parts, 0.0, 0.0, 1.0), parts[0], "with a radius of 0 nothing moves")
