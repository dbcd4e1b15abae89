"""The 80/10/10 rule, exact on given draws: who is chosen, what is seen, what is a label."""

import numpy as np

from lablib.exercises.checks import check, equal, raises, true

MASK = 3


def batch(rng, shape=(5, 12)):
    """A random batch: tokens, eligible, draw, fate, noise."""
    tokens = rng.integers(4, 50, shape)
    eligible = rng.random(shape) < 0.8
    tokens[~eligible] = 0
    return tokens, eligible, rng.random(shape), rng.random(shape), rng.integers(50, 90, shape)


def two(answer):
    """What is seen and the labels, as nested lists."""
    parts = isinstance(answer, tuple | list) and len(answer) == 2
    true(parts, "the answer is two arrays: what the model sees, and the labels")
    return [np.asarray(part).tolist() for part in answer]


@check(points=1, public=True, hint=1)
def worked_example(s):
    tokens = np.array([[11, 12, 13, 14, 0]])
    draw = np.array([[0.1, 0.1, 0.1, 0.9, 0.1]])
    fate = np.array([[0.5, 0.85, 0.95, 0.5, 0.5]])
    noise = np.array([[21, 22, 23, 24, 25]])
    seen, labels = two(s.hide_tokens(tokens, tokens > 0, draw, fate, noise, MASK, 0.15))
    equal(seen, [[3, 22, 13, 14, 0]], "chosen tokens are masked, replaced or kept by their fate")
    equal(labels, [[11, 12, 13, -100, -100]], "labels are the chosen tokens, and -100 elsewhere")


@check(points=1, public=True, hint=3)
def a_token_that_stays_is_still_predicted(s):
    one = np.array([[7]])
    seen, labels = two(
        s.hide_tokens(one, one > 0, np.array([[0.0]]), np.array([[0.99]]), one + 1, MASK, 0.5)
    )
    equal(seen, [[7]], "a chosen token with a fate of 0.9 or more stays in view")
    equal(labels, [[7]], "a chosen token has a label even if it stays in view")


@check(points=2, hint=2)
def what_is_seen(s, rng, reference):
    for share in (0.15, 0.6, 1.0):
        drawn = batch(rng)
        seen, _ = two(s.hide_tokens(*drawn, MASK, share))
        expected, _ = two(reference.hide_tokens(*drawn, MASK, share))
        equal(seen, expected, "the model sees 80 % masks, 10 % noise and 10 % true tokens")


@check(points=2, hint=3)
def what_is_predicted(s, rng, reference):
    for share in (0.15, 0.6, 1.0):
        drawn = batch(rng)
        _, labels = two(s.hide_tokens(*drawn, MASK, share))
        _, expected = two(reference.hide_tokens(*drawn, MASK, share))
        equal(labels, expected, "labels hold the true tokens that were chosen, and nothing else")


@check(points=2, hint=1)
def nothing_else_is_touched(s, rng):
    tokens, eligible, draw, fate, noise = batch(rng)
    seen, labels = two(s.hide_tokens(tokens, eligible & False, draw, fate, noise, MASK, 1.0))
    equal(seen, tokens.tolist(), "a token that is not eligible is never changed")
    true(np.all(np.array(labels) == -100), "a token that is not eligible is never predicted")
    everything = np.ones_like(eligible)
    _, labels = two(s.hide_tokens(tokens, everything, draw, fate, noise, MASK, 1.0))
    equal(labels, tokens.tolist(), "with a share of 1 every eligible token is predicted")


@check(points=1, hint=2)
def the_borders(s, rng, reference):
    tokens = rng.integers(4, 50, (1, 4))
    draw = np.array([[0.25, 0.1, 0.1, 0.1]])
    fate = np.array([[0.1, 0.8, 0.9, 0.79]])
    given = (tokens, tokens > 0, draw, fate, tokens + 100, MASK, 0.25)
    expected = two(reference.hide_tokens(*given))
    equal(two(s.hide_tokens(*given)), expected, "below means below: share, 0.8 and 0.9 are not")


@check(points=1)
def share_is_a_share(s, rng, reference):
    drawn = batch(rng)
    for share in (0.0, -0.1, 1.1):
        raises(
            lambda share=share: s.hide_tokens(*drawn, MASK, share),
            ValueError,
            "a share of 0 or less, or above 1, is refused with a ValueError",
        )
    expected = two(reference.hide_tokens(*drawn, 2, 0.3))
    equal(two(s.hide_tokens(*drawn, 2, 0.3)), expected, "another mask token and share work")
