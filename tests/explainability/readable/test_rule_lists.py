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
