"""From a score to a decision: calibrate it, price the two errors, cut where the price is least.

All three are fitted on validation rows: on test rows they would report the luck of these rows as
skill. A refused payer costs 1, an accepted account that defaults costs `ratio`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from lablib.fairness.mitigating.thresholds import GroupThresholds, ThresholdRule

Floats = NDArray[np.float64]
EDGE = 1e-4  # probabilities are kept this far from 0 and 1 before logarithms
SHARES = np.linspace(0, 1, 201)


@dataclass(frozen=True)
class Sigmoid:
    """Platt's correction: a probability p becomes sigmoid(slope * logit(p) + offset)."""

    slope: float
    offset: float

    def __call__(self, probability: ArrayLike) -> Floats:
        """Corrected probabilities (N,); they rank as before if the slope is above 0."""
        return np.asarray(expit(self.slope * _logit(probability) + self.offset))


def calibrated(y_true: ArrayLike, probability: ArrayLike) -> Sigmoid:
    """Fit the correction on rows that the model has not seen (Platt, 1999).

    Parameters
    ----------
    y_true, probability : array_like, shape (N,)
        Validation rows, of both classes.
    """
    from sklearn.linear_model import LogisticRegression

    truth, score = _checked(y_true, probability)
    found = LogisticRegression(C=1e6).fit(_logit(score)[:, None], truth)
    return Sigmoid(float(found.coef_[0, 0]), float(found.intercept_[0]))


def mean_cost(y_true: ArrayLike, refused: ArrayLike, *, ratio: float) -> float:
    """Mean cost of an account: 1 for a refused payer, `ratio` for an accepted default.

    0 is a bank that refuses all who default and nobody else.

    Parameters
    ----------
    y_true, refused : array_like of 0/1, shape (N,)
    ratio : float
        Above 0; a judgement about money and people, not something to be learned.

    >>> mean_cost([1, 1, 0, 0], [1, 0, 1, 0], ratio=3)
    1.0
    """
    _check_ratio(ratio)
    truth, no = _checked(y_true, refused, name="refused")
    if not np.isin(no, (0, 1)).all():
        raise ValueError(
            f"refused holds {_other(no)}; pass decisions of 0 and 1, such as probability > cut"
        )
    return float(np.mean(ratio * (truth * (1 - no)) + (1 - truth) * no))


def cheapest_threshold(y_true: ArrayLike, probability: ArrayLike, *, ratio: float) -> float:
    """Threshold with the least cost on these rows; refuse where the probability is above it.

    With perfectly calibrated probabilities it is 1 / (1 + ratio). -inf refuses everybody.

    Parameters
    ----------
    y_true, probability : array_like, shape (N,)
        Validation rows.
    ratio : float
        As for `mean_cost`.

    >>> cheapest_threshold([0, 0, 1, 1], [0.1, 0.3, 0.2, 0.9], ratio=3)
    0.1
    """
    _check_ratio(ratio)
    truth, score = _checked(y_true, probability)
    order = np.argsort(score, kind="stable")
    truth, score = truth[order], score[order]
    # Accept the k lowest, k = 0 to N: defaults among them cost `ratio`, payers above cost 1.
    accepted = np.concatenate([[0.0], np.cumsum(ratio * truth)])
    refused = np.concatenate([[0.0], np.cumsum((1 - truth)[::-1])])[::-1]
    allowed = np.append(score[1:] > score[:-1], True)  # equal scores cannot be told apart
    costs = np.where(np.concatenate([[True], allowed]), accepted + refused, np.inf)
    best = int(np.argmin(costs))
    return -np.inf if best == 0 else float(score[best - 1])


def equal_share_thresholds(
    y_true: ArrayLike, probability: ArrayLike, groups: ArrayLike, *, ratio: float
) -> GroupThresholds:
    """Cheapest thresholds that refuse the same share of each group on these rows.

    Parameters
    ----------
    y_true, probability, groups : array_like, shape (N,)
        Validation rows.
    ratio : float
        As for `mean_cost`.
    """
    truth, score = _checked(y_true, probability)
    group = np.asarray(groups).astype(str)
    if group.shape != truth.shape:
        raise ValueError(f"groups has shape {group.shape}, y_true {truth.shape}; one a row")
    names = np.unique(group)
    cuts = {str(name): np.quantile(score[group == name], 1 - SHARES) for name in names}

    def cost(place: int) -> float:
        refused = np.zeros(len(truth), dtype=np.int64)
        for name in names:
            mine = group == name
            refused[mine] = score[mine] > cuts[str(name)][place]
        return mean_cost(truth, refused, ratio=ratio)

    best = int(np.argmin([cost(place) for place in range(len(SHARES))]))
    return GroupThresholds(
        {
            name: ThresholdRule(high=float(cut[best]), low=float(cut[best]), mix=1.0)
            for name, cut in cuts.items()
        }
    )


def _checked(
    y_true: ArrayLike, score: ArrayLike, *, name: str = "probability"
) -> tuple[Floats, Floats]:
    """Labels of 0 and 1 and finite numbers, as many of one as of the other."""
    truth, values = np.asarray(y_true, np.float64), np.asarray(score, np.float64)
    if truth.ndim != 1 or truth.shape != values.shape or not truth.size:
        raise ValueError(
            f"y_true has shape {truth.shape}, {name} {values.shape}; give N >= 1 of each"
        )
    if not np.isin(truth, (0, 1)).all():
        raise ValueError(
            f"y_true holds {_other(truth)}; pass labels of 0 and 1, before {name}, as in (y > 0)"
        )
    if not np.isfinite(values).all():
        bad = int((~np.isfinite(values)).sum())
        raise ValueError(f"{name} has {bad} values that are not finite; leave these rows out")
    return truth, values


def _check_ratio(ratio: float) -> None:
    if not 0 < ratio < np.inf:
        raise ValueError(f"ratio is {ratio}; a default must cost something, pass e.g. ratio=3")


def _other(values: Floats) -> float:
    """The first value that is neither 0 nor 1."""
    return float(values[~np.isin(values, (0, 1))][0])


def _logit(probability: ArrayLike) -> Floats:
    return np.asarray(logit(np.clip(np.asarray(probability, np.float64), EDGE, 1 - EDGE)))
