"""Intervals: how far a measured number may be from the one it stands for.

Exact and score intervals of a proportion, the percentile bootstrap of any statistic, the paired
bootstrap of a difference, and the Student interval over seeds. Left out on purpose: bias-corrected
bootstraps and everything that needs a prior.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lablib.evaluation._inputs import Floats, confidence_level, labels, same_length, vector

CHUNK = 2_000_000  # resampled row numbers held in memory at once


@dataclass(frozen=True)
class Interval:
    """A two-sided interval `[low, high]` at a confidence `level` between 0 and 1.

    >>> Interval(0.2, 0.4).width
    0.2
    >>> Interval(0.2, 0.4).contains(0.4)
    True
    """

    low: float
    high: float
    level: float = 0.95

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"Interval({self.low}, {self.high}): low must not exceed high")
        confidence_level(self.level)

    @property
    def width(self) -> float:
        """Distance between the two ends, in the unit of the quantity."""
        return self.high - self.low

    def contains(self, value: float) -> bool:
        """Whether `value` lies in the interval, ends included."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Estimate:
    """A measured `value`, its `interval`, and the number `n` of rows or runs behind it.

    >>> Estimate(0.7, Interval(0.6, 0.8), n=90).n
    90
    """

    value: float
    interval: Interval
    n: int


def clopper_pearson(successes: int, n: int, *, level: float = 0.95) -> Interval:
    """Exact interval of a proportion after `successes` in `n` independent trials.

    With alpha = 1 - level the ends are the beta quantiles B(alpha/2; k, n-k+1) and
    B(1-alpha/2; k+1, n-k): the proportions at which k or more, and k or fewer, successes would
    have probability alpha/2. It covers the true proportion with probability at least `level`,
    for every n; the price is some extra width (Clopper and Pearson, 1934).

    Parameters
    ----------
    successes, n : int
        Times it happened, out of `n` independent trials.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    ValueError
        If `n` is not positive or `successes` lies outside 0..n.

    >>> interval = clopper_pearson(0, 20)      # nothing seen in 20 trials is not "never"
    >>> print(f"{interval.low:.3f} {interval.high:.3f}")
    0.000 0.168
    """
    from scipy.stats import beta

    _check_counts(successes, n)
    tail = (1 - confidence_level(level)) / 2
    low = 0.0 if successes == 0 else float(beta.ppf(tail, successes, n - successes + 1))
    high = 1.0 if successes == n else float(beta.ppf(1 - tail, successes + 1, n - successes))
    return Interval(low, high, level)


def wilson(successes: int, n: int, *, level: float = 0.95) -> Interval:
    """Score interval of a proportion: mostly narrower than the exact one, right on average.

    It holds every proportion p with ``|k/n - p| <= z * sqrt(p(1-p)/n)``, where z is the normal
    quantile (Wilson, 1927). Unlike k/n ± z * sqrt(k/n (1-k/n)/n) it stays inside [0, 1] and has
    a width when k is 0 or n; for some p its coverage is a little under `level`.

    Parameters
    ----------
    successes, n : int
        Times it happened, out of `n` independent trials.
    level : float
        Confidence level, between 0 and 1.

    >>> interval = wilson(15, 20)
    >>> print(f"{interval.low:.3f} {interval.high:.3f}")
    0.531 0.888
    """
    from scipy.special import ndtri

    _check_counts(successes, n)
    z = float(ndtri((1 + confidence_level(level)) / 2))
    share, shrink = successes / n, 1 + z**2 / n
    middle = (share + z**2 / (2 * n)) / shrink
    half = z / shrink * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low = 0.0 if successes == 0 else middle - half
    high = 1.0 if successes == n else middle + half
    return Interval(low, high, level)


