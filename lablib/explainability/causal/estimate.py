"""Average effects of a treatment: by regression, by weights, by both, and by an instrument.

Each estimate comes with its influence values: one number a row, whose sum of squares over N squared
is the variance (Tsiatis, Semiparametric Theory and Missing Data, 2006, chapter 3). They account for
the fact that propensities and regressions were fitted to the same rows, and rows of one cluster may
be added up before squaring. Formulas: Hernán and Robins, Causal Inference: What If (2020),
chapters 12 and 13; doubly robust: Robins, Rotnitzky and Zhao (JASA 89, 1994).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, ndtri

from lablib.evaluation import Interval

Floats = NDArray[np.float64]
MAX_STEPS = 50
SMALLEST_PROPENSITY = 1e-6


@dataclass(frozen=True, eq=False)
class Effect:
    """An average effect: `value`, `standard_error`, 95 % `interval`, and influence values (N,)."""

    value: float
    standard_error: float
    interval: Interval
    influence: Floats

    def __repr__(self) -> str:
        low, high = self.interval.low, self.interval.high
        return f"Effect({self.value:.3f}, {low:.3f} to {high:.3f})"


def regression(
    outcome: ArrayLike, treatment: ArrayLike, covariates: ArrayLike, *,
    clusters: ArrayLike | None = None,
) -> Effect:  # fmt: skip
    """Regression adjustment: a line for the treated, one for the others, compared on *all* rows.

    Without covariates (N, 0) this is the plain difference of two means. Right if in both groups the
    mean outcome is linear in the covariates, and these close all back doors.

    Parameters
    ----------
    outcome, treatment : array_like, shape (N,)
        Numbers; 1 for treated and 0 for not.
    covariates : array_like, shape (N, F)
        Without a column of ones.
    clusters : array_like, shape (N,), optional
        Rows with the same value may depend on each other.

    Returns
    -------
    Effect
        Mean outcome if all were treated, minus if none were; 0 means no effect.

    >>> age = np.array([0.0, 0.0, 1.0, 1.0, 1.0, 0.0])
    >>> drug = np.array([0, 0, 1, 1, 0, 1])
    >>> regression(10 * age + 3 * drug, drug, np.zeros((6, 0))).value  # the drugged are older
    6.33
    >>> regression(10 * age + 3 * drug, drug, age[:, None]).value
    3.00
    """
    y, t, x = _checked(outcome, treatment, covariates)
    treated, others = _mean_if(y, t, x), _mean_if(y, 1 - t, x)
    return from_influence(treated[0] - others[0], treated[1] - others[1], clusters)


def weighting(
    outcome: ArrayLike, treatment: ArrayLike, covariates: ArrayLike, *,
    clusters: ArrayLike | None = None,
) -> Effect:  # fmt: skip
    """Inverse propensity weighting: each row counts as often as it stands for rows like it.

    Weights are 1/e for the treated and 1/(1 - e) for the others, divided by their sums; the
    propensity e is a logistic regression on the covariates. Right if that model is right and the
    covariates close all back doors.

    Parameters
    ----------
    outcome, treatment, covariates, clusters
        As for `regression`.
    """
    y, t, x = _checked(outcome, treatment, covariates)
    e, from_propensity = _propensity(t, x)
    value, influence = 0.0, np.zeros(len(y))
    for sign, group, share in ((1, t, e), (-1, 1 - t, 1 - e)):
        weight = group / share
        mean = float(weight @ y / weight.sum())
        scaled = weight * (y - mean) / weight.mean()
        slope = -sign * (scaled * (1 - share)) @ x / len(y)
        value += sign * mean
        influence += sign * (scaled + from_propensity @ slope)
    return from_influence(value, influence, clusters)


def doubly_robust(
    outcome: ArrayLike, treatment: ArrayLike, covariates: ArrayLike, *,
    propensity_covariates: ArrayLike | None = None, clusters: ArrayLike | None = None,
) -> Effect:  # fmt: skip
    """Augmented weighting: what regression predicts, corrected by weighted residuals.

    For the treated: the mean of m1(x) + t (y - m1(x)) / e(x). Right if the outcome model *or* the
    propensity model is right, and the covariates close all back doors.

    Parameters
    ----------
    outcome, treatment, covariates, clusters
        As for `regression`.
    propensity_covariates : array_like, shape (N, P), optional
        For the propensity, if they shall differ from those of the outcome.
    """
    y, t, x = _checked(outcome, treatment, covariates)
    z = x if propensity_covariates is None else _checked(y, t, propensity_covariates)[2]
    e, from_propensity = _propensity(t, z)
    value, influence = 0.0, np.zeros(len(y))
    for sign, group, share in ((1, t, e), (-1, 1 - t, 1 - e)):
        line, from_line = _line(y, group, x)
        left_over = group * (y - x @ line) / share
        each = x @ line + left_over
        slope = -sign * (left_over * (1 - share)) @ z / len(y)
        missing = (1 - group / share) @ x / len(y)
        value += sign * each.mean()
        influence += sign * (each - each.mean() + from_line @ missing + from_propensity @ slope)
    return from_influence(value, influence, clusters)


def instrument(
    outcome: ArrayLike, treatment: ArrayLike, lot: ArrayLike, *, clusters: ArrayLike | None = None
) -> Effect:
    """The Wald estimate: change of the outcome with the lot over change of the treatment with it.

    Needs no covariates. It is the effect on those whom the lot moved (Imbens and Angrist,
    Econometrica 62, 1994), and on everybody if the effect is the same for everybody.

    Parameters
    ----------
    outcome, treatment, clusters
        As for `regression`.
    lot : array_like, shape (N,)
        The instrument, 1 or 0.

    Raises
    ------
    ValueError
        If the treatment does not change with the lot.
    """
    none = np.zeros((len(np.asarray(lot)), 0))
    on_outcome, on_treatment = regression(outcome, lot, none), regression(treatment, lot, none)
    if abs(on_treatment.value) < 2 * on_treatment.standard_error:
        raise ValueError("lot does not move the treatment visibly; a weak instrument says nothing")
    value = on_outcome.value / on_treatment.value
    influence = (on_outcome.influence - value * on_treatment.influence) / on_treatment.value
    return from_influence(value, influence, clusters)


def propensity(treatment: ArrayLike, covariates: ArrayLike) -> Floats:
    """Probability of being treated (N,), by logistic regression without a penalty.

    Parameters
    ----------
    treatment : array_like, shape (N,)
        1 for treated and 0 for not.
    covariates : array_like, shape (N, F)
        Without a column of ones.

    Raises
    ------
    ValueError
        If some rows could only be treated or only untreated, so that nothing compares with them.
    """
    _, t, x = _checked(treatment, treatment, covariates)
    return _propensity(t, x)[0]


def from_influence(value: float, influence: Floats, clusters: ArrayLike | None = None) -> Effect:
    """An effect from its value and its influence values (N,), added up within `clusters`.

    Parameters
    ----------
    value : float
        The estimate.
    influence : array, shape (N,)
        One number a row, with mean 0.
    clusters : array_like, shape (N,), optional
        As for `regression`.
    """
    summed: Floats = influence
    if clusters is not None:
        _, members = np.unique(np.asarray(clusters), return_inverse=True)
        summed = np.bincount(members, weights=influence).astype(np.float64)
    error = float(np.sqrt(summed @ summed) / len(influence))
    value, reach = float(value), float(ndtri(0.975)) * error
    return Effect(value, error, Interval(value - reach, value + reach), influence)


def _mean_if(y: Floats, group: Floats, x: Floats) -> tuple[float, Floats]:
    """Mean prediction over all rows of the line fitted in one group, and its influence values."""
    line, from_line = _line(y, group, x)
    mean = float((x @ line).mean())
    return mean, x @ line - mean + from_line @ x.mean(0)


def _line(y: Floats, group: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Least squares in one group: coefficients (F,) and their influence values (N, F)."""
    bread = (x * group[:, None]).T @ x / len(y)
    try:
        line = _solve(bread, (x * group[:, None]).T @ y / len(y))
    except np.linalg.LinAlgError as error:
        raise ValueError(
            "covariates repeat each other within a treatment group; drop some"
        ) from error
    score = x * (group * (y - x @ line))[:, None]
    return line, _solve(bread, score.T).T


