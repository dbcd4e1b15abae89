"""Forward pass and gradients of a LoRA layer, for any rank and scale."""

import numpy as np

from lablib.exercises.checks import check, close, numbers, raises, shape, true


def layer(rng, rank=None, rows=None):
    """x, weight, bias, a, b and alpha of a layer whose sizes all differ."""
    rank = int(rng.integers(2, 5)) if rank is None else rank
    rows = int(rng.integers(6, 9)) if rows is None else rows
    inputs, outputs = 10, 13
    return (
        rng.normal(size=(rows, inputs)),
        rng.normal(size=(outputs, inputs)),
        rng.normal(size=outputs),
        rng.normal(size=(rank, inputs)),
        rng.normal(size=(outputs, rank)),
        float(rng.uniform(3, 20)),
    )


def is_pair(got):
    """Whether `got` is two things."""
    return isinstance(got, tuple | list) and len(got) == 2


def moved(reference, parts, upstream, which, step):
    """How the sum of outputs times `upstream` changes along `step` in a (3) or b (4)."""
    total = []
    for sign in (1, -1):
        changed = list(parts)
        changed[which] = parts[which] + sign * 1e-4 * step
        total.append(np.sum(np.asarray(reference.forward(*changed)) * upstream))
    return (total[0] - total[1]) / 2e-4


@check(points=1, public=True, hint=1)
def outputs_of_the_example(s):
    x, weight, bias = np.array([[1.0, 2.0]]), np.eye(2), np.array([0.5, 0.0])
    a, b = np.array([[1.0, 2.0]]), np.array([[1.0], [-1.0]])
    close(
        s.forward(x, weight, bias, a, b, 3.0),
        [[16.5, -13.0]],
        "A x of the example is 5, times B and the scale 3 it adds 15 and -15",
    )


@check(points=1, public=True, hint=3)
def gradients_of_the_example(s):
    a, b = np.array([[1.0, 2.0]]), np.array([[1.0], [-1.0]])
    got = s.gradients(np.array([[1.0, 2.0]]), a, b, 3.0, np.array([[1.0, 0.0]]))
    true(is_pair(got), "the answer is a pair: first the gradient for a, then that for b")
    shape(got[0], (1, 2), "the gradient for a comes first and has the shape of a")
    close(got[0], [[3.0, 6.0]], "the gradient for a carries the scale and upstream through b")
    close(got[1], [[15.0], [0.0]], "the gradient for b pairs upstream with A x, times the scale")


@check(points=2, hint=1)
def outputs_for_any_layer(s, rng, reference):
    for _ in range(4):
        parts = layer(rng)
        close(
            s.forward(*parts),
            reference.forward(*parts),
            "the frozen output and the scaled product add up, for every row",
        )


@check(points=1, hint=2)
def the_scale_is_alpha_over_the_rank(s, rng, reference):
    x, weight, bias, a, b, alpha = layer(rng, rank=4)
    plain = x @ weight.T + bias
    once = numbers(s.forward(x, weight, bias, a, b, alpha), "rank 4 has outputs", shape=plain.shape)
    twice = s.forward(x, weight, bias, np.vstack([a, a]), np.hstack([b, b]), alpha)
    close(
        twice,
        once,
        "a matrix pair that is written twice has twice the rank and half the scale, so nothing "
        "changes",
    )
    close(once, reference.forward(x, weight, bias, a, b, alpha), "alpha is divided by the rank")


@check(points=1, hint=2)
def rank_zero_is_the_frozen_layer(s, rng, reference):
    x, weight, bias, a, b, alpha = layer(rng, rank=0)
    close(
        s.forward(x, weight, bias, a, b, alpha),
        x @ weight.T + bias,
        "at rank 0 nothing is added, and nothing is divided by 0",
    )
    got = s.gradients(x, a, b, alpha, rng.normal(size=(len(x), 13)))
    true(is_pair(got), "rank 0 still gives a pair")
    shape(got[0], (0, 10), "at rank 0 the gradient for a is empty, in the shape of a")
    shape(got[1], (13, 0), "at rank 0 the gradient for b is empty, in the shape of b")
    full = layer(rng, rank=2)
    close(s.forward(*full), reference.forward(*full), "rank 2 adds its product")


@check(points=2, hint=3)
def gradients_agree_with_small_steps(s, rng, reference):
    for _ in range(3):
        parts = layer(rng)
        x, _, _, a, b, alpha = parts
        upstream = rng.normal(size=(len(x), 13))
        got = s.gradients(x, a, b, alpha, upstream)
        true(is_pair(got), "each layer has a pair of gradients")
        grad_a = numbers(got[0], "the gradient for a has the shape of a", shape=a.shape)
        grad_b = numbers(got[1], "the gradient for b has the shape of b", shape=b.shape)
        for which, part in ((3, grad_a), (4, grad_b)):
            step = rng.normal(size=part.shape)
            close(
                np.sum(part * step),
                moved(reference, parts, upstream, which, step),
                "a small step in a or b changes the loss by the gradient times the step",
                relative=1e-5,
                absolute=1e-5,
            )


@check(points=1, hint=3)
def b_at_zero_lets_b_learn_first(s, rng, reference):
    x, _, _, a, b, alpha = layer(rng)
    upstream = rng.normal(size=(len(x), 13))
    got = s.gradients(x, a, np.zeros_like(b), alpha, upstream)
    true(is_pair(got), "a matrix b of zeros has a pair of gradients too")
    close(got[0], np.zeros(a.shape), "while b is zero nothing reaches a")
    expected = reference.gradients(x, a, b, alpha, upstream)[1]
    close(got[1], expected, "the gradient for b does not depend on b, so it can leave zero")


@check(points=1)
def ranks_must_agree(s, rng, reference):
    x, weight, bias, a, b, alpha = layer(rng, rank=3)
    upstream = rng.normal(size=(len(x), 13))
    for low, high in ((a[:1], b), (a, b[:, :1]), (a[:0], b), (a, b[:, :2])):
        raises(
            lambda low=low, high=high: s.forward(x, weight, bias, low, high, alpha),
            ValueError,
            "matrices of different ranks cannot be multiplied, so a ValueError says it",
        )
        raises(
            lambda low=low, high=high: s.gradients(x, low, high, alpha, upstream),
            ValueError,
            "gradients of matrices of different ranks do not exist, so a ValueError says it",
        )
    one = layer(rng, rank=1)
    close(s.forward(*one), reference.forward(*one), "rank 1 is enough")
