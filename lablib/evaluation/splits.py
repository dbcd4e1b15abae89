"""Intervals over random splits of one table, and what they must not forget.

Two random splits of the same rows share most of their training rows, so S results are not S
independent ones and a plain t interval is too narrow. Nadeau and Bengio (2003) widen its variance.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from lablib.evaluation.intervals import Estimate, Interval


def over_splits(values: ArrayLike, *, test_over_train: float, level: float = 0.95) -> Estimate:
    """Mean of one number a split, with the corrected resampled t interval.

    `m ± t * s * sqrt(1/S + test_over_train)`: the second term stands for the overlap of the
    splits and does not shrink with S, so more seeds cannot buy any precision one likes.

    Parameters
    ----------
    values : array_like, shape (S,)
        One number for each random split, at least two. For a comparison pass the differences.
    test_over_train : float
        Test rows divided by training rows of a split; 0 gives the plain t interval.

    >>> wide = over_splits([0.70, 0.74, 0.72], test_over_train=1 / 3)
    >>> print(f"{wide.value:.2f} {wide.interval.low:.2f} {wide.interval.high:.2f}")
    0.72 0.65 0.79
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size < 2 or not np.isfinite(array).all():
        raise ValueError(
            f"values has shape {array.shape}; give at least two finite numbers, one a split"
        )
    if test_over_train < 0:
        raise ValueError(f"test_over_train is {test_over_train}; it is a ratio of row counts, >= 0")
    quantile = float(stdtrit(array.size - 1, (1 + level) / 2))
    mean = float(array.mean())
    half = quantile * float(array.std(ddof=1)) * math.sqrt(1 / array.size + test_over_train)
    return Estimate(mean, Interval(mean - half, mean + half, level), array.size)
