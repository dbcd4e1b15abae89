"""One row of the matrix: every property of one model, on test rows that nothing has chosen.

Calibration and threshold come from validation rows. A property that a model cannot have (a
gradient attack on trees) is absent from its row, never 0.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from lablib.applications.credit import changes
from lablib.applications.credit.accounts import GROUPS, Accounts
from lablib.applications.credit.decisions import (
    EDGE,
    Sigmoid,
    calibrated,
    cheapest_threshold,
    equal_share_thresholds,
    mean_cost,
)
from lablib.applications.credit.models import Fitted
from lablib.data import Splits
from lablib.evaluation import expected_calibration_error, roc_auc
from lablib.evaluation.groups import demographic_parity_difference, equalized_odds_difference
from lablib.privacy.membership import loss_attack

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
TIMINGS = 5


@dataclass(frozen=True, eq=False)
class Decider:
    """A model with its calibration and threshold.

    Attributes
    ----------
    fitted : the model.
    sigmoid : its calibration.
    threshold : refuse above this calibrated probability.
    """

    fitted: Fitted
    sigmoid: Sigmoid
    threshold: float

    def probability(self, x: Floats) -> Floats:
        """Calibrated probability (N,) that the next payment is missed."""
        return self.sigmoid(self.fitted.score(x))

    def refused(self, x: Floats) -> Ints:
        """1 where the account is refused, (N,)."""
        return (self.probability(x) > self.threshold).astype(np.int64)


def decider(model: Fitted, validation: Accounts, *, ratio: float) -> Decider:
    """Calibrate and cut on validation rows.

    Parameters
    ----------
    model : Fitted
        Has not seen these rows.
    validation : Accounts
        Rows to choose on.
    ratio : float
        Price of a default, see `decisions.mean_cost`.
    """
    score = model.score(validation.x)
    sigmoid = calibrated(validation.y, score)
    threshold = cheapest_threshold(validation.y, sigmoid(score), ratio=ratio)
    return Decider(model, sigmoid, threshold)


def decided(y: Ints, refused: Ints, rows: Accounts, *, ratio: float) -> dict[str, float]:
    """Cost, share refused and gaps between groups of decisions (N,).

    Parameters
    ----------
    y, refused : arrays, shape (N,)
    rows : Accounts
        For the groups.
    ratio : float
        Price of a default.
    """
    found = {"cost": mean_cost(y, refused, ratio=ratio), "refused": float(refused.mean())}
    for name in GROUPS:
        groups = rows.groups[name]
        found[f"dpd-{name}"] = demographic_parity_difference(y, refused, groups=groups)
        found[f"eod-{name}"] = equalized_odds_difference(y, refused, groups=groups)
    return found


def properties(
    rule: Decider, parts: Splits[Accounts], *, ratio: float, share: float, rows: int, seed: int
) -> dict[str, float]:
    """Every property of a model on the test part, by name.

    Parameters
    ----------
    rule, parts
        The model, and the split that it was made on.
    ratio, share
        Price of a default; range of small changes.
    rows : int
        Test rows that are moved by the search; 0 leaves it out.
    seed : int
        Of random changes.
    """
    test, train = parts.test, parts.train
    probability = rule.probability(test.x)
    found = {
        # Of the raw score: calibration would turn round a score that ranks backwards.
        "auc": roc_auc(test.y, rule.fitted.score(test.x)),
        "ece": expected_calibration_error(test.y, probability),
        "bytes": float(rule.fitted.bytes),
        "microseconds": microseconds(rule.fitted.score, test.x),
    }
    found |= decided(test.y, rule.refused(test.x), test, ratio=ratio)
    # 2 AUC - 1: how much more often a member has the lower loss than an outsider has.
    found["advantage"] = 2 * loss_attack(_losses(rule, train), _losses(rule, test)).auc - 1
    if rows:
        found |= _turned(rule, test.x[:rows], share=share, seed=seed)
    if rule.fitted.guarantee is not None:
        found["epsilon"] = rule.fitted.guarantee.epsilon
    return found


def group_properties(
    rule: Decider, parts: Splits[Accounts], *, ratio: float, group: str, seed: int
) -> dict[str, float]:
    """Cost and gaps of the same score with one threshold for each group.

    Parameters
    ----------
    rule, parts, ratio
        As for `properties`.
    group : str
        One of `accounts.GROUPS`; it must be known when a person is decided on.
    seed : int
        Of lots, if a group has any.
    """
    held, test = parts.validation, parts.test
    thresholds = equal_share_thresholds(
        held.y, rule.probability(held.x), held.groups[group], ratio=ratio
    )
    refused = thresholds.decide(rule.probability(test.x), test.groups[group], seed=seed)
    return decided(test.y, refused, test, ratio=ratio)


def unlabelled(train: Accounts, test: Accounts, *, labelled: Fitted, seed: int) -> dict[str, float]:
    """How well the unusual, found without a label, are those who will default.

    An isolation forest (Liu, Ting and Zhou, 2008): whom few random cuts set apart is unusual.

    Parameters
    ----------
    train, test : Accounts
        Labels of `train` are never read; those of `test` only judge.
    labelled : Fitted
        A model that had the labels, for comparison.
    seed : int
        Of the random cuts.

    Returns
    -------
    dict
        `pr-auc`, the area under precision and recall (average precision); `base-rate`, what a
        score by lot has; `above-base`, their difference; `labelled`, the area of that model.
    """
    from sklearn.ensemble import IsolationForest
    from sklearn.metrics import average_precision_score

    forest = IsolationForest(n_estimators=200, random_state=seed).fit(train.plain)
    area = float(average_precision_score(test.y, -forest.score_samples(test.plain)))
    base = float(test.y.mean())
    known = float(average_precision_score(test.y, labelled.score(test.x)))
    return {"pr-auc": area, "base-rate": base, "above-base": area - base, "labelled": known}


def microseconds(score: Callable[[Floats], Floats], x: Floats) -> float:
    """Processor microseconds a row, all rows at once: the median of a few calls."""
    score(x)
    taken = []
    for _ in range(TIMINGS):
        start = time.process_time()
        score(x)
        taken.append(time.process_time() - start)
    return float(np.median(taken)) / len(x) * 1e6


def _losses(rule: Decider, rows: Accounts) -> Floats:
    """Loss of each row in nats, of the model before calibration: that is what training saw."""
    p = np.clip(rule.fitted.score(rows.x), 1e-6, 1 - 1e-6)
    return np.asarray(-np.where(rows.y == 1, np.log(p), np.log1p(-p)))


def _turned(rule: Decider, x: Floats, *, share: float, seed: int) -> dict[str, float]:
    found = changes.turned(rule.probability, x, rule.threshold, share=share, seed=seed)
    by = {"turned-search": found.searched, "turned-random": found.drawn}
    if rule.fitted.network is not None:
        cut = _cut(rule)
        by["turned-gradient"] = changes.turned_by_gradient(rule.fitted.network, x, cut, share=share)
    own = np.logical_or.reduce(list(by.values()))
    by["turned"] = own  # by whichever found a way
    if rule.fitted.behind is not None:
        by["turned-transfer"] = changes.turned_by_transfer(
            rule.probability, x, rule.threshold, behind=rule.fitted.behind, cut=_cut(rule),
            share=share,
        )  # fmt: skip
        by["turned"] = own | by["turned-transfer"]
        by["missed"] = by["turned"] & ~own  # what attacks on the rounded score alone overlook
    return {name: float(flags.mean()) for name, flags in by.items()}


def _cut(rule: Decider) -> float:
    """The logit of a network at which its calibrated probability is the threshold."""
    inside = float(np.clip(rule.threshold, EDGE, 1 - EDGE))
    return float((logit(inside) - rule.sigmoid.offset) / rule.sigmoid.slope)
