"""Estimates of the translation experiment, and the names and maps that it shows.

Variants of one name stand or fall together, so a bootstrap over test names draws whole concepts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lablib.data.pair import PairData
from lablib.evaluation import Estimate, bootstrap, over_splits
from lablib.language_models.translation.alignment import attention_map
from lablib.language_models.translation.name_pairs import words
from lablib.language_models.translation.runs import SYSTEMS, OneRun


def concepts_of(pairs: PairData) -> NDArray[np.int64]:
    """The concept of each pair, (N,): equal for variants of one name."""
    if pairs.groups is None:
        raise ValueError(f"{pairs.name} has no groups; variants of one name must share one")
    return pairs.groups


def by_concept(
    statistic: Callable[..., float],
    concepts: NDArray[np.int64],
    *rows: NDArray[Any],
    n_resamples: int = 1000,
) -> Estimate:
    """Bootstrap over concepts: the rows of one are summed and drawn together.

    Parameters
    ----------
    statistic
        Takes the sums of as many concepts as there are, one array for each of `rows`.
    concepts
        (N,) concept of each row.
    rows
        Arrays (N, ...), such as whether a name is right, and 1 for each name.

    >>> right, ones = np.array([1, 1, 0]), np.ones(3)
    >>> by_concept(share, np.array([7, 7, 8]), right, ones).n
    2
    """
    _, place = np.unique(concepts, return_inverse=True)
    sums = []
    for values in rows:
        total = np.zeros((place.max() + 1, *values.shape[1:]))
        np.add.at(total, place, values)
        sums.append(total)
    return bootstrap(statistic, *sums, seed=0, n_resamples=n_resamples)


def mean_by_concept(
    concepts: NDArray[np.int64], values: NDArray[Any], *, n_resamples: int = 1000
) -> Estimate:
    """Mean of `values`, with its bootstrap interval over concepts.

    Parameters
    ----------
    concepts
        (N,) concept of each value.
    values
        (N,) numbers or booleans.
    n_resamples
        Draws of the bootstrap.
    """
    return by_concept(share, concepts, values, np.ones(len(values)), n_resamples=n_resamples)


def share(part: NDArray[Any], whole: NDArray[Any]) -> float:
    """Sum of `part` over sum of `whole`."""
    return float(part.sum() / whole.sum())


def overlap_of(found: Sequence[OneRun]) -> float:
    """Test rows over training rows, for the interval over splits."""
    return len(found[0].parts.test) / len(found[0].parts.train)


def over(values: Sequence[Any], overlap: float) -> Estimate:
    """Mean over seeds with the interval that allows for overlapping splits."""
    return over_splits([float(value) for value in values], test_over_train=overlap)


def row_of(estimate: Estimate, name: str = "value") -> dict[str, float]:
    """Columns of a table: `name`, `name.low`, `name.high`."""
    ends = estimate.interval
    return {name: estimate.value, f"{name}.low": ends.low, f"{name}.high": ends.high}


def listed(one: OneRun, rng: np.random.Generator, *, rows: int) -> list[dict[str, str]]:
    """Test names drawn by chance, with what is true and what each system wrote.

    Parameters
    ----------
    one
        A finished run.
    rng
        Where the draw comes from.
    rows
        How many names, at most.
    """
    test = one.parts.test
    return [
        {
            "name": test.sources[place],
            "true": test.targets[place],
            **{system: one.answers[system].written[place] for system in SYSTEMS},
        }
        for place in rng.choice(len(test), min(rows, len(test)), replace=False)
    ]


def maps(one: OneRun, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Attention to two right names drawn by chance: one with a skin tone, one without."""
    right, toned = one.answers["translator"].exact, one.toned
    length = np.array([len(words(name)) for name in one.parts.test.sources])
    found = []
    for fits in (right & toned & (length == 5), right & ~toned & (length >= 3)):
        place = int(rng.choice(np.flatnonzero(fits if fits.any() else length >= 2)))
        name, true = one.parts.test.sources[place], one.parts.test.targets[place]
        found.append(
            {
                "words": [*words(name), "(end)"],
                "characters": [*true, "(end)"],
                "weights": np.round(attention_map(one.translator, name, true), 4).tolist(),
            }
        )
    return found