def proportion(flags: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Share of ones in `flags` (N,), 0/1 or boolean, with its Clopper-Pearson interval.

    >>> proportion([1, 1, 0, 1]).value
    0.75
    """
    array = labels("flags", flags)
    count, n = int(array.sum()), array.size
    return Estimate(count / n, clopper_pearson(count, n, level=level), n)


def bootstrap(
    statistic: Callable[..., Any],
    *arrays: ArrayLike,
    seed: int,
    n_resamples: int = 1000,
    level: float = 0.95,
    vectorized: bool = False,
) -> Estimate:
    """Percentile bootstrap interval of ``statistic(*arrays)``.

    Rows are drawn with replacement, the same rows from every array, and the interval runs from
    the alpha/2 to the 1 - alpha/2 quantile of the statistic over the resamples (Efron and
    Tibshirani, 1993, chapter 13). Too narrow when N is small or the statistic is biased.

    Parameters
    ----------
    statistic : callable
        Takes as many arrays as are given and returns a number. With ``vectorized=True`` it also
        takes ``axis=-1`` and arrays of shape (resamples, N), as `numpy.mean` does.
    arrays : array_like, shape (N, ...)
        Aligned rows, for example labels and scores.
    seed : int
        Fixes the resamples; `vectorized` does not change them.

    Raises
    ------
    ValueError
        If arrays differ in length, are empty, or the statistic is not finite on a resample.

    >>> estimate = bootstrap(np.mean, [0, 1, 1, 1], seed=0)
    >>> print(estimate.value, estimate.interval.low, estimate.interval.high)
    0.75 0.25 1.0
    """
    columns = [np.asarray(array) for array in arrays]
    n = _rows(columns)
    value = float(statistic(*columns))
    draws = _resampled(statistic, columns, n, seed, n_resamples, vectorized)
    return Estimate(value, _percentiles(draws, level), n)


def paired_bootstrap_difference(
    statistic: Callable[..., Any],
    y_true: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    seed: int,
    n_resamples: int = 1000,
    level: float = 0.95,
    vectorized: bool = False,
) -> Estimate:
    """Bootstrap interval of ``statistic(y_true, first) - statistic(y_true, second)``.

    Both models are scored on the same resampled rows, so what makes a row hard for both cancels;
    two separate intervals keep it and are too wide for the difference. 0 means no difference,
    positive means a higher statistic for `first`. The interval speaks of these two *fitted*
    models on new rows: it knows nothing of another training seed or split.

    Parameters
    ----------
    statistic : callable
        ``statistic(y_true, prediction)`` to a number, for example `accuracy` or `roc_auc`;
        with ``vectorized=True`` as in `bootstrap`.
    y_true, first, second : array_like, shape (N, ...)
        Labels and the two models' predictions or scores on the same rows.

    >>> truth, good, poor = [1, 0, 1, 1] * 5, [1, 0, 1, 1] * 5, [1, 0, 0, 0] * 5
    >>> hits = lambda y, p: float((y == p).mean())
    >>> difference = paired_bootstrap_difference(hits, truth, good, poor, seed=0)
    >>> difference.value, difference.interval.low > 0
    (0.5, True)
    """

    def difference(y: Any, one: Any, two: Any, **axis: Any) -> Any:
        return statistic(y, one, **axis) - statistic(y, two, **axis)

    return bootstrap(
        difference,
        y_true,
        first,
        second,
        seed=seed,
        n_resamples=n_resamples,
        level=level,
        vectorized=vectorized,
    )


def across_seeds(values: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Mean of one number a seed, with its Student t interval.

    m ± t * s / sqrt(S), where s is the standard deviation with S - 1 in the denominator and t
    the (1 + level)/2 quantile of Student's distribution with S - 1 degrees of freedom (Student,
    1908). For a comparison pass the S differences, not two sets of values. Seeds that re-split
    the same rows tell about these rows; they do not stand for new data.

    Parameters
    ----------
    values : array_like, shape (S,)
        At least two.

    >>> estimate = across_seeds([0.70, 0.74, 0.72])
    >>> print(f"{estimate.value:.3f} {estimate.interval.low:.3f} {estimate.interval.high:.3f}")
    0.720 0.670 0.770
    """
    from scipy.special import stdtrit

    array = vector("values", values)
    if array.size < 2:
        raise ValueError("values holds one seed; a spread needs at least two, so run more seeds")
    quantile = float(stdtrit(array.size - 1, (1 + confidence_level(level)) / 2))
    mean = float(array.mean())
    half = quantile * float(array.std(ddof=1)) / math.sqrt(array.size)
    return Estimate(mean, Interval(mean - half, mean + half, level), array.size)


def _check_counts(successes: int, n: int) -> None:
    if n < 1:
        raise ValueError(f"n is {n}; a proportion needs at least one trial")
    if not 0 <= successes <= n:
        raise ValueError(f"successes is {successes}; it must lie between 0 and n = {n}")


def _rows(columns: list[NDArray[Any]]) -> int:
    if not columns:
        raise ValueError("bootstrap got no array; pass at least one, with one row an example")
    n = same_length(**{f"array {index + 1}": column for index, column in enumerate(columns)})
    if n == 0:
        raise ValueError("the arrays have no rows; a bootstrap needs at least one")
    return n


def _resampled(
    statistic: Callable[..., Any],
    columns: list[NDArray[Any]],
    n: int,
    seed: int,
    n_resamples: int,
    vectorized: bool,
) -> Floats:
    """The statistic on `n_resamples` draws of rows, shape (n_resamples,)."""
    if n_resamples < 1:
        raise ValueError(f"n_resamples is {n_resamples}; use at least 1, and 1000 for a 95 % level")
    rng = np.random.default_rng(seed)
    draws: list[Any] = []
    while len(draws) < n_resamples:
        height = min(max(1, CHUNK // n), n_resamples - len(draws))
        rows = rng.integers(0, n, size=(height, n))
        if vectorized:
            draws.extend(np.asarray(statistic(*(c[rows] for c in columns), axis=-1)))
        else:
            draws.extend(statistic(*(c[row] for c in columns)) for row in rows)
    return np.asarray(draws, dtype=float)


def _percentiles(draws: Floats, level: float) -> Interval:
    tail = (1 - confidence_level(level)) / 2
    undefined = int((~np.isfinite(draws)).sum())
    if undefined:
        raise ValueError(
            f"the statistic is not finite on {undefined} of {draws.size} resamples; "
            "use more rows, or a statistic that is defined when a class or group is missing"
        )
    low, high = (float(bound) for bound in np.quantile(draws, [tail, 1 - tail]))
    return Interval(low, high, level)
