"""Bits per character of a whole split and their paired difference, against per-token averages."""

import numpy as np

from lablib.exercises.checks import check, close, number, numbers, raises, true

LETTERS = list("abcdefghij éßø言語🙂")


def held_out(rng, n=None):
    """N texts of very different lengths, with nats under a coarse and a fine tokenizer."""
    n = n or int(rng.integers(6, 15))
    texts = ["".join(rng.choice(LETTERS, size=int(rng.integers(3, 120)))) for _ in range(n)]
    hard = rng.uniform(0.5, 2.5, n)
    fine = [rng.gamma(2.0, h / 2, size=len(text)) for h, text in zip(hard, texts, strict=True)]
    coarse = [
        rng.gamma(4.0, h * 0.9, size=max(1, len(text) // 3))
        for h, text in zip(hard, texts, strict=True)
    ]
    return coarse, fine, texts


@check(points=1, public=True, hint=2)
def worked_example(s):
    nats = [np.array([2.0, 1.0]), np.array([3.0])]
    got = number(s.bits_per_character(nats, ["abcd", "é!"]), "bits per character are one number")
    close(got, 1.4426950, "six nats are 8.66 bits, on six characters", absolute=1e-6)


@check(points=1, public=True, hint=3)
def two_copies_of_one_model(s):
    nats = [np.array([2.0, 1.0]), np.array([3.0]), np.array([0.5, 0.1, 4.0])]
    drawn = np.array([[0, 1, 2], [0, 0, 2], [1, 2, 2]])
    close(
        s.difference(nats, nats, ["abcd", "e!", "xyz"], drawn),
        (0, 0, 0),
        "two copies of one model differ by nothing on any draw of texts",
    )


@check(points=1, hint=1)
def the_tokenizer_does_not_matter(s, rng, reference):
    for _ in range(3):
        _, fine, texts = held_out(rng)
        merged = [np.add.reduceat(row, np.arange(0, len(row), 4)) for row in fine]
        expected = reference.bits_per_character(fine, texts)
        for nats in (fine, merged):
            close(
                s.bits_per_character(nats, texts),
                expected,
                "joining four tokens to one, with the sum of their nats, changes nothing",
            )


@check(points=1, hint=2)
def long_texts_weigh_more(s, rng, reference):
    coarse, _, texts = held_out(rng)
    coarse, texts = [*coarse, np.full(900, 4.0)], [*texts, "x" * 1000]
    close(
        s.bits_per_character(coarse, texts),
        reference.bits_per_character(coarse, texts),
        "sum over all texts before dividing; do not average the averages of texts",
    )


@check(points=1, hint=2)
def characters_not_bytes(s, rng, reference):
    coarse, _, texts = held_out(rng)
    texts = [text + "言語é🙂" * 5 for text in texts]
    close(
        s.bits_per_character(coarse, texts),
        reference.bits_per_character(coarse, texts),
        "characters are what `len` counts, also where one takes several bytes",
    )


@check(points=1, hint=3)
def a_text_is_drawn_with_its_characters(s, rng, reference):
    for _ in range(3):
        coarse, fine, texts = held_out(rng)
        drawn = rng.integers(0, len(texts), size=(200, len(texts)))
        got = numbers(
            s.difference(coarse, fine, texts, drawn),
            "the answer is three numbers: value, low, high",
            shape=(3,),
        )
        true(got[1] <= got[2], "low stands before high")
        close(
            got,
            reference.difference(coarse, fine, texts, drawn),
            "each resample divides the nats of the drawn texts by the characters of the same texts",
        )


@check(points=1, hint=3)
def texts_are_paired(s, rng, reference):
    coarse, _, texts = held_out(rng, n=12)
    better = [row * rng.uniform(0.9, 0.95) for row in coarse]
    drawn = rng.integers(0, 12, size=(300, 12))
    got = numbers(s.difference(coarse, better, texts, drawn), "three numbers", shape=(3,))
    expected = reference.difference(coarse, better, texts, drawn)
    close(got[1:], expected[1:], "both models are read on the same drawn texts, one by one")


@check(points=1, hint=3)
def order_of_the_models(s, rng, reference):
    coarse, fine, texts = held_out(rng)
    drawn = rng.integers(0, len(texts), size=(100, len(texts)))
    close(
        s.difference(fine, coarse, texts, drawn),
        reference.difference(fine, coarse, texts, drawn),
        "positive means that A needs more bits than B",
    )


@check(points=1, hint=4)
def the_resamples_are_those_given(s, rng, reference):
    coarse, fine, texts = held_out(rng)
    for resamples in (1, 7, 400):
        drawn = rng.integers(0, len(texts), size=(resamples, len(texts)))
        close(
            s.difference(coarse, fine, texts, drawn),
            reference.difference(coarse, fine, texts, drawn),
            "the ends are the quantiles of 2.5 % and 97.5 % over the rows of `drawn`",
        )


@check(points=1)
def every_text_needs_its_nats(s, rng, reference):
    coarse, fine, texts = held_out(rng)
    for nats, some in ((coarse[:-1], texts), (coarse, texts[:-1])):
        raises(
            lambda nats=nats, some=some: s.bits_per_character(nats, some),
            ValueError,
            "a text without nats, or nats without a text, is a ValueError and not a cut",
        )
    raises(
        lambda: s.bits_per_character([np.array([1.0]), np.array([2.0])], ["", ""]),
        ValueError,
        "without a character there is nothing to divide by, so a ValueError says it",
    )
    drawn = np.arange(len(texts))[None, :]
    for a, b in ((coarse[:-1], fine), (coarse, fine[:-1])):
        raises(
            lambda a=a, b=b: s.difference(a, b, texts, drawn),
            ValueError,
            "both models must have been read on every text",
        )
    close(
        s.bits_per_character([*coarse, np.array([1.0])], [*texts, ""]),
        reference.bits_per_character([*coarse, np.array([1.0])], [*texts, ""]),
        "one empty text among others is no error",
    )
