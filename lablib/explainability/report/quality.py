"""How good the model is on the held-out rows, and which columns that needs.

Permutation importance (Breiman, 2001) is the fall of AUROC when one column is shuffled. It speaks
of this model: a column whose knowledge also stands in another one gets little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from lablib.evaluation import (
    Estimate,
    Interval,
    accuracy,
    balanced_accuracy,
    bootstrap,
    brier_score,
    expected_calibration_error,
    paired_bootstrap_difference,
    proportion,
    roc_auc,
)
from lablib.explainability.report.coding import Floats
from lablib.explainability.report.parts import ReportRows
from lablib.explainability.report.settings import ReportSettings
from lablib.explainability.report.subject import Subject

SMALL_GROUP = 20  # rows; below that a group gets no number


@dataclass(frozen=True)
class ModelQuality:
    """Estimates on held-out rows; `majority` is the answer that most of them have.

    `over_majority` is the difference of accuracies, paired; `groups` maps a group to its share of
    positive answers and its accuracy.
    """

    auroc: Estimate
    accuracy: Estimate
    majority: Any
    majority_accuracy: float
    over_majority: Estimate
    balanced: float
    brier: float
    brier_of_rate: float
    calibration_error: float
    groups: dict[str, tuple[Estimate, Estimate] | None]

    @property
    def beats_majority(self) -> bool:
        """Whether the model is more often right than one answer for everyone, with certainty."""
        return self.over_majority.interval.low > 0


def measure(subject: Subject, parts: ReportRows, settings: ReportSettings) -> ModelQuality:
    """Score the model on the held-out rows.

    Parameters
    ----------
    subject, parts, settings
        Of the report.
    """
    y, probability = parts.labels, subject.probability(parts.held)
    answers = (probability >= settings.threshold).astype(int)
    larger = int(parts.reference_labels.mean() >= 0.5)
    constant = np.full(len(y), larger)
    seed, count = settings.seed, settings.resamples
    groups = {}
    if parts.groups is not None:
        for name in np.unique(parts.groups):
            mine = parts.groups == name
            groups[str(name)] = (
                (proportion(answers[mine]), proportion(answers[mine] == y[mine]))
                if mine.sum() >= SMALL_GROUP
                else None
            )
    return ModelQuality(
        auroc=bootstrap(auc, y, probability, seed=seed, n_resamples=count),
        accuracy=proportion(answers == y),
        majority=subject.positive if larger else subject.negative,
        majority_accuracy=accuracy(y, constant),
        over_majority=paired_bootstrap_difference(
            lambda truth, given: float((truth == given).mean()), y, answers, constant,
            seed=seed, n_resamples=count,
        ),
        balanced=balanced_accuracy(y, answers),
        brier=brier_score(y, probability),
        brier_of_rate=brier_score(y, np.full(len(y), parts.reference_labels.mean())),
        calibration_error=expected_calibration_error(y, probability),
        groups=groups,
    )  # fmt: skip


def auc(y: NDArray[np.int64], scores: Floats) -> float:
    """`evaluation.roc_auc` without its checks, for thousands of resamples; NaN with one class.

    >>> auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
    0.75
    """
    positives = int(y.sum())
    pairs = positives * (len(y) - positives)
    if not pairs:
        return float("nan")
    rank_sum = float(rankdata(scores)[y == 1].sum())
    return (rank_sum - positives * (positives + 1) / 2) / pairs


def permuted(subject: Subject, parts: ReportRows, settings: ReportSettings) -> list[Estimate]:
    """Fall of AUROC when a column is shuffled, for each column.

    The interval holds both sources of chance: each of the bootstrap samples of rows is scored with
    one of the permutations, in turn.

    Parameters
    ----------
    subject, parts, settings
        Of the report.
    """
    rng = np.random.default_rng(settings.seed)
    y, whole = parts.labels, subject.probability(parts.held)
    samples = rng.integers(len(y), size=(settings.resamples, len(y)))
    of_samples = np.array([auc(y[rows], whole[rows]) for rows in samples])
    found = []
    for place in range(parts.held.shape[1]):
        scores = np.array([
            subject.probability(_shuffled(parts.held, place, rng)) for _ in range(settings.repeats)
        ])  # fmt: skip
        value = roc_auc(y, whole) - float(np.mean([auc(y, one) for one in scores]))
        falls = of_samples - [
            auc(y[rows], scores[number % settings.repeats][rows])
            for number, rows in enumerate(samples)
        ]
        low, high = np.quantile(falls, [0.025, 0.975])
        inside = Interval(min(float(low), value), max(float(high), value))
        found.append(Estimate(value, inside, len(y)))
    return found


def _shuffled(rows: Floats, place: int, rng: np.random.Generator) -> Floats:
    changed = rows.copy()
    changed[:, place] = rng.permutation(changed[:, place])
    return changed
