"""Calibration: of the rows given probability p, does a share p turn out positive?

Equal-width bins as in Guo et al. (2017). Left out on purpose: equal-mass bins and estimators that
subtract the part due to finitely many rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lablib.evaluation._inputs import Floats, Ints, labels, probabilities, same_length


@dataclass(frozen=True)
class ReliabilityBins:
    """What a reliability diagram draws, one entry a bin.

    `edges` (n_bins + 1,) from 0 to 1; `confidence` (n_bins,) mean probability, `frequency`
    (n_bins,) share of class 1, both NaN where a bin is empty; `count` (n_bins,) rows, which sum
    to N.
    """

    edges: Floats
    confidence: Floats
    frequency: Floats
    count: Ints


def reliability_bins(y_true: ArrayLike, y_prob: ArrayLike, *, n_bins: int = 15) -> ReliabilityBins:
    """Group rows by probability and compare mean probability with the share of class 1.

    Bin m holds (edge m, edge m+1]; the first also holds 0, so every row has a bin and a
    probability of exactly 1 counts in the last one.

    Parameters
    ----------
    y_true : array_like of 0/1, shape (N,)
    y_prob : array_like, shape (N,)
        Probability of class 1. For K classes pass the largest probability, and as `y_true`
        whether that class was right.

    >>> bins = reliability_bins([0, 1, 1, 1], [0.2, 0.4, 0.9, 1.0], n_bins=2)
    >>> bins.count.tolist(), bins.frequency.tolist()
    ([2, 2], [0.5, 1.0])
    """
    truth, probability = labels("y_true", y_true), probabilities("y_prob", y_prob)
    same_length(y_true=truth, y_prob=probability)
    if n_bins < 1:
        raise ValueError(f"n_bins is {n_bins}; use at least 1 bin")
    edges = np.linspace(0, 1, n_bins + 1)
    # Only the inner edges are searched: nothing can fall outside the first or the last bin.
    index = np.searchsorted(edges[1:-1], probability, side="left")
    count = np.bincount(index, minlength=n_bins)
    full = count > 0
    mean = np.full((2, n_bins), np.nan)
    for row, weights in enumerate((probability, truth)):
        mean[row, full] = np.bincount(index, weights, minlength=n_bins)[full] / count[full]
    return ReliabilityBins(edges, mean[0], mean[1], count.astype(np.int64))


def expected_calibration_error(y_true: ArrayLike, y_prob: ArrayLike, *, n_bins: int = 15) -> float:
    """Mean distance between probability and frequency, weighted by rows.

    sum over bins of ``n_m / N * |frequency_m - confidence_m|`` (Guo et al., 2017). 0 means that no
    bin shows a gap, 1 that every answer is certain and wrong. A perfectly calibrated model is
    above 0 on finitely many rows, and more bins raise it: compare only at equal N and `n_bins`.

    Parameters
    ----------
    y_true, y_prob : array_like, shape (N,)
        As in `reliability_bins`, also for K classes.
    n_bins : int
        Bins of equal width.

    >>> print(f"{expected_calibration_error([0, 1, 1, 1], [0.2, 0.4, 0.9, 1.0], n_bins=2):.3f}")
    0.125
    """
    bins = reliability_bins(y_true, y_prob, n_bins=n_bins)
    full = bins.count > 0
    gaps = np.abs(bins.frequency[full] - bins.confidence[full])
    return float(np.average(gaps, weights=bins.count[full]))
