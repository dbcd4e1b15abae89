"""Scores of generated text against one reference each: exact match, and chrF.

chrF is the F-score of shared character n-grams (Popović, 2015), with beta = 2: recall counts twice
as much as precision. As in the reference implementation (Post, 2018), n-grams are counted over
the whole set, white space is left out, and an order of which either side has none is skipped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

ORDER = 6  # longest n-gram
BETA = 2.0  # weight of recall


def exact_matches(predicted: Sequence[str], references: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each text equals its reference, (N,); spaces around and within count as written.

    The mean is the share of texts that are wholly right, 0 to 1; `proportion` gives its interval.

    Raises
    ------
    ValueError
        If there are no texts or the two differ in number.

    >>> exact_matches(["狗脸", "狗"], ["狗脸", "狗脸"]).tolist()
    [True, False]
    """
    _same_number(predicted, references)
    return np.array([one == other for one, other in zip(predicted, references, strict=True)])


def chrf_counts(
    predicted: Sequence[str], references: Sequence[str], *, order: int = ORDER
) -> NDArray[np.int64]:
    """Counts of character n-grams, (N, order, 3): shared, in the prediction, in the reference.

    An n-gram is shared as often as the text that has it less often. Rows add up, so a score of
    any subset or resample is ``chrf_score(counts[rows])``.

    Parameters
    ----------
    predicted, references
        N texts each, in the same order.
    order
        Longest n-gram.

    Raises
    ------
    ValueError
        If there are no texts, the two differ in number, or `order` is below 1.

    >>> chrf_counts(["abc"], ["abd"], order=2)[0].tolist()
    [[2, 3, 3], [1, 2, 2]]
    """
    _same_number(predicted, references)
    if order < 1:
        raise ValueError(f"order is {order}; n-grams have at least one character, so use 6")
    rows = [
        [_overlap(_grams(one, n), _grams(other, n)) for n in range(1, order + 1)]
        for one, other in zip(predicted, references, strict=True)
    ]
    return np.array(rows, dtype=np.int64)


def chrf_score(counts: NDArray[Any], *, beta: float = BETA) -> float:
    """The chrF of summed counts: 0 if no character is shared, 1 if all n-grams are.

    Precision and recall are averaged over the orders, and only then joined:
    (1 + beta²) P R / (beta² P + R).

    Parameters
    ----------
    counts
        From `chrf_counts`, (N, order, 3), or already summed over texts, (order, 3).
    beta
        How many times as important recall is as precision.

    >>> round(chrf_score(chrf_counts(["abc"], ["abd"], order=2)), 4)
    0.5833
    """
    if beta <= 0:
        raise ValueError(f"beta is {beta}; it must be positive, and 2 is what chrF is quoted with")
    total = np.asarray(counts).reshape(-1, *np.shape(counts)[-2:]).sum(axis=0)  # (order, 3)
    shared, predicted, reference = total[(total[:, 1] > 0) & (total[:, 2] > 0)].T
    if not shared.sum():
        return 0.0
    precision, recall = np.mean(shared / predicted), np.mean(shared / reference)
    return float((1 + beta**2) * precision * recall / (beta**2 * precision + recall))


def chrf(
    predicted: Sequence[str],
    references: Sequence[str],
    *,
    order: int = ORDER,
    beta: float = BETA,
) -> float:
    """The chrF of a set of texts, 0 to 1; the literature often writes it times 100.

    Parameters
    ----------
    predicted, references, order
        As for `chrf_counts`.
    beta
        As for `chrf_score`.

    >>> chrf(["红色方块"], ["红色方块"]), chrf(["苹果"], ["方块"])
    (1.0, 0.0)
    """
    return chrf_score(chrf_counts(predicted, references, order=order), beta=beta)


def _grams(text: str, n: int) -> Counter[str]:
    """How often each run of `n` characters occurs, white space left out."""
    characters = "".join(text.split())
    return Counter(characters[i : i + n] for i in range(len(characters) - n + 1))


def _overlap(predicted: Counter[str], reference: Counter[str]) -> tuple[int, int, int]:
    return (predicted & reference).total(), predicted.total(), reference.total()


def _same_number(predicted: Sequence[str], references: Sequence[str]) -> None:
    if len(predicted) != len(references):
        raise ValueError(
            f"predicted has {len(predicted)} texts and references {len(references)}; "
            "give one reference for each text, in the same order"
        )
    if not len(predicted):
        raise ValueError("predicted holds no texts; a score needs at least one")
