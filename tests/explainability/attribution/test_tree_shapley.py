import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from lablib.explainability.attribution import shapley
from lablib.explainability.attribution.methods import attribute
from lablib.explainability.attribution.tree_shapley import leaves, tree_shapley


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 8))
    return x, (x[:, 0] + x[:, 1] * x[:, 2] + rng.normal(size=600) > 0).astype(int)


def test_a_stump_by_hand():
    stump = DecisionTreeRegressor(max_depth=1).fit([[0.0], [1.0]], [2.0, 6.0])
    assert sorted(leaf.value for leaf in leaves(stump)) == [2.0, 6.0]
    assert tree_shapley(stump, [[1.0]], [[0.0], [1.0]]).tolist() == [[2.0]]


@pytest.mark.parametrize(
    "model",
    [
        HistGradientBoostingClassifier(max_iter=25, max_leaf_nodes=12, early_stopping=False),
        GradientBoostingClassifier(n_estimators=20, random_state=0),
        RandomForestRegressor(n_estimators=5, max_depth=6, random_state=0),
    ],
    ids=lambda model: type(model).__name__,
)
def test_equal_to_brute_force(table, model):
    x, y = table
    model.fit(x, y)
    score = getattr(model, "decision_function", model.predict)
    asked, others = x[:6].astype(np.float32).astype(float), x[100:110]
    brute = np.array([shapley.exact(score, row, others) for row in asked])
    assert np.abs(tree_shapley(model, asked, others) - brute).max() < 1e-9


def test_shap_agrees_in_single_precision(table):
    x, y = table[0].astype(np.float32).astype(float), table[1]
    model = HistGradientBoostingClassifier(max_iter=25, early_stopping=False).fit(x, y)
    theirs = attribute(model, x[:20], baselines=x[100:120], method="tree-shap")
    assert np.abs(tree_shapley(model, x[:20], x[100:120]) - theirs.values).max() < 1e-6
    assert theirs.relative_error < 1e-6


def test_rows_on_a_threshold_show_in_the_completeness_error_of_shap(table):
    """shap rounds thresholds to single precision; the rows the trees were cut at fall over."""
    x, y = table
    model = HistGradientBoostingClassifier(max_iter=25, early_stopping=False).fit(x, y)
    theirs = attribute(model, x, baselines=x[:20], method="tree-shap")
    assert np.abs(theirs.completeness_error).max() > 0.01
    ours = tree_shapley(model, x[:50], x[:20]).sum(1)
    change = model.decision_function(x[:50]) - model.decision_function(x[:20]).mean()
    assert ours == pytest.approx(change, abs=1e-9)


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_sums_and_unused_features(table, seed):
    x, y = table
    rng = np.random.default_rng(seed)
    tree = DecisionTreeRegressor(max_leaf_nodes=6, random_state=seed).fit(x[:, :5], y)
    asked, others = rng.normal(size=(3, 5)), rng.normal(size=(4, 5))
    values = tree_shapley(tree, asked, others)
    assert values.sum(1) == pytest.approx(tree.predict(asked) - tree.predict(others).mean())
    unused = sorted(set(range(5)) - {f for leaf in leaves(tree) for f in leaf.bounds})
    assert (values[:, unused] == 0).all()


def test_impossible_requests(table):
    x, y = table
    with pytest.raises(ValueError, match="outputs"):
        leaves(DecisionTreeClassifier(max_depth=2).fit(x, y))
    stump = DecisionTreeRegressor(max_depth=1).fit(x, y)
    with pytest.raises(ValueError, match="finite"):
        tree_shapley(stump, np.full((1, 8), np.nan), x)
    with pytest.raises(ValueError, match="inputs has shape"):
        tree_shapley(stump, x[0], x)
