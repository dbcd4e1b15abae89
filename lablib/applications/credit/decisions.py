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

    found = LogisticRegression(C=1e6).fit(_logit(probability)[:, None], np.asarray(y_true))
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
    if not ratio > 0:
        raise ValueError(f"ratio is {ratio}; a default must cost something, pass e.g. ratio=3")
    truth, no = np.asarray(y_true), np.asarray(refused)
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
    truth, score = np.asarray(y_true), np.asarray(probability, dtype=np.float64)
    if len(truth) != len(score) or not len(truth):
        raise ValueError(f"y_true has {len(truth)} rows, probability {len(score)}; give N >= 1")
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
    truth, score = np.asarray(y_true), np.asarray(probability, dtype=np.float64)
    group = np.asarray(groups).astype(str)
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


def _logit(probability: ArrayLike) -> Floats:
    return np.asarray(logit(np.clip(np.asarray(probability, np.float64), EDGE, 1 - EDGE)))
