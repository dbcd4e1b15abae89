import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer
from sklearn.tree import DecisionTreeClassifier

from lablib.explainability.readable import trees

rows = st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 1)), min_size=2, max_size=30)


def impurity_fall(values, target, threshold):
    """The definition, one group at a time."""

    def weighted(group):
        return len(group) * 2 * group.mean() * (1 - group.mean()) if len(group) else 0.0

    left = values <= threshold
    both = weighted(target[left]) + weighted(target[~left])
    return (weighted(target) - both) / len(target)


@pytest.fixture(scope="module")
def cancer():
    data = load_breast_cancer(as_frame=True)
    return data.data, data.target.to_numpy()


def test_the_best_threshold_of_four_rows_by_hand():
    # [0 | 0 1 1]: 3/4 * 4/9 = 1/3 left over, [0 0 | 1 1]: none left of 1/2.
    assert trees.best_threshold([1, 2, 3, 4], [0, 0, 1, 1]) == (2.5, 0.5)
    threshold, gain = trees.best_threshold([1, 2, 3, 4], [0, 1, 0, 1])
    assert gain == pytest.approx(0.5 - 3 / 4 * 4 / 9)
    assert threshold == 1.5


@given(rows)
@settings(max_examples=50)
def test_no_threshold_beats_the_chosen_one(pairs):
    values, target = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    threshold, gain = trees.best_threshold(values, target)
    every = [impurity_fall(values, target, t) for t in np.arange(-5.5, 5.5)]
    assert gain == pytest.approx(max(0.0, *every), abs=1e-12)
    if gain > 0:
        assert impurity_fall(values, target, threshold) == pytest.approx(gain, abs=1e-12)


def test_the_best_split_is_the_root_of_sklearns_tree(cancer):
    features, target = cancer
    split = trees.best_split(features, target)
    root = DecisionTreeClassifier(max_leaf_nodes=2, random_state=0).fit(features, target).tree_
    assert features.columns[root.feature[0]] == split.feature
    assert root.threshold[0] == pytest.approx(split.threshold, rel=1e-6)
    fall = root.impurity[0] - (root.n_node_samples[1:] * root.impurity[1:]).sum() / len(target)
    assert fall == pytest.approx(split.gain)


def test_minimising_errors_instead_of_gini_finds_no_split_where_gini_does():
    """The wrong variant: the error rate cannot see a split that leaves the majority in place."""
    values, target = np.arange(8.0), np.array([0, 0, 0, 0, 1, 0, 1, 0])

    def errors(group):
        return min(group.sum(), len(group) - group.sum())

    falls = [
        errors(target) - errors(target[values <= t]) - errors(target[values > t])
        for t in np.arange(0.5, 7)
    ]
    assert max(falls) == 0
    assert trees.best_threshold(values, target)[1] > 0.1


def test_rules_cover_every_row_once_and_give_the_trees_probabilities(cancer):
    features, target = cancer
    tree = trees.fit_tree(features, target, max_leaves=8, min_leaf=10)
    found = trees.rules(tree, list(features.columns))
    caught = np.stack([rule.holds(features) for rule in found])
    assert len(found) == tree.get_n_leaves() == 8
    assert (caught.sum(axis=0) == 1).all()
    assert caught.sum(axis=1).tolist() == [rule.n for rule in found]
    assert sum(rule.share for rule in found) == pytest.approx(1)
    by_rule = caught.T @ np.array([rule.probability for rule in found])
    assert np.allclose(by_rule, tree.predict_proba(features)[:, 1])


def test_the_path_of_a_row_is_the_rule_that_catches_it(cancer):
    features, target = cancer
    tree = trees.fit_tree(features, target, max_leaves=6)
    for position in (0, 50, 500):
        row = features.iloc[[position]]
        rule = trees.path(tree, row)
        assert rule.holds(row).all()
        assert rule.probability == pytest.approx(tree.predict_proba(row)[0, 1])


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="max_leaves is 1"):
        trees.fit_tree(pd.DataFrame({"a": [0.0, 1.0]}), [0, 1], max_leaves=1)
    with pytest.raises(ValueError, match="one label a value"):
        trees.best_threshold([1, 2, 3], [0, 1])
    tree = trees.fit_tree(pd.DataFrame({"a": [0.0, 1.0]}), [0, 1], max_leaves=2, min_leaf=1)
    with pytest.raises(ValueError, match="exactly one"):
        trees.path(tree, pd.DataFrame({"a": [0.0, 1.0]}))


def test_a_constant_feature_has_no_split():
    threshold, gain = trees.best_threshold([3, 3, 3], [0, 1, 0])
    assert np.isnan(threshold)
    assert gain == 0
