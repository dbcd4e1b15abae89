"""The encyclopaedia as one long row of tokens, and what counting makes of the same characters.

Documents follow each other with an end token between them, so every token is a target exactly once
and belongs to one document. Losses are kept per document: documents, not tokens, are drawn by
chance, and intervals over them need their sums.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lablib.data import load
from lablib.data.tokenization import train_bpe
from lablib.evaluation import Estimate, bootstrap
from lablib.evaluation.language import NGram, fit_ngram, gzip_bits_per_character

END = "</s>"
END_BYTE = 256  # ends a document in the row of bytes that n-grams count
BYTES = 257
GZIP_WINDOW = 32_768  # bytes that gzip looks back on
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Corpus:
    """Three parts of the documents, and the tokenizer that was trained on the first.

    Attributes
    ----------
    train, validation, test
        Documents; those of `train` in random order.
    tokenizer
        Byte-level BPE; token 0 ends a document.
    sha256
        Of the file that was read.
    """

    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]
    tokenizer: Any
    sha256: str

    @property
    def vocabulary(self) -> int:
        """V, the number of tokens."""
        return int(self.tokenizer.get_vocab_size())

    def tokens(self, texts: Sequence[str]) -> Tensor:
        """Return the end token, then each document followed by the end token: `(N,)`, int64."""
        rows = [np.zeros(1, dtype=np.int64)]
        for encoded in self.tokenizer.encode_batch_fast(list(texts)):
            rows += [np.array(encoded.ids, dtype=np.int64), np.zeros(1, dtype=np.int64)]
        return torch.from_numpy(np.concatenate(rows))


def read(*, vocabulary: int, seed: int = 0, sizes: Sequence[float] = (0.9, 0.05, 0.05)) -> Corpus:
    """Load the encyclopaedia, cut it by document, and train the tokenizer on the training part.

    Parameters
    ----------
    vocabulary
        V, at most.
    seed
        Of the split and of the order of training documents.
    sizes
        Shares of training, validation and test documents.
    """
    data = load("encyclopaedia")
    parts = data.split(seed=seed, sizes=sizes)
    order = np.random.default_rng(seed).permutation(len(parts.train))
    train = parts.train.take(order).texts
    tokenizer = train_bpe(train, vocabulary_size=vocabulary, special=(END,))
    sha256 = data.card.file_sha256 if data.card else ""
    return Corpus(train, parts.validation.texts, parts.test.texts, tokenizer, sha256)


def pieces(tokenizer: Any, texts: Sequence[str]) -> Counter[str]:
    """Count the pieces inside which a byte-level tokenizer merges, one character a byte.

    Parameters
    ----------
    tokenizer
        Cuts texts at spaces and between letters, digits and signs.

    Examples
    --------
    >>> pieces(train_bpe(["a b a b"], vocabulary_size=256, special=()), ["a b a"])
    Counter({'a': 1, 'Ġb': 1, 'Ġa': 1})
    """
    cut = tokenizer.pre_tokenizer.pre_tokenize_str
    return Counter(piece for text in texts for piece, _ in cut(text))


def merges(tokenizer: Any) -> list[tuple[str, str]]:
    """The pairs that a BPE tokenizer merges, first learned first.

    >>> merges(train_bpe(["aaab"] * 3, vocabulary_size=257, special=()))
    [('a', 'a')]
    """
    return [tuple(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]


def per_document(nats: Tensor | Floats, tokens: Tensor | NDArray[np.int64], end: int) -> Floats:
    """Sum the nats `(N,)` of all targets of each document, its end token included: `(documents,)`.

    Parameters
    ----------
    nats
        One a target.
    tokens
        The targets `(N,)`; a document ends with `end`.

    Examples
    --------
    >>> per_document(np.array([1.0, 2.0, 3.0]), np.array([7, 0, 0]), 0)
    array([3., 3.])
    """
    targets = np.asarray(tokens)
    ends = targets == end
    owners = np.cumsum(ends) - ends  # documents that ended before this token
    sums: Floats = np.bincount(owners, weights=np.asarray(nats, dtype=np.float64)).astype(float)
    return sums


def lengths(texts: Sequence[str]) -> Floats:
    """Characters of each text `(N,)`."""
    return np.array([len(text) for text in texts], dtype=np.float64)


def bits(nats: Any, characters: Any, axis: int = -1) -> Any:
    """Bits per character of all documents together; a long one weighs more than a short one.

    Parameters
    ----------
    nats, characters
        `(..., documents)`.
    """
    return np.sum(nats, axis=axis) / np.log(2) / np.sum(characters, axis=axis)


def estimate(nats: Floats, characters: Floats, *, resamples: int) -> Estimate:
    """Bits per character with a bootstrap interval over documents.

    Parameters
    ----------
    nats, characters
        `(documents,)`; a difference of two models' nats gives the interval of the difference.
    resamples
        Number of draws.
    """
    return bootstrap(bits, nats, characters, seed=0, n_resamples=resamples, vectorized=True)


def byte_row(texts: Sequence[str]) -> NDArray[np.int64]:
    """The UTF-8 bytes of each document followed by `END_BYTE`: `(N,)`.

    Bytes, because every character has some: a count model over characters gives none to a
    character it has not seen.

    >>> byte_row(["é", ""]).tolist()
    [195, 169, 256, 256]
    """
    ends = np.cumsum([len(text.encode()) for text in texts])
    whole = np.frombuffer("".join(texts).encode(), dtype=np.uint8).astype(np.int64)
    return np.insert(whole, ends, END_BYTE)


def gzip_nats(train: Sequence[str], test: Sequence[str]) -> Floats:
    """Nats of each test document in gzip, which has the end of the training text before it.

    gzip looks back on 32 kB, so that much of the training text is all that it can use. Each
    document is compressed by itself, its end included: `(documents,)`.

    Parameters
    ----------
    train, test
        Documents.

    Examples
    --------
    >>> known, new = gzip_nats(["abcdefgh" * 9, "xyz"], ["abcdefgh", "pqvwtuor"])
    >>> bool(known < new)
    True
    """
    kept: list[str] = []
    for text in reversed(train):
        if sum(map(len, kept)) >= GZIP_WINDOW:
            break
        kept.insert(0, text + "\n")
    before = "".join(kept)[-GZIP_WINDOW:]
    ended = [text + "\n" for text in test]
    bits_of = [gzip_bits_per_character(text, given=before) * len(text) for text in ended]
    nats: Floats = np.array(bits_of) * np.log(2)
    return nats


def best_ngram(
    train: NDArray[np.int64],
    validation: NDArray[np.int64],
    *,
    orders: Sequence[int],
    ks: Sequence[float],
    vocabulary: int = BYTES,
) -> NGram:
    """Fit an add-k n-gram for each order and k and keep the best on validation.

    Parameters
    ----------
    train, validation
        Rows of bytes from `byte_row`, or of tokens.
    orders, ks
        What is tried.
    vocabulary
        Numbers that a row may hold.
    """
    tried = []
    for order in orders:
        fitted = fit_ngram(train, order=order, vocabulary=vocabulary, k=ks[0])
        tried += [replace(fitted, k=k) for k in ks]
    return min(tried, key=lambda model: float(model.nats(validation).sum()))


def prefix(texts: Sequence[str], characters: float) -> tuple[str, ...]:
    """The first documents, the last one cut, that hold so many characters.

    >>> prefix(["abc", "defg", "h"], 5)
    ('abc', 'de')
    """
    kept, left = [], round(characters)
    for text in texts:
        if left <= 0:
            break
        kept.append(text[:left])
        left -= len(text)
    return tuple(kept)
