import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix

from lablib.applications.credit import decisions
from lablib.evaluation import expected_calibration_error

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6)), min_size=1, max_size=25)


def test_cost_is_the_confusion_table_at_its_prices():
    rng = np.random.default_rng(0)
    y, refused = rng.integers(0, 2, (2, 200))
    (_, away), (missed, _) = confusion_matrix(y, refused)
    assert decisions.mean_cost(y, refused, ratio=4) == pytest.approx((4 * missed + away) / 200)


@settings(max_examples=50)
@given(ROWS, st.floats(0.1, 10))
def test_no_threshold_is_cheaper(rows, ratio):
    y, score = np.array(rows).T
    cut = decisions.cheapest_threshold(y, score / 6, ratio=ratio)
    found = decisions.mean_cost(y, score / 6 > cut, ratio=ratio)
    others = [decisions.mean_cost(y, score / 6 > c, ratio=ratio) for c in (-1.0, *(score / 6))]
    assert found == pytest.approx(min(others))


def test_calibrated_scores_lead_to_the_formula():
    rng = np.random.default_rng(1)
    p = rng.random(200_000)
    y = (rng.random(len(p)) < p).astype(int)
    assert decisions.cheapest_threshold(y, p, ratio=3) == pytest.approx(0.25, abs=0.02)


def test_the_wrong_way_round_costs_more():
    """Sentinel: a threshold for the ratio turned upside down."""
    rng = np.random.default_rng(2)
    p = rng.random(5_000)
    y = (rng.random(len(p)) < p).astype(int)
    right, wrong = (decisions.cheapest_threshold(y, p, ratio=ratio) for ratio in (3, 1 / 3))
    paid = [decisions.mean_cost(y, p > cut, ratio=3) for cut in (right, wrong)]
    assert paid[1] > paid[0] + 0.1


def test_the_correction_is_that_of_scikit_learn_and_calibrates():
    rng = np.random.default_rng(3)
    z = rng.normal(size=(4_000, 1))
    y = (rng.random(4_000) < expit(2 * z[:, 0] - 1)).astype(int)
    half = LogisticRegression().fit(z[:500], y[:500])
    half.coef_, half.intercept_ = half.coef_ * 1.5, half.intercept_ + 0.8  # spoilt on purpose
    raw = half.predict_proba(z)[:, 1]
    found = decisions.calibrated(y, raw)
    theirs = CalibratedClassifierCV(FrozenEstimator(half), method="sigmoid", cv=3).fit(z, y)
    # Theirs averages folds and smooths labels, so it is near and not equal.
    assert np.abs(found(raw) - theirs.predict_proba(z)[:, 1]).max() < 0.02
    before, after = (expected_calibration_error(y, p) for p in (raw, found(raw)))
    assert after < 0.03 < 0.05 < before


def test_equal_shares_are_refused_of_each_group():
    rng = np.random.default_rng(4)
    groups = np.repeat(["a", "b"], 2_000)
    score = np.clip(rng.random(4_000) * np.where(groups == "a", 1, 0.6), 0, 1)
    y = (rng.random(4_000) < score).astype(int)
    rule = decisions.equal_share_thresholds(y, score, groups, ratio=3)
    refused = rule.decide(score, groups, seed=0)
    shares = [refused[groups == name].mean() for name in ("a", "b")]
    assert abs(shares[0] - shares[1]) < 0.005
    one = decisions.cheapest_threshold(y, score, ratio=3)
    assert decisions.mean_cost(y, score > one, ratio=3) <= decisions.mean_cost(y, refused, ratio=3)


@pytest.mark.parametrize(("call", "match"), [
    (lambda: decisions.mean_cost([0], [1], ratio=0), "ratio is 0"),
    (lambda: decisions.cheapest_threshold([], [], ratio=3), "give N >= 1"),
    # Each of these once gave a number, most of them -inf: refuse everybody.
    (lambda: decisions.cheapest_threshold([0, 1], [0.2, 0.9], ratio=0), "ratio is 0"),
    (lambda: decisions.cheapest_threshold([0, 1], [0.2, 0.9], ratio=-3), "ratio is -3"),
    (lambda: decisions.cheapest_threshold([0, 1], [0.2, 0.9], ratio=np.nan), "ratio is nan"),
    (lambda: decisions.mean_cost([0, 1], [0, 1], ratio=np.inf), "ratio is inf"),
    (lambda: decisions.cheapest_threshold([0.2, 0.9], [0, 1], ratio=3), "y_true holds 0.2"),
    (lambda: decisions.cheapest_threshold([1, 2], [0.2, 0.9], ratio=3), "y_true holds 2"),
    (lambda: decisions.cheapest_threshold([-1, 1], [0.2, 0.9], ratio=3), "y_true holds -1"),
    (lambda: decisions.mean_cost([1, 2], [0, 1], ratio=3), "y_true holds 2"),
    (lambda: decisions.cheapest_threshold([0, 1], [0.2, np.nan], ratio=3), "1 values that are not"),
    (lambda: decisions.mean_cost([0, 1, 1], [1], ratio=3), r"refused \(1,\)"),
    (lambda: decisions.mean_cost([[0], [1]], [[0], [1]], ratio=3), r"y_true has shape \(2, 1\)"),
    (lambda: decisions.mean_cost([0, 1], [0.2, 0.9], ratio=3), "refused holds 0.2"),
    (lambda: decisions.mean_cost([0.2, 0.9], [0, 1], ratio=3), "y_true holds 0.2"),
    (lambda: decisions.calibrated([0.2, 0.9], [0, 1]), "y_true holds 0.2"),
    (lambda: decisions.calibrated([0, 1], [np.nan, 0.5]), "probability has 1 values"),
    (lambda: decisions.equal_share_thresholds([0, 1], [0.1, np.nan], ["a", "b"], ratio=3),
     "probability has 1"),
    (lambda: decisions.equal_share_thresholds([0, 1], [0.1, 0.2], ["a"], ratio=3), "groups has"),
])  # fmt: skip
def test_errors_name_what_is_wrong(call, match):
    with pytest.raises(ValueError, match=match):
        call()
