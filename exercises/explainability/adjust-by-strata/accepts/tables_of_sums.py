# Counts and sums for all strata at once.
import numpy as np


def _table(outcome, treatment, stratum):
    _, places = np.unique(stratum, return_inverse=True)
    cells = 2 * places + treatment
    size = 2 * (places.max() + 1)
    counts = np.bincount(cells, minlength=size).reshape(-1, 2)
    sums = np.bincount(cells, weights=outcome, minlength=size).reshape(-1, 2)
    squares = np.bincount(cells, weights=(outcome - outcome.mean()) ** 2, minlength=size)
    return counts, sums, squares.reshape(-1, 2)


def average_effect(outcome, treatment, stratum):
    counts, sums, _ = _table(outcome, treatment, stratum)
    if (counts == 0).any():
        raise ValueError("nobody to compare with")
    means = sums / counts
    return (counts.sum(1) / counts.sum()) @ (means[:, 1] - means[:, 0])


def effect_on_the_treated(outcome, treatment, stratum):
    counts, sums, _ = _table(outcome, treatment, stratum)
    kept = counts[:, 1] > 0
    counts, sums = counts[kept], sums[kept]
    if (counts[:, 0] == 0).any():
        raise ValueError("nobody to compare with")
    means = sums / counts
    return (counts[:, 1] / counts[:, 1].sum()) @ (means[:, 1] - means[:, 0])


def standard_error(outcome, treatment, stratum):
    counts, sums, squares = _table(outcome - outcome.mean(), treatment, stratum)
    if (counts < 2).any():
        raise ValueError("too few people")
    variances = (squares - sums**2 / counts) / (counts - 1)
    shares = counts.sum(1) / counts.sum()
    return np.sqrt((shares**2 * (np.maximum(variances, 0) / counts).sum(1)).sum())
