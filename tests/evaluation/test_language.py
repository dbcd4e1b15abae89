from __future__ import annotations

import gzip
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.evaluation.language import (
    bits_per_character,
    fit_ngram,
    gzip_bits_per_character,
)


def counted(
    train: list[int], held_out: list[int], *, order: int, vocabulary: int, k: float
) -> list[float]:
    """The definition with dictionaries: log (c(context, token) + k) / (c(context) + k V)."""

    def runs(tokens: list[int]) -> list[tuple[int | None, ...]]:
        padded = [None] * (order - 1) + tokens
        return [tuple(padded[i : i + order]) for i in range(len(tokens))]

    rows, contexts = Counter(runs(train)), Counter(run[:-1] for run in runs(train))
    return [
        -math.log((rows[run] + k) / (contexts[run[:-1]] + k * vocabulary)) for run in runs(held_out)
    ]


@settings(max_examples=50, deadline=None)
@given(
    train=st.lists(st.integers(0, 3), max_size=40),
    held_out=st.lists(st.integers(0, 3), min_size=1, max_size=12),
    order=st.integers(1, 4),
    k=st.floats(0.01, 5.0),
)
def test_it_is_the_count_in_a_dictionary(
    train: list[int], held_out: list[int], order: int, k: float
) -> None:
    model = fit_ngram(train, order=order, vocabulary=4, k=k)
    expected = counted(train, held_out, order=order, vocabulary=4, k=k)
    np.testing.assert_allclose(model.nats(held_out), expected)


@settings(max_examples=40, deadline=None)
@given(
    train=st.lists(st.integers(0, 4), max_size=40),
    context=st.lists(st.integers(0, 4), max_size=5),
    order=st.integers(1, 4),
)
def test_probabilities_sum_to_one_and_are_those_that_are_scored(
    train: list[int], context: list[int], order: int
) -> None:
    model = fit_ngram(train, order=order, vocabulary=5, k=0.1)
    chances = model.probabilities(context)
    assert chances.sum() == pytest.approx(1)
    assert model.nats([*context, 2])[-1] == pytest.approx(-math.log(chances[2]))


def test_one_gram_by_hand() -> None:
    model = fit_ngram([0, 0, 0, 1], order=1, vocabulary=2, k=1.0)
    assert np.exp(-model.nats([0, 1])) == pytest.approx([4 / 6, 2 / 6])


def test_what_is_never_seen_is_guessed_evenly() -> None:
    model = fit_ngram([0, 1, 0, 1], order=3, vocabulary=8, k=0.5)
    assert model.probabilities([5, 6]) == pytest.approx([1 / 8] * 8)


def test_a_longer_memory_helps_where_there_is_something_to_remember() -> None:
    text = [0, 0, 1, 1] * 200
    one, two, three = (
        fit_ngram(text[:400], order=order, vocabulary=2, k=0.01).nats(text[400:]).mean()
        for order in (1, 2, 3)
    )
    assert one == pytest.approx(math.log(2), abs=1e-3)
    assert two == pytest.approx(math.log(2), abs=0.01)  # after 0 comes 0 or 1 alike
    assert three < 0.01


def test_bits_by_hand() -> None:
    # 10 tokens at probability 1/4 for 40 characters: 20 bits for 40 characters.
    assert bits_per_character(10 * math.log(4), 40) == pytest.approx(0.5)
    assert bits_per_character(0.0, 3) == 0


def test_gzip_by_hand_and_with_text_before() -> None:
    text = "the cat sat on the mat. " * 3
    assert gzip_bits_per_character(text) == 8 * len(gzip.compress(text.encode(), 9)) / len(text)
    assert gzip_bits_per_character(text, given=text) < gzip_bits_per_character(text)
    # A character of two bytes is one character.
    assert gzip_bits_per_character("é" * 500) == pytest.approx(
        8 * len(gzip.compress(b"\xc3\xa9" * 500, 9)) / 500
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"order": 0}, "order=0"),
        ({"k": 0.0}, "k=0.0: .*positive"),
        ({"order": 40}, "order=40 with vocabulary=4 must fit in 64 bits.*order=27"),
        ({"vocabulary": 3}, "integers from 0 to 2"),
    ],
)
def test_bad_numbers_are_named(options: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fit_ngram([0, 1, 2, 3], **({"order": 2, "vocabulary": 4} | options))  # type: ignore[arg-type]


def test_the_largest_order_that_is_offered_fits() -> None:
    assert fit_ngram([0, 1, 2, 3], order=27, vocabulary=4).nats([3]).shape == (1,)


@pytest.mark.parametrize(("nats", "characters"), [(1.0, 0), (-1.0, 3), (math.nan, 3)])
def test_bits_of_nothing_are_refused(nats: float, characters: int) -> None:
    with pytest.raises(ValueError, match=f"nats={nats} and characters={characters}"):
        bits_per_character(nats, characters)


def test_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="is empty"):
        gzip_bits_per_character("")
