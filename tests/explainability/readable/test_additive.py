import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from lablib.evaluation import roc_auc
from lablib.explainability.readable import additive

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    features = pd.DataFrame(rng.normal(size=(3000, 3)), columns=["bend", "line", "noise"])
    odds = 2 * np.abs(features["bend"]) - 1.5 + features["line"]
    return features, (rng.random(3000) < expit(odds)).astype(int)


@pytest.fixture(scope="module", params=["gam", "ebm"])
def model(request, table):
    if request.param == "gam":
        return additive.fit_gam(*table)
    pytest.importorskip("interpret")
    return additive.fit_ebm(*table, outer_bags=2)


def test_the_curves_and_the_intercept_are_the_whole_model(model, table):
    features, _ = table
    total = model.intercept + model.contributions(features).sum(axis=1)
    assert np.allclose(logit(model.predict(features)), total)
    assert np.allclose(model.contributions(features).mean(axis=0), 0, atol=1e-6)
    assert model.size == 3


def test_a_bent_effect_is_found_where_a_line_sees_nothing(model, table):
    features, _ = table
    left, middle, right = model.shape(features, "bend", [-1.5, 0.0, 1.5])
    assert min(left, right) - middle > 1.5
    low, high = model.shape(features, "line", [-1.0, 1.0])
    assert 1.2 < high - low < 2.8
    flat = model.shape(features, "noise", [-1.0, 0.0, 1.0])
    assert np.ptp(flat) < 0.6


def test_a_curve_does_not_depend_on_the_other_columns(model, table):
    features, _ = table
    grid = [-1.0, 0.0, 1.0]
    one = model.shape(features, "bend", grid)
    assert np.allclose(one, model.shape(features.iloc[::-1], "bend", grid))


def test_reason_codes_are_the_largest_positive_terms(model, table):
    features, _ = table
    row = features.iloc[[7]]
    amounts = dict(zip(model.terms, model.contributions(row)[0], strict=True))
    codes = additive.reason_codes(model, row, count=3)
    assert all(value > 0 and amounts[name] == value for name, value in codes)
    assert len(codes) == sum(value > 0 for value in amounts.values())
    assert [v for _, v in codes] == sorted((v for _, v in codes), reverse=True)


def test_the_seam_returns_what_interpret_returns(table):
    glassbox = pytest.importorskip("interpret.glassbox")
    features, target = table
    ours = additive.fit_ebm(features, target, outer_bags=2, seed=3)
    theirs = glassbox.ExplainableBoostingClassifier(
        outer_bags=2, interactions=0, random_state=3, n_jobs=1
    ).fit(features, target)
    assert np.allclose(ours.predict(features), theirs.predict_proba(features)[:, 1], atol=1e-12)
    assert roc_auc(target, ours.predict(features)) >= roc_auc(
        target, theirs.predict_proba(features)[:, 1]
    )


def test_splines_without_bends_lose_to_splines_with_them(table):
    """The wrong variant: one straight piece a feature cannot hold an absolute value."""
    features, target = table
    held_in = [
        roc_auc(target, additive.fit_gam(features, target, knots=k, penalty=p).predict(features))
        for k, p in ((2, 1e6), (6, 10.0))
    ]
    assert held_in[1] - held_in[0] > 0.05


def test_bad_input_is_named(model, table):
    features, _ = table
    with pytest.raises(ValueError, match="column is 'age'"):
        model.shape(features, "age", [1.0])
    with pytest.raises(ValueError, match="exactly one"):
        additive.reason_codes(model, features)
