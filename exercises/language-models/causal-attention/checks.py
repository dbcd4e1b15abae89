"""Causal attention of one head: what it may see, how it weighs, and that it stays finite."""

import numpy as np

from lablib.exercises.checks import check, close, numbers, true


def head(rng, positions=None, width=None, values=None):
    """Random queries, keys (T, D) and values (T, E)."""
    positions = positions or int(rng.integers(4, 12))
    width = width or int(rng.integers(2, 9))
    values = values or int(rng.integers(2, 9))
    return (
        rng.normal(size=(positions, width)),
        rng.normal(size=(positions, width)),
        rng.normal(size=(positions, values)),
    )


@check(points=1, public=True, hint=2)
def worked_example(s):
    q, k = np.array([[1.0], [2.0]]), np.array([[0.0], [1.0]])
    v = np.array([[10.0], [20.0]])
    got = numbers(
        s.causal_attention(q, k, v), "there is one row of values a position", shape=(2, 1)
    )
    close(got[0], [10.0], "the first position sees itself alone, so it gets its own value")
    close(
        got[1], [18.8079708], "the second position weighs both values by the softmax", absolute=1e-6
    )


@check(points=1, public=True, hint=1)
def weights_sum_to_one(s):
    q, k = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]), np.eye(3)[:, :2]
    close(
        s.causal_attention(q, k, np.full((3, 1), 7.0)),
        np.full((3, 1), 7.0),
        "if every value is 7, so is every mean: the weights of a row sum to 1",
    )


@check(points=2, hint=2)
def a_later_key_moves_nothing(s, rng, reference):
    for _ in range(5):
        q, k, v = head(rng)
        at = int(rng.integers(1, len(k)))
        other = k.copy()
        other[at:] = 3 * rng.normal(size=other[at:].shape)
        before = s.causal_attention(q, k, v)
        after = numbers(
            s.causal_attention(q, other, v), "other keys give numbers too", shape=v.shape
        )
        close(
            after[:at],
            numbers(before, "random inputs give numbers", shape=v.shape)[:at],
            "a later key moves no earlier output, not even through the denominator",
        )
        close(
            after,
            reference.causal_attention(q, other, v),
            "the new key moves the outputs from its own position on as the softmax says",
        )


@check(points=1, hint=1)
def a_later_value_moves_nothing(s, rng, reference):
    for _ in range(5):
        q, k, v = head(rng)
        at = int(rng.integers(1, len(k)))
        other = v.copy()
        other[at:] += 5 * rng.normal(size=other[at:].shape)
        got = numbers(s.causal_attention(q, k, other), "other values give numbers", shape=v.shape)
        close(
            got[:at],
            reference.causal_attention(q, k, v)[:at],
            "a position reads its own value and earlier ones, no later one",
        )


@check(points=1, hint=1)
def each_position_sees_itself(s, rng, reference):
    for _ in range(3):
        q, k, v = head(rng)
        at = int(rng.integers(0, len(k)))
        other = v.copy()
        other[at] += 5
        got = numbers(s.causal_attention(q, k, other), "each row is numbers", shape=v.shape)
        close(
            got[at],
            reference.causal_attention(q, k, other)[at],
            "a position reads from itself as well as from earlier ones",
        )


@check(points=2, hint=3)
def the_width_sets_the_scale(s, rng, reference):
    for positions, width in (
        (3, 16),
        (12, 2),
        (int(rng.integers(5, 9)), int(rng.integers(20, 40))),
    ):
        q, k, v = head(rng, positions, width)
        close(
            s.causal_attention(q, k, v),
            reference.causal_attention(q, k, v),
            "scores are divided by the square root of D, the width of a query",
        )


@check(points=1, hint=4)
def large_scores_stay_finite(s, rng, reference):
    for scale in (60, 3000):
        q, k, v = head(rng, 8, 4)
        got = s.causal_attention(scale * q, k, v)
        values = numbers(got, "large scores give numbers, not nan", shape=v.shape)
        true(bool(np.isfinite(values).all()), "large scores give finite numbers")
        close(
            values,
            reference.causal_attention(scale * q, k, v),
            "subtract the largest score that a row may see; the softmax stays the same",
        )


@check(points=1)
def a_single_position_or_a_single_number(s, rng, reference):
    for shape in ((1, 3, 2), (5, 1, 1), (1, 1, 1), (6, 2, 9)):
        q, k, v = head(rng, *shape)
        close(
            s.causal_attention(q, k, v),
            reference.causal_attention(q, k, v),
            "one position, one number a head, or values wider than keys are no special case",
        )
