"""How well a model of language predicts: bits per character, and two yardsticks without a network.

Losses per token do not compare between tokenizers, whose tokens differ in length; bits per
character of the same text do. Add-k n-grams (Lidstone smoothing; Jurafsky and Martin, chapter 3)
and gzip say what counting and repetition alone achieve.
"""

from __future__ import annotations

import gzip
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Sorted distinct numbers, and how often each was seen. No docstring: Sphinx would file the alias
# under the module of `tuple`, whose page the site does not have.
Counts = tuple[NDArray[np.int64], NDArray[np.int64]]


def bits_per_character(nats: float, characters: int) -> float:
    """Return the bits that a model spends on a character of a text.

    0 means that the text held no surprise; log2 of the number of characters is what guessing
    evenly costs. English prose takes human readers about 1 (Shannon, 1951).

    Parameters
    ----------
    nats
        Sum over the text's tokens of minus the natural logarithm of their probability.
    characters
        Length of the same text.

    Raises
    ------
    ValueError
        If `characters` is below 1 or `nats` is negative or not finite.

    Examples
    --------
    >>> round(bits_per_character(math.log(2) * 8, 4), 6)
    2.0
    """
    if characters < 1 or not (math.isfinite(nats) and nats >= 0):
        raise ValueError(
            f"nats={nats} and characters={characters}: nats must be at least 0 and finite, and "
            "the text at least one character; pass the sum over tokens, not a mean"
        )
    return nats / math.log(2) / characters


def gzip_bits_per_character(text: str, *, given: str = "") -> float:
    """Return the bits a character takes in gzip at its best level.

    Parameters
    ----------
    text
        What is compressed, as UTF-8.
    given
        Text that comes first and is paid for by someone else; gzip looks back on 32 kB of it.

    Raises
    ------
    ValueError
        If `text` is empty.

    Examples
    --------
    >>> gzip_bits_per_character("ab" * 5_000) < 0.1
    True
    """
    if not text:
        raise ValueError("text must hold a character and is empty; check the split")
    before, whole = (
        len(gzip.compress(part.encode(), 9, mtime=0)) for part in (given, given + text)
    )
    return 8 * (whole - (before if given else 0)) / len(text)


@dataclass(frozen=True)
class NGram:
    """Counts of n tokens in a row; from `fit_ngram`.

    Attributes
    ----------
    order
        n: a token is predicted from the n - 1 before it.
    vocabulary
        V, the number of tokens.
    k
        Added to every count, so that nothing is impossible.
    rows, contexts
        Each run of n tokens, and of the n - 1 that come first, as one number, with its count.
    """

    order: int
    vocabulary: int
    k: float
    rows: Counts
    contexts: Counts

    def nats(self, tokens: ArrayLike) -> NDArray[np.float64]:
        """Return minus the log-probability `(N,)` of each token, the first ones included.

        Parameters
        ----------
        tokens
            `(N,)`, integers from 0 to V - 1.

        Raises
        ------
        ValueError
            If a token is out of range.
        """
        rows = _rows(tokens, self.order, self.vocabulary)
        seen = _lookup(self.rows, rows)
        base = _lookup(self.contexts, rows // (self.vocabulary + 1))
        probability = (seen + self.k) / (base + self.k * self.vocabulary)
        return -np.log(probability)

    def probabilities(self, context: ArrayLike) -> NDArray[np.float64]:
        """Return the probabilities `(V,)` of the next token after `context`, which sum to 1.

        Parameters
        ----------
        context
            `(T,)`, the text so far; its last n - 1 tokens count.
        """
        before = np.asarray(context, dtype=np.int64)
        after = np.arange(self.vocabulary)
        last = _rows(np.append(before, 0), self.order, self.vocabulary)[-1]
        seen = _lookup(self.rows, last + after)
        base = _lookup(self.contexts, last[None] // (self.vocabulary + 1))
        return (seen + self.k) / (base + self.k * self.vocabulary)


def fit_ngram(tokens: ArrayLike, *, order: int, vocabulary: int, k: float = 0.01) -> NGram:
    """Count runs of `order` tokens.

    Parameters
    ----------
    tokens
        `(N,)`, integers from 0 to V - 1.
    order
        n; 1 counts single tokens.
    vocabulary
        V, the number of tokens.
    k
        Added to every count: large ones flatten; choose it on validation text.

    Raises
    ------
    ValueError
        If a number or token is out of range, or (V + 1) ** order is beyond 64 bits.

    Examples
    --------
    >>> model = fit_ngram([0, 1, 0, 1, 0], order=2, vocabulary=2, k=1.0)
    >>> model.probabilities([0])  # after 0 came 1 twice: (0 + 1, 2 + 1) / (2 + 2)
    array([0.25, 0.75])
    """
    if order < 1 or vocabulary < 1 or not (k > 0 and math.isfinite(k)):
        raise ValueError(
            f"order={order}, vocabulary={vocabulary} and k={k}: the first two must be at least 1, "
            "k positive and finite; pass e.g. order=5, k=0.01"
        )
    if order * math.log2(vocabulary + 1) >= 63:
        raise ValueError(
            f"order={order} with vocabulary={vocabulary} must fit in 64 bits and does not; "
            f"pass order={int(62.99 / math.log2(vocabulary + 1))} at most"
        )
    rows = _rows(tokens, order, vocabulary)
    return NGram(order, vocabulary, k, _count(rows), _count(rows // (vocabulary + 1)))


def _rows(tokens: ArrayLike, order: int, vocabulary: int) -> NDArray[np.int64]:
    """Write each token with the `order - 1` before it as one number of base V + 1.

    The digit V stands for the place before the first token.
    """
    values = np.asarray(tokens, dtype=np.int64)
    if values.ndim != 1 or (len(values) and not 0 <= values.min() <= values.max() < vocabulary):
        raise ValueError(
            f"tokens must be one row of integers from 0 to {vocabulary - 1}; check vocabulary"
        )
    padded = np.concatenate([np.full(order - 1, vocabulary), values])
    rows = np.zeros(len(values), dtype=np.int64)
    for place in range(order):
        rows = rows * (vocabulary + 1) + padded[place : place + len(values)]
    return rows


def _count(rows: NDArray[np.int64]) -> Counts:
    distinct, counts = np.unique(rows, return_counts=True)
    return distinct, counts.astype(np.int64)


def _lookup(counts: Counts, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how often each row was counted, 0 for those never seen."""
    distinct, seen = counts
    if not len(distinct):
        return np.zeros(len(rows), dtype=np.int64)
    places = np.searchsorted(distinct, rows).clip(max=len(distinct) - 1)
    found: NDArray[np.int64] = np.where(distinct[places] == rows, seen[places], 0)
    return found
