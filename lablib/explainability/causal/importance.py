"""Importance of features by what goes with them, and by what happens when they are set.

Shapley values of a linear score under two readings of "the other features are absent" (Janzing,
Minorics and Bloebaum, AISTATS 2020). *Observational*: absent ones take the mean that fits the
present ones. *Interventional*: absent ones take their plain mean, as if the present ones were set
by hand. For a linear score both are matrices, so there is nothing to sample.
"""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Reading = Literal["observational", "interventional"]
MOST_FEATURES = 12


def shares(weights: ArrayLike, covariance: ArrayLike, *, reading: Reading) -> Floats:
    """Matrix (F, F) that turns an input into its Shapley values: `shares @ (x - mean)`.

    Parameters
    ----------
    weights : array_like, shape (F,)
        Of the linear score.
    covariance : array_like, shape (F, F)
        Of the features. Means given others are taken to be linear, as they are for normal ones.
    reading : str
        `observational` or `interventional`; both agree if the features do not go together.

    >>> both = np.array([[1.0, 0.9], [0.9, 1.0]])
    >>> shares([1.0, 0.0], both, reading="observational")[1]  # the score ignores feature 1
    array([0.  , 0.45])
    >>> shares([1.0, 0.0], both, reading="interventional")[1]
    array([0., 0.])
    """
    w, sigma = np.asarray(weights, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    features = len(w)
    if sigma.shape != (features, features) or features > MOST_FEATURES:
        raise ValueError(
            f"weights and covariance have shapes {w.shape}, {sigma.shape}; give (F,) and (F, F) "
            f"with F up to {MOST_FEATURES}, since all sets of features are gone through"
        )
    if reading not in ("observational", "interventional"):
        raise ValueError(f"reading is {reading!r}; use 'observational' or 'interventional'")
    if reading == "interventional":  # others stay at their mean, whoever is present
        return np.diag(w)
    every = range(features)
    given = {
        frozenset(present): _expected(w, sigma, present)
        for size in range(features + 1)
        for present in combinations(every, size)
    }
    found = np.zeros((features, features))
    for present, before in given.items():
        for arrives in set(every) - present:
            added = given[present | {arrives}] - before
            found[arrives] += added / features / comb(features - 1, len(present))
    return found


def importance(weights: ArrayLike, rows: ArrayLike, *, reading: Reading) -> Floats:
    """Mean size of each feature's Shapley value over the rows (F,).

    Parameters
    ----------
    weights : array_like, shape (F,)
        Of the linear score.
    rows : array_like, shape (N, F)
        Inputs; their mean and covariance stand for the population.
    reading : str
        As for `shares`.
    """
    x = np.asarray(rows, dtype=np.float64)
    centred = x - x.mean(0)
    matrix = shares(weights, np.cov(x, rowvar=False), reading=reading)
    size: Floats = np.abs(centred @ matrix.T).mean(0)
    return size


def _expected(w: Floats, sigma: Floats, present: tuple[int, ...]) -> Floats:
    """Coefficients (F,) of the expected score, over its mean, given the features present."""
    known, absent = list(present), [f for f in range(len(w)) if f not in present]
    coefficients = np.zeros(len(w))
    coefficients[known] = w[known]
    if known and absent:
        follows = np.linalg.solve(sigma[np.ix_(known, known)], sigma[np.ix_(known, absent)])
        coefficients[known] += follows @ w[absent]
    return coefficients
