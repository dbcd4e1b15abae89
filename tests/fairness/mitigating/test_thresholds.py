import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin

from lablib.evaluation.groups import (
    demographic_parity_difference,
    equalized_odds_difference,
    group_counts,
    selection_rates,
)
from lablib.fairness.mitigating.thresholds import (
    ThresholdRule,
    demographic_parity_sweep,
    demographic_parity_thresholds,
    equalized_odds_thresholds,
    upper_hull,
)


def people(rows=400, *, seed=0, levels=None):
    rng = np.random.default_rng(seed)
    groups = np.array(["a", "b"])[(rng.random(rows) < 0.4).astype(int)]
    base = np.where(groups == "a", 0.6, 0.3)
    y = (rng.random(rows) < base).astype(int)
    score = base + 0.25 * (2 * y - 1) + rng.normal(0, 0.25, rows)
    if levels:
        score = np.round(score * levels) / levels
    return y, score, groups


def expected_gap(chance, groups):
    return abs(chance[groups == "a"].mean() - chance[groups == "b"].mean())


def expected_accuracy(y, chance):
    return np.where(y == 1, chance, 1 - chance).mean()


class Scores(ClassifierMixin, BaseEstimator):
    """A fitted estimator whose only feature is the score."""

    def fit(self, x, y):
        return self

    def predict_proba(self, x):
        x = np.asarray(x)
        return np.c_[1 - x[:, 0], x[:, 0]]

    def __sklearn_is_fitted__(self):
        return True


@pytest.mark.parametrize("levels", [None, 8])
@pytest.mark.parametrize("bound", [0.0, 0.05, 0.2])
def test_parity_thresholds_are_those_of_fairlearn(levels, bound):
    post = pytest.importorskip("fairlearn.postprocessing", reason="fairlearn is not installed")
    y, score, groups = people(levels=levels, seed=3)
    ours = demographic_parity_thresholds(y, score, groups, bound=bound)
    theirs = post.ThresholdOptimizer(
        estimator=Scores(), prefit=True, predict_method="predict_proba", tol=bound or None
    ).fit(score[:, None], y, sensitive_features=groups)
    other = theirs._pmf_predict(score[:, None], sensitive_features=groups)[:, 1]
    mine = ours.probability(score, groups)
    # Their window loses a step of the grid to rounding (0.05 > 0.05 in floating point), ours not.
    short = demographic_parity_thresholds(y, score, groups, bound=max(bound - 0.001, 0))
    least = expected_accuracy(y, short.probability(score, groups))
    assert expected_accuracy(y, mine) >= expected_accuracy(y, other) - 1e-9 >= least - 2e-9
    if not bound:
        assert mine == pytest.approx(other, abs=1e-9)
    assert expected_gap(mine, groups) <= bound + 1e-9


@pytest.mark.parametrize("levels", [None, 8])
def test_odds_rules_are_those_of_fairlearn(levels):
    post = pytest.importorskip("fairlearn.postprocessing", reason="fairlearn is not installed")
    y, score, groups = people(levels=levels, seed=4)
    mine = equalized_odds_thresholds(y, score, groups).probability(score, groups)
    theirs = post.ThresholdOptimizer(
        estimator=Scores(), prefit=True, predict_method="predict_proba",
        constraints="equalized_odds",
    ).fit(score[:, None], y, sensitive_features=groups)  # fmt: skip
    other = theirs._pmf_predict(score[:, None], sensitive_features=groups)[:, 1]
    assert mine == pytest.approx(other, abs=1e-9)
    for label in (0, 1):
        assert expected_gap(mine[y == label], groups[y == label]) < 1e-9


def test_no_pair_of_thresholds_is_better_by_hand():
    # a: scores 3 > 2 > 1 with labels 1, 1, 0;  b: 3 > 2 > 1 with labels 1, 0, 0.
    y, score, groups = [1, 1, 0, 1, 0, 0], [3, 2, 1, 3, 2, 1], list("aaabbb")
    free = demographic_parity_thresholds(y, score, groups, bound=1.0)
    assert free.decide(score, groups, seed=0).tolist() == y
    equal = demographic_parity_thresholds(y, score, groups, bound=0.0)
    chance = equal.probability(score, groups)
    assert expected_gap(chance, np.array(groups)) < 1e-9
    assert expected_accuracy(np.array(y), chance) == pytest.approx(5 / 6, abs=1e-3)


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.02, 0.1, 1.0]))
@settings(max_examples=25, deadline=None)
def test_the_bound_holds_and_looser_is_never_worse(seed, bound):
    y, score, groups = people(120, seed=seed)
    chance = demographic_parity_thresholds(y, score, groups, bound=bound).probability(score, groups)
    assert expected_gap(chance, groups) <= bound + 1e-9
    free = demographic_parity_thresholds(y, score, groups, bound=1.0).probability(score, groups)
    assert expected_accuracy(y, chance) <= expected_accuracy(y, free) + 1e-9
    # Any increasing transform of the scores leads to the same decisions.
    again = demographic_parity_thresholds(y, np.exp(score), groups, bound=bound)
    assert again.probability(np.exp(score), groups) == pytest.approx(chance, abs=1e-9)


