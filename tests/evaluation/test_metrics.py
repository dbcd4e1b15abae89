import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lablib.evaluation import accuracy, balanced_accuracy, brier_score, log_loss, roc_auc

TRUTH = [0, 0, 0, 1]
LABELLED = st.integers(2, 40).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 1), min_size=n, max_size=n).filter(lambda y: 0 < sum(y) < len(y)),
        st.lists(st.floats(0, 1), min_size=n, max_size=n),
    )
)


def test_metrics_by_hand():
    assert accuracy(TRUTH, [0, 0, 1, 1]) == 0.75
    assert balanced_accuracy(TRUTH, [0, 0, 1, 1]) == pytest.approx((2 / 3 + 1) / 2)
    assert roc_auc(TRUTH, [0.1, 0.2, 0.9, 0.8]) == pytest.approx(2 / 3)
    assert brier_score(TRUTH, [0, 0, 0.5, 1]) == pytest.approx(0.0625)
    assert log_loss(TRUTH, [0.5] * 4) == pytest.approx(math.log(2))


def test_accuracy_flatters_a_constant_answer_and_balanced_accuracy_does_not():
    constant = [0, 0, 0, 0]
    assert accuracy(TRUTH, constant) == 0.75
    assert balanced_accuracy(TRUTH, constant) == 0.5
    assert roc_auc(TRUTH, constant) == 0.5


@settings(max_examples=50, deadline=None)
@given(LABELLED)
def test_auc_is_the_share_of_pairs_ranked_right(rows):
    truth, score = (np.array(column) for column in rows)
    ones, zeros = score[truth == 1], score[truth == 0]
    pairs = stats.mannwhitneyu(ones, zeros).statistic / (ones.size * zeros.size)
    assert roc_auc(truth, score) == pytest.approx(pairs)
    assert roc_auc(truth, -score) == pytest.approx(1 - pairs)


@settings(max_examples=50, deadline=None)
@given(LABELLED)
def test_probability_scores_by_their_formulas(rows):
    truth, prob = (np.array(column) for column in rows)
    assert brier_score(truth, prob) == pytest.approx(np.mean((prob - truth) ** 2))
    eps = np.finfo(float).eps
    p = np.clip(prob, eps, 1 - eps)
    formula = -np.mean(truth * np.log(p) + (1 - truth) * np.log(1 - p))
    assert log_loss(truth, prob) == pytest.approx(formula, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(LABELLED)
def test_the_base_rate_is_the_best_constant_probability(rows):
    truth = np.array(rows[0])
    rate = truth.mean()
    for metric in (brier_score, log_loss):
        best = metric(truth, np.full(truth.size, rate))
        for other in (rate / 2, (rate + 1) / 2):
            assert metric(truth, np.full(truth.size, other)) >= best


def test_one_class_is_enough_for_the_losses_and_not_for_the_rankings():
    assert log_loss([1, 1], [0.5, 0.5]) == pytest.approx(math.log(2))
    assert brier_score([1, 1], [1.0, 1.0]) == 0
    for metric in (roc_auc, balanced_accuracy):
        with pytest.raises(ValueError, match="y_true holds only class 1"):
            metric([1, 1], [1, 1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: accuracy([0, 2], [0, 1]), "y_true holds 2; labels must be 0 or 1"),
        (lambda: accuracy([0, 1], [0, 0.7]), r"y_pred holds 0\.7; labels must be 0 or 1"),
        (lambda: accuracy([], []), "y_true has shape"),
        (lambda: accuracy([[0, 1]], [0, 1]), r"shape \(1, 2\)"),
        (lambda: accuracy([0, 1], [0]), "y_true has 2, y_pred has 1 rows"),
        (lambda: accuracy(["no", "yes"], [0, 1]), "not numbers"),
        (lambda: brier_score([0, 1], [0.2, 1.3]), r"y_prob holds 1\.3; probabilities lie in"),
        (lambda: log_loss([0, 1], [-3.0, 2.0]), "apply the sigmoid"),
        (lambda: roc_auc([0, 1], [0.1, float("nan")]), "1 values that are NaN"),
        (lambda: roc_auc([0, 1, 1], [0.1, 0.2]), "y_true has 3, y_score has 2 rows"),
    ],
)
def test_wrong_inputs_fail_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()
