"""How sure a gap between groups is: bootstrap, random groups, and calibration within groups.

A difference of the largest and the smallest rate is never negative, so its interval excludes 0 even
where groups are alike. What luck alone gives is found by drawing the groups at random instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lablib.evaluation._inputs import Floats, labels, probabilities, same_length
from lablib.evaluation.calibration import expected_calibration_error
from lablib.evaluation.groups import criterion, group_codes, group_counts, group_gap
from lablib.evaluation.intervals import Estimate, Interval


def group_gap_interval(
    name: str,
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    groups: ArrayLike,
    seed: int,
    n_resamples: int = 2000,
    level: float = 0.95,
) -> Estimate:
    """The criterion with its percentile bootstrap interval over resampled rows.

    Read it beside `random_group_gaps`.

    Parameters
    ----------
    name, y_true, y_pred, groups
        As in `group_gap`.
    seed, n_resamples, level
        Of the bootstrap; a resample is one multinomial draw of the table of counts, which is the
        same as drawing rows with replacement.

    Raises
    ------
    ValueError
        If the criterion is undefined on the rows, or on more than one resample in a hundred.
    """
    value = group_gap(name, y_true, y_pred, groups=groups)
    counts = group_counts(y_true, y_pred, groups=groups).counts
    total = int(counts.sum())
    drawn = np.random.default_rng(seed).multinomial(total, counts.ravel() / total, n_resamples)
    gaps = criterion(name)(drawn.reshape(n_resamples, *counts.shape))
    if np.isnan(gaps).mean() > 0.01:
        raise ValueError(
            f"{name} is undefined on {int(np.isnan(gaps).sum())} of {n_resamples} resamples; a "
            "group has too few rows for an interval: merge groups or leave the small one out"
        )
    tail = (1 - level) / 2
    low, high = np.nanquantile(gaps, [tail, 1 - tail])
    return Estimate(value, Interval(min(float(low), value), max(float(high), value), level), total)


def random_group_gaps(
    name: str,
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    groups: ArrayLike,
    seed: int,
    draws: int = 500,
) -> Floats:
    """The criterion for random groups of the same sizes, (draws,): what luck alone gives.

    Parameters
    ----------
    name, y_true, y_pred, groups
        As in `group_gap`.
    seed, draws
        Of the random permutations of `groups`.
    """
    truth, decided = labels("y_true", y_true), labels("y_pred", y_pred)
    names, code = group_codes(groups)
    same_length(y_true=truth, y_pred=decided, groups=code)
    rng, cell = np.random.default_rng(seed), 2 * truth + decided
    tables = [
        np.bincount(4 * rng.permutation(code) + cell, minlength=4 * len(names))
        for _ in range(draws)
    ]
    return np.asarray(criterion(name)(np.reshape(tables, (draws, len(names), 2, 2))))


@dataclass(frozen=True)
class GroupCalibration:
    """One group's scores beside what happened.

    `n` rows, `mean_score`, `rate` of true positives, and the expected calibration error `ece`,
    which is above 0 by luck alone where n is small.
    """

    n: int
    mean_score: float
    rate: float
    ece: float


def calibration_by_group(
    y_true: ArrayLike, y_prob: ArrayLike, *, groups: ArrayLike, n_bins: int = 10
) -> dict[str, GroupCalibration]:
    """Calibration within each group: does a share p of the people given p turn out positive?

    Parameters
    ----------
    y_true, groups : array_like, shape (N,)
        As in `group_counts`.
    y_prob : array_like, shape (N,)
        Probability of class 1.
    n_bins : int
        Bins of `expected_calibration_error`.
    """
    truth, score = labels("y_true", y_true), probabilities("y_prob", y_prob)
    names, code = group_codes(groups)
    same_length(y_true=truth, y_prob=score, groups=code)
    found = {}
    for place, name in enumerate(names):
        mine = code == place
        error = expected_calibration_error(truth[mine], score[mine], n_bins=n_bins)
        found[name] = GroupCalibration(
            int(mine.sum()), float(score[mine].mean()), float(truth[mine].mean()), error
        )
    return found