def test_one_threshold_for_all_is_not_parity():
    y, score, groups = people(4000)
    common = (score > 0.5).astype(int)
    assert demographic_parity_difference(y, common, groups=groups) > 0.3
    rules = demographic_parity_thresholds(y, score, groups)
    assert expected_gap(rules.probability(score, groups), groups) < 1e-9
    fair = rules.decide(score, groups, seed=0)
    assert demographic_parity_difference(y, fair, groups=groups) < 0.06  # lots are drawn
    # ... and parity is not equal odds: they can even move apart.
    assert equalized_odds_difference(y, fair, groups=groups) > 0.1


def test_lots_follow_the_seed_and_unknown_groups_are_refused():
    y, score, groups = people(levels=4)
    rules = demographic_parity_thresholds(y, score, groups)
    assert (rules.decide(score, groups, seed=1) == rules.decide(score, groups, seed=1)).all()
    with pytest.raises(ValueError, match="no threshold was fitted"):
        rules.probability(score, np.array(["c"] * len(y)))
    with pytest.raises(ValueError, match="one label only"):
        demographic_parity_thresholds([1, 1, 0, 1], [1, 2, 3, 4], ["a", "a", "b", "b"])
    with pytest.raises(ValueError, match="the same rows"):
        demographic_parity_thresholds([1, 0], [1, 2, 3], ["a", "a", "b"])
    table = group_counts(y, rules.decide(score, groups, seed=0), groups=groups)
    assert np.ptp(selection_rates(table.counts)) < 0.1


def test_a_rule_reads_or_ignores_the_score():
    rule = ThresholdRule(high=2.0, low=1.0, mix=0.25, ignore=0.5, constant=0.4)
    assert rule.probability(np.array([0.0, 1.5, 3.0])).tolist() == pytest.approx([0.2, 0.575, 0.7])


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=30))
@settings(max_examples=50, deadline=None)
def test_the_hull_lies_above_every_point(pairs):
    points = np.array(sorted({(0, 0), (20, 20), *pairs}), dtype=float)
    kept = upper_hull(points[:, 0], points[:, 1])
    assert (np.diff(kept) > 0).all()
    above = np.interp(points[:, 0], points[kept, 0], points[kept, 1])
    assert (above >= points[:, 1] - 1e-9).all()


@pytest.mark.parametrize("fit", [demographic_parity_thresholds, equalized_odds_thresholds])
def test_labels_and_scores_that_would_decide_wrongly_are_refused(fit):
    y, score, groups = people(80)
    for wrong in (y + 1, 2 * y - 1):
        with pytest.raises(ValueError, match=r"y_true holds (2|-1); labels must be 0 or 1"):
            fit(wrong, score, groups)
    with pytest.raises(ValueError, match=r"shape \(80, 2\); .* column 1 of predict_proba"):
        fit(y, np.c_[1 - score, score], groups)
    with pytest.raises(ValueError, match="scores holds 1 values that are NaN"):
        fit(y, np.where(np.arange(80) == 3, np.nan, score), groups)
    with pytest.raises(ValueError, match="infinite"):
        fit(y, np.where(np.arange(80) == 3, np.inf, score), groups)
    with pytest.raises(ValueError, match="not numbers"):
        fit(y, ["high"] * 80, groups)


@pytest.mark.parametrize("bound", [2, 1.001, -0.1, float("nan")])
def test_a_bound_that_is_no_gap_is_named(bound):
    y, score, groups = people(80)
    with pytest.raises(ValueError, match=f"bound has {bound}; give a gap from 0"):
        demographic_parity_thresholds(y, score, groups, bound=bound)
    with pytest.raises(ValueError, match=f"bounds has {bound}; give a gap from 0"):
        demographic_parity_sweep(y, score, groups, bounds=(0.1, bound))


def test_nobody_without_a_score_is_decided_on():
    y, score, groups = people(80)
    rules = demographic_parity_thresholds(y, score, groups)
    holes = np.where(np.arange(80) < 2, np.nan, score)
    for call in (rules.probability, lambda s, g: rules.decide(s, g, seed=0)):
        with pytest.raises(ValueError, match="scores holds 2 values that are NaN"):
            call(holes, groups)
        with pytest.raises(ValueError, match="scores has 80, groups has 79 rows"):
            call(score, groups[1:])
    assert len(rules.decide([], [], seed=0)) == 0
    sure = rules.probability([np.inf, -np.inf], ["a", "a"])  # log-odds of 1 and 0 are scores
    assert sure[0] >= sure[1]
