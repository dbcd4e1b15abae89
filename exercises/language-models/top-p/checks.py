"""Temperature and nucleus filtering of next-token logits."""

import numpy as np

from lablib.exercises.checks import check, close, numbers, raises, true


def logits_of(rng, n=None, spread=2.0):
    """Logits of N tokens with no two alike, in no order."""
    n = n or int(rng.integers(5, 40))
    return rng.permutation(np.linspace(-spread, spread, n)) + rng.uniform(-0.01, 0.01, n)


@check(points=1, public=True, hint=1)
def worked_example(s):
    got = numbers(
        s.next_token(np.log([0.5, 0.3, 0.15, 0.05]), 1.0, 0.6),
        "there is one probability a token",
        shape=(4,),
    )
    close(got.sum(), 1.0, "the probabilities that are left sum to 1")
    close(
        got, [0.625, 0.375, 0, 0], "two tokens are needed to reach 0.6; they share 1 as 0.5 to 0.3"
    )


@check(points=1, public=True, hint=4)
def nothing_to_do(s):
    p = np.array([0.1, 0.2, 0.7])
    close(
        s.next_token(np.log(p), 1.0, 1.0),
        p,
        "temperature 1 and top_p 1 leave the model's own distribution",
    )


@check(points=1, hint=4)
def temperature_sharpens_and_flattens(s, rng, reference):
    for temperature in (0.3, 0.7, 2.0, float(rng.uniform(0.5, 3))):
        logits = logits_of(rng)
        close(
            s.next_token(logits, temperature, 1.0),
            reference.next_token(logits, temperature, 1.0),
            "logits are divided by the temperature before the softmax",
        )


@check(points=2, hint=2)
def the_smallest_set_that_reaches_p(s, rng, reference):
    for top_p in (0.05, 0.5, 0.9, float(rng.uniform(0.2, 0.95))):
        logits = logits_of(rng)
        got = numbers(s.next_token(logits, 1.0, top_p), "there is one a token", shape=logits.shape)
        expected = reference.next_token(logits, 1.0, top_p)
        true(
            int((got > 0).sum()) == int((expected > 0).sum()),
            "the token with which the sum reaches top_p is the last one kept",
        )
        close(got, expected, "those kept stand at their own place and are divided by their sum")


@check(points=1, hint=4)
def temperature_comes_first(s, rng, reference):
    for temperature in (0.5, 1.8):
        logits = logits_of(rng, n=30)
        close(
            s.next_token(logits, temperature, 0.8),
            reference.next_token(logits, temperature, 0.8),
            "the nucleus is chosen from the probabilities at the given temperature",
        )


@check(points=1, hint=3)
def equal_tokens_in_order(s, rng, reference):
    # Probabilities of 1/8 and 1/64 are exact, and so are their sums.
    for n, top_p in ((8, 0.125), (8, 0.5), (64, 0.375), (64, 0.75)):
        close(
            s.next_token(np.full(n, float(rng.integers(-3, 4))), 1.0, top_p),
            reference.next_token(np.zeros(n), 1.0, top_p),
            "among equal tokens the smaller number comes first, and a sum equal to top_p is enough",
        )
    for top_p in (21.5 / 64, 44.5 / 64):
        logits = rng.permutation(np.repeat([0.0, -np.log(2)], [16, 32]))
        close(
            s.next_token(logits, 1.0, top_p),
            reference.next_token(logits, 1.0, top_p),
            "equal tokens keep the order of their numbers, also among many",
        )


@check(points=1, hint=1)
def temperature_zero_is_greedy(s, rng, reference):
    for top_p in (1.0, float(rng.uniform(0.1, 0.9))):
        logits = np.append(logits_of(rng), 5.0)
        twice = rng.permutation(np.append(logits, 5.0))
        for row in (logits, twice):
            close(
                s.next_token(row, 0, top_p),
                reference.next_token(row, 0, top_p),
                "at temperature 0 the first most probable token gets everything",
            )


@check(points=1)
def large_and_infinite_logits(s, rng, reference):
    logits = logits_of(rng, n=12)
    for shift in (0.0, 9000.0, -9000.0):
        row = logits + shift
        row[int(rng.integers(0, 12))] = -np.inf
        for top_p in (0.7, 1.0):
            close(
                numbers(
                    s.next_token(row, 0.8, top_p), "large logits give numbers, not nan", shape=(12,)
                ),
                reference.next_token(row, 0.8, top_p),
                "adding one number to all logits changes nothing, and -inf has probability 0",
                absolute=1e-8,
            )


@check(points=1)
def arguments_out_of_range(s, rng, reference):
    logits = logits_of(rng)
    for temperature, top_p in ((-0.5, 0.9), (1.0, 0.0), (1.0, -0.2), (1.0, 1.2), (0, 1.5)):
        raises(
            lambda t=temperature, p=top_p: s.next_token(logits, t, p),
            ValueError,
            "a negative temperature or a top_p outside (0, 1] is a ValueError",
        )
    close(
        s.next_token(logits, 0.01, 0.01),
        reference.next_token(logits, 0.01, 0.01),
        "small values are allowed",
    )