def _solve(bread: Floats, right: Floats) -> Floats:
    return np.asarray(np.linalg.solve(bread, right), dtype=np.float64)


def _propensity(t: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Fitted propensities (N,) and the influence values of the coefficients (N, F), by Newton."""
    beta = np.zeros(x.shape[1])
    for _ in range(MAX_STEPS):
        e = expit(x @ beta)
        bread = (x * (e * (1 - e))[:, None]).T @ x / len(t)
        try:
            step = np.linalg.solve(bread, (t - e) @ x / len(t))
        except np.linalg.LinAlgError:
            break
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            e = expit(x @ beta)
            if min(e.min(), (1 - e).min()) < SMALLEST_PROPENSITY:
                break
            return e, np.linalg.solve(bread, (x * (t - e)[:, None]).T).T
    raise ValueError(
        "covariates nearly decide the treatment, so some rows have nobody to be compared with; "
        "use fewer covariates, or ask about rows where both treatments occur"
    )


def _checked(
    outcome: ArrayLike, treatment: ArrayLike, covariates: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """The three as floats, the covariates with a column of ones in front."""
    y, t, x = (np.asarray(given, dtype=np.float64) for given in (outcome, treatment, covariates))
    if not (y.shape == t.shape == x.shape[:1] and x.ndim == 2):
        raise ValueError(
            f"outcome, treatment, covariates have shapes {y.shape}, {t.shape}, {x.shape}; "
            "give (N,), (N,) and (N, F)"
        )
    if set(np.unique(t)) != {0.0, 1.0}:
        raise ValueError("treatment must hold 1 for treated and 0 for not, and some of each")
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise ValueError("outcome and covariates must be finite; drop rows with missing values")
    return y, t, np.column_stack([np.ones(len(y)), x])
