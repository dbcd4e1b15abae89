import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer

from lablib.explainability.readable import rule_lists
from lablib.explainability.readable.rules import Condition, Rule

bits = st.lists(st.tuples(*[st.integers(0, 1)] * 4), min_size=6, max_size=40)


def by_text(text, features):
    """Follow the printed list row by row, as a reader would."""
    shares = []
    for _, row in features.iterrows():
        for line in text.splitlines():
            body, _, outcome = line.rpartition(": ")
            parts = re.findall(r"(\w+) (<=|>) (-?[\d.e+]+)", body)
            met = all(row[n] <= float(t) if op == "<=" else row[n] > float(t) for n, op, t in parts)
            if met:
                shares.append(int(outcome.split("%")[0]))
                break
    return shares


def squared_error(target):
    return ((target - target.mean()) ** 2).sum() if len(target) else 0.0


@pytest.fixture(scope="module")
def cancer():
    data = load_breast_cancer(as_frame=True)
    features = data.data.iloc[:, :8].set_axis([f"f{i}" for i in range(8)], axis=1)
    return features, data.target.to_numpy()


def test_gain_by_hand():
    # Catch the 2 positives of 4: the squared error falls from 4 * 1/4 to 0.
    assert rule_lists.gain(2, 2, 4, 2) == 1.0
    assert rule_lists.gain(0, 0, 4, 2) == 0.0
    assert rule_lists.gain(4, 2, 4, 2) == 0.0


@given(bits)
@settings(max_examples=50)
def test_the_chosen_rule_is_the_best_of_all_pairs(rows):
    table = np.array(rows, dtype=np.float32)
    holds, target = table[:, :3], table[:, 3]
    every = {}
    for i in range(3):
        for j in range(i, 3):
            caught = (holds[:, i] * holds[:, j]) > 0
            if 1 <= caught.sum() <= len(target) / 2:
                parts = squared_error(target[caught]) + squared_error(target[~caught])
                every[i, j] = squared_error(target) - parts
    chosen = rule_lists.best_rule(holds, target, min_rows=1)
    best = max(every.values(), default=0.0)
    if chosen is None:
        assert best < 1e-5
    else:
        assert every[chosen] == pytest.approx(best, abs=1e-4)


def test_each_greedy_step_is_the_best_on_the_rows_that_are_left(cancer):
    features, target = cancer
    found = rule_lists.fit_rule_list(features, target, length=4, min_rows=20, cuts=4)
    conditions = rule_lists.candidates(features, cuts=4)
    left = np.ones(len(target), dtype=bool)
    for rule in found.rules:
        x, y = features[left], target[left].astype(float)
        masks = [c.holds(x) for c in conditions]
        best = 0.0
        for i, first in enumerate(masks):
            for second in masks[i:]:
                caught = first & second
                if 20 <= caught.sum() <= len(y) / 2:
                    parts = squared_error(y[caught]) + squared_error(y[~caught])
                    best = max(best, squared_error(y) - parts)
        caught = rule.holds(x)
        fall = squared_error(y) - squared_error(y[caught]) - squared_error(y[~caught])
        assert fall == pytest.approx(best, rel=1e-4)
        assert rule.n == caught.sum()
        left &= ~rule.holds(features)


def test_the_printed_list_predicts_what_the_object_predicts(cancer):
    features, target = cancer
    found = rule_lists.fit_rule_list(features, target, length=5, min_rows=20)
    printed = by_text(found.text(), features)
    assert printed == [round(100 * p) for p in found.predict(features)]


def test_order_matters():
    """The wrong variant: the same rules in another order are another model."""
    late = Rule((Condition("late", False, 1.5),), 0.7, 10, 0.1)
    rich = Rule((Condition("limit", False, 100.0),), 0.1, 50, 0.5)
    rows = pd.DataFrame({"late": [3.0], "limit": [500.0]})
    one = rule_lists.RuleList((late, rich), (0.2, 0.2, 0.2))
    other = rule_lists.RuleList((rich, late), (0.2, 0.2, 0.2))
    assert one.predict(rows)[0] == 0.7
    assert other.predict(rows)[0] == 0.1


