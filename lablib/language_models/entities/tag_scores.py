"""What is measured of a tagger: each quantity as a ratio of counts a sentence, so it resamples.

A ratio is a pair (numerators, denominators), each (N,): F1 is 2 * correct over predicted + gold,
recall is found over gold, token micro-F1 is words right over words.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lablib.data.tagged import TaggedData
from lablib.evaluation import Estimate, Interval, bootstrap, over_splits
from lablib.evaluation.entities import entities, entity_counts
from lablib.language_models.entities.tag_baselines import surface

Ratio = tuple[NDArray[np.int64], NDArray[np.int64]]
Tags = Sequence[Sequence[str]]


def ratio(numerators: ArrayLike, denominators: ArrayLike, axis: int = -1) -> Any:
    """Sum over sum along `axis`; 0 where nothing was counted.

    Parameters
    ----------
    numerators, denominators : array_like
        Counts, one a sentence.
    axis : int
        Sentences lie along it.
    """
    return np.sum(numerators, axis=axis) / np.maximum(np.sum(denominators, axis=axis), 1)


def difference(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, axis: int = -1) -> Any:
    """Ratio a/b minus ratio c/d of the same sentences.

    Parameters
    ----------
    a, b, c, d : array_like
        Counts, one a sentence; a over b is the first ratio.
    axis : int
        Sentences lie along it.
    """
    return ratio(a, b, axis) - ratio(c, d, axis)


def estimate(
    runs: Sequence[Sequence[NDArray[np.int64]]], statistic: Any = ratio, *, shared: float = 0.0
) -> Estimate:
    """The mean over seeds with its Student interval; of one seed, a bootstrap over sentences.

    Where the seeds split one data set, two results are correlated. Nadeau and Bengio (2003) take
    as correlation rho the share of a test part that stands in another one too, which widens the
    variance of a mean of S results from 1/S to 1/S + rho / (1 - rho). Their parts exhaust the N
    rows, so rho is test / (train + test) and the second term test / train. Here only some rows are
    used: two test parts share test / N, so the term is test / (N - test). What common training
    sentences add is left out, as it is there.

    Parameters
    ----------
    runs
        One a seed: the arrays that `statistic` takes.
    statistic : callable
        `ratio` or `difference`.
    shared
        rho, at least 0 and below 1; 0 for one fixed test part.

    >>> one = (np.array([1, 0, 1]), np.array([1, 1, 1]))
    >>> estimate([one, one]).n, estimate([one]).n
    (2, 3)
    """
    if len(runs) == 1:
        return bootstrap(statistic, *runs[0], seed=0, vectorized=True)
    values = [float(statistic(*run)) for run in runs]
    found = over_splits(values, test_over_train=shared / (1 - shared))
    return found if statistic is difference else within(found)


def within(found: Estimate) -> Estimate:
    """The estimate of a share, its interval cut at 0 and 1."""
    low, high = max(found.interval.low, 0.0), min(found.interval.high, 1.0)
    return replace(found, interval=Interval(min(low, found.value), max(high, found.value)))


def ratios(gold: Tags, guess: Tags) -> dict[str, Ratio]:
    """F1, precision, recall, F1 with broken sequences repaired, and token micro-F1.

    Parameters
    ----------
    gold, guess
        IOB2 tags of N sentences.
    """
    correct, named, there = entity_counts(gold, guess).T
    right, said, real = entity_counts(gold, guess, repair=True).T
    hits = np.array([sum(map(str.__eq__, t, g)) for t, g in zip(gold, guess, strict=True)])
    return {
        "f1": (2 * correct, named + there),
        "precision": (correct, named),
        "recall": (correct, there),
        "repaired-f1": (2 * right, said + real),
        "token-f1": (hits, np.array([len(tags) for tags in gold])),
    }


def of_type(gold: Tags, guess: Tags, kind: str) -> dict[str, Ratio]:
    """F1, precision and recall of one type.

    Parameters
    ----------
    gold, guess
        IOB2 tags of N sentences.
    kind
        The type; all others count as O.
    """
    only = [[_only(tags, kind) for tags in side] for side in (gold, guess)]
    scores = ratios(*only)
    return {name: scores[name] for name in ("f1", "precision", "recall")}


def seen_and_unseen(
    data: TaggedData, guess: Tags, known: Collection[tuple[str, ...]]
) -> dict[str, Ratio]:
    """Recall on entities whose words stood as an entity in training, and on all others.

    Parameters
    ----------
    data
        Test sentences with their tags.
    guess
        What the tagger said.
    known
        Entities of the training sentences, as `known_entities` gives them.
    """
    counts = np.zeros((len(data), 4), dtype=np.int64)  # seen found, seen, unseen found, unseen
    for row, (words, tags, said) in enumerate(zip(data.sentences, data.tags, guess, strict=True)):
        named = set(entities(said))
        for entity in entities(tags):
            column = 0 if surface(words[entity.start : entity.end]) in known else 2
            counts[row, column : column + 2] += (entity in named, 1)
    seen_found, seen, new_found, new = counts.T
    return {
        "seen-recall": (seen_found, seen),
        "unseen-recall": (new_found, new),
        "unseen-share": (new, seen + new),
    }


def _only(tags: Sequence[str], kind: str) -> list[str]:
    return [tag if tag[2:] == kind else "O" for tag in tags]
