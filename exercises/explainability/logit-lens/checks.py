"""A lens whose last layer is the model, and the layer from which an answer stays on top."""

import numpy as np

from lablib.exercises.checks import check, close, equal, number, numbers, raises


def model(rng, layers=None, width=None, tokens=None):
    """States, gain, output matrix and eps of a model of random sizes; no two sizes are equal."""
    sizes = rng.permutation(np.arange(4, 12))
    layers, width, tokens = layers or sizes[0], width or sizes[1], tokens or sizes[2]
    states = rng.normal(0, rng.uniform(0.5, 4, (layers + 1, 1)), (layers + 1, width))
    states += rng.normal(0, 1, (layers + 1, 1))
    return states, rng.uniform(0.2, 3, width), rng.normal(0, 1, (tokens, width)), 0.05


@check(points=1, public=True, hint=1)
def lens_of_the_example(s):
    states = np.array([[3.0, 4.0], [0.0, 2.0]])
    got = s.lens(states, np.array([2.0, 1.0]), np.eye(2), 0.0)
    root = np.sqrt([12.5, 2.0])
    close(
        got,
        [[6 / root[0], 4 / root[0]], [0, 2 / root[1]]],
        "each state of the example is divided by its own root mean square, times the gain",
    )


@check(points=1, public=True, hint=4)
def settling_of_the_example(s):
    read = np.array([[1.697, 1.131], [0.0, 1.414]])
    equal(s.settles(read, 1), 1, "token 1 is on top from layer 1 on")
    equal(s.settles(read, 0), 2, "token 0 is not on top at the last layer, so the answer is L + 1")


@check(points=2, hint=2)
def logits_of_any_model(s, rng, reference):
    for _ in range(4):
        parts = model(rng)
        close(
            s.lens(*parts),
            reference.lens(*parts),
            "every layer is normed with the gain, then read through the output matrix",
        )


@check(points=1, hint=1)
def eps_stands_under_the_root(s, rng, reference):
    states, gain, unembedding, _ = model(rng)
    states[0] = 0
    for eps in (0.5, 2.0):
        close(
            s.lens(states, gain, unembedding, eps),
            reference.lens(states, gain, unembedding, eps),
            "`eps` is added to the mean square, so that a state of zeros has logits of 0",
        )


@check(points=1, hint=3)
def the_last_layer_is_the_model(s, rng, reference):
    states, gain, unembedding, eps = model(rng)
    logits = np.asarray(reference.lens(states, gain, unembedding, eps))[-1]
    got = number(s.deviation(states, gain, unembedding, eps, logits), "a deviation is one number")
    close(got, 0, "the right lens does not deviate from its own model", absolute=1e-9)
    moved = logits.copy()
    moved[2] -= 1.5
    moved[1] += 0.75
    close(
        s.deviation(states, gain, unembedding, eps, moved),
        1.5,
        "the deviation is the largest difference without its sign, at the last layer",
    )


@check(points=2, hint=4)
def answers_that_come_and_go(s, rng, reference):
    for _ in range(6):
        read = rng.normal(0, 1, (9, 5))
        answer = int(rng.integers(5))
        for layer in range(9):
            if rng.random() < 0.6:
                read[layer, answer] = read[layer].max() + 1
        read[8, answer] = read[8].max() + 1
        equal(
            s.settles(read, answer),
            reference.settles(read, answer),
            "an answer that was on top and lost it again settles only when it is back for good",
        )
    read = rng.normal(0, 1, (7, 4))
    read[:, 2] = read.max() + 1
    equal(s.settles(read, 2), 0, "an answer that is on top everywhere settles at layer 0")
    read[-1, 0] = read.max() + 1
    equal(s.settles(read, 2), 7, "an answer that loses at the end never settles")


@check(points=1, hint=4)
def a_tie_is_not_on_top(s, rng):
    read = rng.normal(0, 1, (4, 6))
    for answer in (0, 5):
        tied = read.copy()
        tied[:, answer] = tied.max(axis=1) + 1
        tied[1, 5 - answer] = tied[1, answer]
        equal(s.settles(tied, answer), 2, "a token that ties with another is not higher than it")
    negative = -np.abs(read) - 1
    negative[:, 3] = -0.5
    equal(s.settles(negative, 3), 0, "logits may all be negative; the highest is still on top")


@check(points=1)
def widths_must_agree(s, rng):
    states, gain, unembedding, eps = model(rng, width=6)
    raises(
        lambda: s.lens(states, gain[:5], unembedding, eps),
        ValueError,
        "a gain of another width is an error",
    )
    raises(
        lambda: s.lens(states, gain[:1], unembedding, eps),
        ValueError,
        "one number is not a gain for all of the width, so it is an error too",
    )
    raises(
        lambda: s.lens(states, gain, unembedding[:, :5], eps),
        ValueError,
        "an output matrix of another width is an error",
    )
    numbers(s.lens(states, gain, unembedding, eps), "equal widths are read")
