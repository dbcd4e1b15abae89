import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.explainability.causal.importance import importance, shares


def covariance(seed, features):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(3 * features, features)) @ rng.normal(size=(features, features))
    return np.cov(rows, rowvar=False) + np.eye(features)


def test_two_features_by_hand():
    """Alone, x2 announces 0.9 of x1; joint with x1 it adds nothing: half of 0.9 each way."""
    both = np.array([[1.0, 0.9], [0.9, 1.0]])
    expected = [[1.0, -0.45], [0.0, 0.45]]
    assert shares([1.0, 0.0], both, reading="observational") == pytest.approx(np.array(expected))
    assert shares([1.0, 0.0], both, reading="interventional") == pytest.approx(np.diag([1.0, 0.0]))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    weights=st.lists(st.floats(-3, 3), min_size=2, max_size=5),
    reading=st.sampled_from(["observational", "interventional"]),
)
def test_shares_add_up_to_the_score(seed, weights, reading):
    found = shares(weights, covariance(seed, len(weights)), reading=reading)
    assert found.sum(0) == pytest.approx(np.array(weights), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(weights=st.lists(st.floats(-3, 3), min_size=2, max_size=5), seed=st.integers(0, 99))
def test_readings_agree_where_features_do_not_go_together(weights, seed):
    spread = np.diag(np.random.default_rng(seed).uniform(0.5, 2, len(weights)))
    both = [shares(weights, spread, reading=r) for r in ("observational", "interventional")]
    assert both[0] == pytest.approx(both[1], abs=1e-9)
    assert both[1] == pytest.approx(np.diag(weights), abs=1e-9)


def test_the_interventional_reading_is_shaps():
    shap = pytest.importorskip("shap", reason="shap is not installed")
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 3)) @ rng.normal(size=(3, 3))
    weights = np.array([1.0, -2.0, 0.5])
    theirs = shap.LinearExplainer((weights, 0.0), shap.maskers.Independent(rows, 1000))
    ours = (rows - rows.mean(0)) @ shares(weights, np.cov(rows.T), reading="interventional").T
    assert ours == pytest.approx(theirs.shap_values(rows), abs=1e-6)


def test_the_observational_reading_is_shaps():
    shap = pytest.importorskip("shap", reason="shap is not installed")
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, 3)) @ rng.normal(size=(3, 3))
    weights = np.array([1.0, -2.0, 0.5])
    theirs = shap.LinearExplainer((weights, 0.0), shap.maskers.Impute(rows), nsamples=4000)
    sigma = np.cov(rows, rowvar=False)
    ours = (rows - rows.mean(0)) @ shares(weights, sigma, reading="observational").T
    assert np.abs(ours - theirs.shap_values(rows)).max() < 0.05 * np.abs(ours).max()


def test_importance_ranks_an_idle_column_first_only_by_association():
    rng = np.random.default_rng(0)
    common = rng.normal(size=2000)
    rows = np.column_stack([common, common + 0.3 * rng.normal(size=2000), rng.normal(size=2000)])
    seen = importance([1.0, 0.0, 0.3], rows, reading="observational")
    done = importance([1.0, 0.0, 0.3], rows, reading="interventional")
    assert seen[1] > seen[2]
    assert done[1] == pytest.approx(0)
    assert done == pytest.approx(np.abs(rows - rows.mean(0)).mean(0) * [1.0, 0.0, 0.3])


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="weights and covariance have shapes"):
        shares([1.0, 2.0], np.eye(3), reading="observational")
    with pytest.raises(ValueError, match="reading is 'causal'; use"):
        shares([1.0], np.eye(1), reading="causal")
