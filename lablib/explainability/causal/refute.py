"""Attempts to refute an estimate: what would show that it cannot be right?

Each test says what it found and whether it objects. None can say that an estimate is right, and the
first three cannot even see a confounder, since they change nothing about it. Names of the tests
follow DoWhy (Sharma and Kiciman, arXiv:2011.04216, 2020); negative controls: Lipsitch, Tchetgen
Tchetgen and Cohen (Epidemiology 21, 2010); E-values: VanderWeele and Ding (Annals of Internal
Medicine 167, 2017).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lablib.explainability.causal.estimate import Effect

Floats = NDArray[np.float64]
Estimator = Callable[[Any, Any, Any], Effect]


@dataclass(frozen=True)
class Refutation:
    """What a test found: a `value` with its range, what was `expected`, whether it `objects`."""

    test: str
    value: float
    low: float
    high: float
    expected: float
    objects: bool


def placebo_treatment(
    estimator: Estimator, outcome: ArrayLike, treatment: ArrayLike, covariates: ArrayLike, *,
    seed: int, repeats: int = 20, within: ArrayLike | None = None,
) -> Refutation:  # fmt: skip
    """Deal the treatments out again by lot: no effect may be left.

    Objects if 0 lies outside the middle 95 % of the effects of such placebos. In a randomised
    study, dealt out as the study did, these are the effects that chance alone produces.

    Parameters
    ----------
    estimator : callable
        `estimator(outcome, treatment, covariates)`, one of `lablib.explainability.causal.estimate`.
    outcome, treatment, covariates
        Arrays (N,), (N,), (N, F).
    seed, repeats : int
        Of the lots.
    within : array_like, shape (N,), optional
        Treatments are exchanged between rows of the same value only.
    """
    y, t, x = (np.asarray(given, dtype=np.float64) for given in (outcome, treatment, covariates))
    rng = np.random.default_rng(seed)
    found = [estimator(y, shuffled(t, rng, within=within), x).value for _ in range(repeats)]
    return _spread("placebo treatment", found, expected=0.0)


def random_cause(
    estimator: Estimator, outcome: ArrayLike, treatment: ArrayLike, covariates: ArrayLike, *,
    seed: int, repeats: int = 20,
) -> Refutation:  # fmt: skip
    """Adjust for a column of noise as well: the estimate may hardly move.

    Objects if the mean of the new estimates leaves the interval of the old one.

    Parameters
    ----------
    estimator, outcome, treatment, covariates, seed, repeats
        As for `placebo_treatment`.
    """
    y, t, x = (np.asarray(given, dtype=np.float64) for given in (outcome, treatment, covariates))
    rng = np.random.default_rng(seed)
    more = (np.column_stack([x, rng.normal(size=len(y))]) for _ in range(repeats))
    found = [estimator(y, t, columns).value for columns in more]
    return _moved("random common cause", found, estimator(y, t, x))


def subset(
    estimator: Estimator, outcome: ArrayLike, treatment: ArrayLike, covariates: ArrayLike, *,
    seed: int, repeats: int = 20, share: float = 0.8,
) -> Refutation:  # fmt: skip
    """Estimate on random parts of the rows: the estimate may not depend on which.

    Objects if the mean of the new estimates leaves the interval of the old one.

    Parameters
    ----------
    estimator, outcome, treatment, covariates, seed, repeats
        As for `placebo_treatment`.
    share : float
        Of the rows in each part, above 0 and below 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"share is {share}; it must lie between 0 and 1, for example 0.8")
    y, t, x = (np.asarray(given, dtype=np.float64) for given in (outcome, treatment, covariates))
    rng = np.random.default_rng(seed)
    parts = [rng.permutation(len(y))[: round(share * len(y))] for _ in range(repeats)]
    found = [estimator(y[rows], t[rows], x[rows]).value for rows in parts]
    return _moved("subset of the rows", found, estimator(y, t, x))


def negative_control(
    estimator: Estimator, untouched: ArrayLike, treatment: ArrayLike, covariates: ArrayLike
) -> Refutation:
    """Estimate the effect on something that the treatment cannot have changed: it must be 0.

    Objects if the interval of that effect leaves out 0. Of the tests here it is the one that can
    see a confounder, if what is `untouched` shares it.

    Parameters
    ----------
    estimator, treatment, covariates
        As for `placebo_treatment`.
    untouched : array_like, shape (N,)
        For example the outcome in the year before the treatment.
    """
    effect = estimator(untouched, treatment, covariates)
    low, high = effect.interval.low, effect.interval.high
    return Refutation("negative control", effect.value, low, high, 0.0, not low <= 0 <= high)


def e_value(ratio: float) -> float:
    """How strong a hidden confounder must be to explain a risk ratio away: its own risk ratio.

    With both the treatment and the outcome, beyond what was adjusted for; `RR + sqrt(RR (RR - 1))`.
    1 means that none is needed. For an interval, take the end that is nearer to 1, and 1 if the
    interval holds 1.

    Parameters
    ----------
    ratio : float
        Risk of the treated over risk of the others; below 1 its inverse is taken.

    >>> e_value(3.9)
    7.26
    >>> e_value(0.5) == e_value(2.0), e_value(1.0)
    (True, 1.0)
    """
    if not ratio > 0:
        raise ValueError(f"ratio is {ratio}; a ratio of two risks is above 0")
    above = max(ratio, 1 / ratio)
    return float(above + np.sqrt(above * (above - 1)))


def e_value_of_difference(difference: float, spread: float) -> float:
    """E-value of a difference of means, through the risk ratio `exp(0.91 difference / spread)`.

    The approximation of VanderWeele and Ding for outcomes that are roughly normal.

    Parameters
    ----------
    difference : float
        An effect, in units of the outcome.
    spread : float
        Standard deviation of the outcome; above 0.

    >>> e_value_of_difference(0.0, 2.0)
    1.0
    """
    if not spread > 0:
        raise ValueError(f"spread is {spread}; a standard deviation is above 0")
    return e_value(float(np.exp(0.91 * difference / spread)))


def shuffled(
    treatment: Floats, rng: np.random.Generator, *, within: ArrayLike | None = None
) -> Floats:
    """The treatments (N,) dealt out again by lot, within groups if there are any.

    Parameters
    ----------
    treatment : array, shape (N,)
        Of each row.
    rng : Generator
        Draws the lots.
    within : array_like, shape (N,), optional
        Treatments are exchanged between rows of the same value only.
    """
    if within is None:
        return rng.permutation(treatment)
    groups = np.asarray(within)
    dealt = np.empty_like(treatment)
    # Sorted by group, and by lot inside a group, the places of both orders belong together.
    dealt[np.argsort(groups, kind="stable")] = treatment[
        np.lexsort([rng.random(len(groups)), groups])
    ]
    return dealt


def _spread(test: str, found: list[float], *, expected: float) -> Refutation:
    low, high = (float(end) for end in np.quantile(found, [0.025, 0.975]))
    return Refutation(test, float(np.mean(found)), low, high, expected, not low <= expected <= high)


def _moved(test: str, found: list[float], effect: Effect) -> Refutation:
    low, high = (float(end) for end in np.quantile(found, [0.025, 0.975]))
    mean = float(np.mean(found))
    leaves = not effect.interval.low <= mean <= effect.interval.high
    return Refutation(test, mean, low, high, effect.value, leaves)