def test_probabilities_are_the_shares_of_the_training_rows_each_line_decides(cancer):
    features, target = cancer
    found = rule_lists.fit_rule_list(features, target, length=3, min_rows=20)
    scores = found.predict(features)
    for value in np.unique(scores):
        assert target[scores == value].mean() == pytest.approx(value, abs=1e-6)
    assert scores.mean() == pytest.approx(target.mean())


def test_a_shortened_list_is_the_list_fitted_shorter(cancer):
    features, target = cancer
    long = rule_lists.fit_rule_list(features, target, length=4, min_rows=20)
    assert long.shortened(2) == rule_lists.fit_rule_list(features, target, length=2, min_rows=20)
    assert long.shortened(2).size == 3
    with pytest.raises(ValueError, match="the list has 4 rules"):
        long.shortened(5)


def test_a_target_without_pattern_gives_no_rule():
    table = pd.DataFrame({"a": np.arange(40.0)})
    found = rule_lists.fit_rule_list(table, np.zeros(40), min_rows=5)
    assert found.rules == ()
    assert found.text() == "otherwise: 0% default"
    with pytest.raises(ValueError, match="length is 0"):
        rule_lists.fit_rule_list(table, np.zeros(40), length=0)


def in_order(found):
    return [rule.probability for rule in found.rules] + [found.rest[-1]]


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_in_a_falling_list_the_risk_falls_from_line_to_line(seed):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.integers(0, 5, size=(300, 3)), columns=["a", "b", "c"]).astype(float)
    target = (rng.random(300) < (table["a"] + table["b"]) / 8).astype(int)
    found = rule_lists.fit_rule_list(table, target, length=5, min_rows=10, cuts=4, falling=True)
    assert (np.diff(in_order(found)) <= 1e-6).all()


def test_a_free_list_need_not_fall_and_separates_more(cancer):
    """The wrong variant of a falling list: the free one begins with the safest rows."""
    features, target = cancer
    sick = 1 - target
    free = rule_lists.fit_rule_list(features, sick, length=4, min_rows=20)
    falling = rule_lists.fit_rule_list(features, sick, length=4, min_rows=20, falling=True)
    assert (np.diff(in_order(falling)) <= 1e-6).all()
    ends = in_order(rule_lists.fit_rule_list(features, target, length=4, min_rows=20))
    assert (np.diff(in_order(free)) > 0).any() or (np.diff(ends) > 0).any()
    error = [squared_error_of(sick, found.predict(features)) for found in (free, falling)]
    assert error[0] <= error[1] + 1e-6


def squared_error_of(target, scores):
    return float(((target - scores) ** 2).sum())


def test_greedy_is_near_the_best_list_of_two_rules(cancer):
    """Every list of two single conditions, by enumeration: what looking back would buy."""
    features, target = cancer
    conditions = rule_lists.candidates(features, cuts=4)
    masks = [c.holds(features) for c in conditions]
    least = np.inf
    for first in masks:
        for second in masks:
            caught = second & ~first
            parts = (first, caught, ~first & ~caught)
            if min(first.sum(), caught.sum()) >= 20:
                least = min(least, sum(squared_error(target[part]) for part in parts))
    found = rule_lists.fit_rule_list(features, target, length=2, min_rows=20, cuts=4)
    ours = squared_error_of(target, found.predict(features))
    whole = squared_error(target)
    assert (whole - ours) / (whole - least) > 0.95


def test_as_good_as_the_greedy_list_of_imodels(cancer):
    pytest.importorskip("imodels")
    from lablib.evaluation import roc_auc
    from lablib.explainability.readable.reference import imodels_rule_list

    features, target = cancer
    train = np.random.default_rng(0).permutation(len(target)) < 400
    theirs = imodels_rule_list(features[train], target[train], length=5)
    ours = rule_lists.fit_rule_list(features[train], target[train], length=5, min_rows=10)
    found = [roc_auc(target[~train], m.predict(features[~train])) for m in (ours, theirs)]
    assert found[0] >= found[1] - 0.002
