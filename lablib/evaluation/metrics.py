"""Metrics: one call shape, `metric(y_true, prediction)`, over scikit-learn.

The library computes; these seams check labels, probabilities and lengths first, so that a wrong
input fails by name. Labels are 0 or 1, and class 1 is the one that a score ranks.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from lablib.evaluation._inputs import Ints, labels, probabilities, same_length, vector


def accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Share of rows whose predicted label is right.

    0 is never right, 1 always; guessing the larger class gives that class's share, so an
    accuracy means little without it. It compares no groups and says nothing about fairness.

    Parameters
    ----------
    y_true, y_pred : array_like of 0/1, shape (N,)

    >>> accuracy([0, 1, 1, 0], [0, 1, 0, 0])
    0.75
    """
    from sklearn.metrics import accuracy_score

    truth, predicted = labels("y_true", y_true), labels("y_pred", y_pred)
    same_length(y_true=truth, y_pred=predicted)
    return float(accuracy_score(truth, predicted))


def balanced_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Mean of the two classes' recalls: (TPR + TNR) / 2.

    1 is perfect; 0.5 is what any constant answer reaches, whatever the class shares; 0 is always
    wrong. ValueError if `y_true` holds only one class.

    >>> balanced_accuracy([0, 0, 0, 1], [0, 0, 0, 0])
    0.5
    """
    from sklearn.metrics import balanced_accuracy_score

    truth, predicted = _both_classes(y_true, "balanced accuracy"), labels("y_pred", y_pred)
    same_length(y_true=truth, y_pred=predicted)
    return float(balanced_accuracy_score(truth, predicted))


def roc_auc(y_true: ArrayLike, y_score: ArrayLike) -> float:
    """Probability that a random row of class 1 scores above a random row of class 0.

    Ties count half (the Mann-Whitney statistic). 1 ranks perfectly, 0.5 is a coin, 0 ranks the
    wrong way round. Any increasing transform of the scores gives the same number, so it says
    nothing about calibration. ValueError if `y_true` holds only one class.

    Parameters
    ----------
    y_score : array_like, shape (N,)
        Any real score; larger means more like class 1.

    >>> roc_auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    from sklearn.metrics import roc_auc_score

    truth, score = _both_classes(y_true, "ROC AUC"), vector("y_score", y_score)
    same_length(y_true=truth, y_score=score)
    return float(roc_auc_score(truth, score))


def brier_score(y_true: ArrayLike, y_prob: ArrayLike) -> float:
    """Mean squared distance between probability and label: mean of (p - y)^2.

    0 is certain and right on every row, 1 certain and wrong; always answering the base rate r
    gives r(1 - r), and always 1/2 gives 0.25 (Brier, 1950, for two classes).

    >>> brier_score([0, 1], [0.5, 0.5])
    0.25
    """
    from sklearn.metrics import brier_score_loss

    truth, probability = labels("y_true", y_true), probabilities("y_prob", y_prob)
    same_length(y_true=truth, y_prob=probability)
    return float(brier_score_loss(truth, probability, pos_label=1))


def log_loss(y_true: ArrayLike, y_prob: ArrayLike) -> float:
    """Mean negative log-likelihood in nats: -mean(y log p + (1 - y) log(1 - p)).

    0 is certain and right on every row; always 1/2 gives log 2. Probabilities are clipped to
    [e, 1 - e], e the machine epsilon, so that one certain mistake costs about 36 and not infinity.

    >>> print(f"{log_loss([0, 1], [0.5, 0.5]):.4f}")
    0.6931
    """
    from sklearn.metrics import log_loss as sklearn_log_loss

    truth, probability = labels("y_true", y_true), probabilities("y_prob", y_prob)
    same_length(y_true=truth, y_prob=probability)
    return float(sklearn_log_loss(truth, probability, labels=[0, 1]))


def _both_classes(y_true: ArrayLike, metric: str) -> Ints:
    truth = labels("y_true", y_true)
    if truth.min() == truth.max():
        raise ValueError(
            f"y_true holds only class {truth[0]}; {metric} needs both, so use more rows or "
            "a stratified split"
        )
    return truth
