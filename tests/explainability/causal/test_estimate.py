import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.explainability.causal import estimate
from lablib.explainability.causal.estimate import (
    doubly_robust,
    instrument,
    propensity,
    regression,
    weighting,
)

ALL = (regression, weighting, doubly_robust)


def sample(n=400, seed=0, effect=2.0):
    """Two covariates that act on treatment and outcome; the effect is the same for everybody."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2))
    t = (rng.random(n) < 1 / (1 + np.exp(-x[:, 0] + 0.5 * x[:, 1]))).astype(float)
    y = effect * t + 3 * x[:, 0] - x[:, 1] + rng.normal(size=n)
    return y, t, x


def by_strata(y, t, x):
    """Difference of means in each stratum, weighted by the stratum's share of all rows."""
    total = 0.0
    for value in np.unique(x):
        rows = x == value
        gap = y[rows & (t == 1)].mean() - y[rows & (t == 0)].mean()
        total += rows.mean() * gap
    return total


@pytest.mark.parametrize("method", ALL)
def test_two_strata_by_hand(method):
    """Stratum 0: 5 - 3 = 2 on 4 rows; stratum 1: 9 - 5 = 4 on 2 rows; 2 * 4/6 + 4 * 2/6 = 8/3."""
    x = np.array([0, 0, 0, 0, 1, 1], dtype=float)
    t = np.array([1, 0, 0, 0, 1, 0], dtype=float)
    y = np.array([5, 3, 2, 4, 9, 5], dtype=float)
    assert method(y, t, x[:, None]).value == pytest.approx(8 / 3, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(30, 80))
def test_with_strata_for_covariates_all_estimators_are_one(seed, n):
    """Indicators make both models exact, so nothing is left on which they could differ."""
    rng = np.random.default_rng(seed)
    stratum = np.concatenate([np.repeat([0, 1, 2], 4), rng.integers(0, 3, n)])
    t = np.concatenate([np.tile([0, 1], 6), rng.integers(0, 2, n)]).astype(float)
    y = rng.normal(size=len(t)) + stratum + t * stratum
    x = np.column_stack([stratum == 1, stratum == 2]).astype(float)
    found = [method(y, t, x) for method in ALL]
    assert [e.value for e in found] == pytest.approx([by_strata(y, t, stratum)] * 3, abs=1e-7)
    errors = [e.standard_error for e in found]
    assert errors == pytest.approx([errors[0]] * 3, rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(shift=st.floats(-50, 50), scale=st.floats(0.1, 20), seed=st.integers(0, 1000))
def test_units_and_order_of_rows_do_not_matter(shift, scale, seed):
    y, t, x = sample(120, seed)
    order = np.random.default_rng(seed).permutation(len(y))
    for method in ALL:
        first = method(y, t, x)
        other = method((scale * y + shift)[order], t[order], x[order])
        assert other.value == pytest.approx(scale * first.value, rel=1e-6, abs=1e-6)
        assert other.standard_error == pytest.approx(scale * first.standard_error, rel=1e-6)
        assert first.influence.mean() == pytest.approx(0, abs=1e-8)


def test_without_covariates_it_is_the_difference_of_means():
    y, t, _ = sample()
    none = np.zeros((len(y), 0))
    gap = y[t == 1].mean() - y[t == 0].mean()
    error = np.sqrt(y[t == 1].var() / t.sum() + y[t == 0].var() / (1 - t).sum())
    for method in ALL:
        found = method(y, t, none)
        assert found.value == pytest.approx(gap)
        assert found.standard_error == pytest.approx(error)


def test_values_and_errors_are_those_of_statsmodels():
    pytest.importorskip("statsmodels", reason="statsmodels is not installed")
    from statsmodels.api import OLS, Logit, add_constant
    from statsmodels.treatment.treatment_effects import TreatmentEffect

    y, t, x = sample(500, seed=3)
    design = add_constant(x)
    fitted = Logit(t, design).fit(disp=0)
    theirs = TreatmentEffect(OLS(y, design), t.astype(int), results_select=fitted)
    for name, method in {"ra": regression, "ipw": weighting, "aipw": doubly_robust}.items():
        ours = method(y, t, x)
        assert ours.value == pytest.approx(getattr(theirs, name)(return_results=False)[0], abs=1e-8)
        errors = getattr(theirs, name)().results_gmm.bse
        assert ours.standard_error == pytest.approx(float(errors[0]), rel=0.02)


def test_estimates_are_those_of_dowhy():
    dowhy = pytest.importorskip("dowhy", minversion="0.14", reason="dowhy 0.14 is not installed")
    pandas = pytest.importorskip("pandas")
    from sklearn.linear_model import LogisticRegression

    y, t, x = sample(500, seed=4)
    table = pandas.DataFrame({"y": y, "t": t.astype(bool), "a": x[:, 0], "b": x[:, 1]})
    model = dowhy.CausalModel(table, "t", "y", common_causes=["a", "b"])
    named = model.identify_effect(proceed_when_unidentifiable=True)
    theirs = model.estimate_effect(
        named,
        method_name="backdoor.propensity_score_weighting",
        target_units="ate",
        method_params={
            "weighting_scheme": "ips_normalized_weight",
            "init_params": {  # without its penalty, and without cutting propensities off
                "propensity_score_model": LogisticRegression(C=np.inf, tol=1e-8),
                "min_ps_score": 1e-9,
                "max_ps_score": 1 - 1e-9,
            },
        },
    )
    assert weighting(y, t, x).value == pytest.approx(theirs.value, rel=1e-3)


def test_propensities_are_those_of_scikit_learn():
    from sklearn.linear_model import LogisticRegression

    _, t, x = sample(300, seed=1)
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(x, t)
    assert propensity(t, x) == pytest.approx(theirs.predict_proba(x)[:, 1], abs=1e-5)


@pytest.mark.parametrize("method", ALL)
def test_the_error_is_that_of_the_bootstrap(method):
    """Two-sided: neither smaller nor larger than the spread over resamples."""
    y, t, x = sample(400, seed=5)
    rng = np.random.default_rng(0)
    draws = []
    for _ in range(150):
        rows = rng.integers(0, len(y), len(y))
        draws.append(method(y[rows], t[rows], x[rows]).value)
    assert 0.8 < method(y, t, x).standard_error / np.std(draws) < 1.2


@pytest.mark.parametrize("method", ALL)
def test_rows_that_are_copies_bring_no_certainty(method):
    y, t, x = sample(200)
    twice = [np.concatenate([part, part]) for part in (y, t, x)]
    people = np.tile(np.arange(200), 2)
    once = method(y, t, x).standard_error
    assert method(*twice, clusters=people).standard_error == pytest.approx(once)
    assert method(*twice).standard_error == pytest.approx(once / np.sqrt(2))  # the fault


def test_doubly_robust_corrects_a_wrong_outcome_model_and_regression_does_not():
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, 4000)
    t = (rng.random(4000) < 1 / (1 + np.exp(-(x**2) + 1))).astype(float)
    y = 1.0 * t + 3 * x**2 + rng.normal(size=4000)
    straight, right = x[:, None], np.column_stack([x, x**2])
    assert abs(regression(y, t, straight).value - 1) > 1
    robust = doubly_robust(y, t, straight, propensity_covariates=right)
    assert robust.interval.low < 1 < robust.interval.high
    other = doubly_robust(y, t, right, propensity_covariates=straight)
    assert other.interval.low < 1 < other.interval.high


def test_an_instrument_by_hand():
    """The lot raises treatment by 1/2 and the outcome by 2: the effect is 4."""
    lot = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    t = np.array([0, 0, 0, 1, 0, 1, 1, 1])
    y = np.array([1, 1, 1, 5, 3, 5, 3, 5])
    assert instrument(np.tile(y, 20), np.tile(t, 20), np.tile(lot, 20)).value == pytest.approx(4.0)


def test_an_instrument_sees_through_a_hidden_cause():
    rng = np.random.default_rng(1)
    hidden, lot = rng.normal(size=5000), rng.integers(0, 2, 5000)
    t = (hidden + 1.5 * lot + rng.normal(size=5000) > 1).astype(float)
    y = 2 * t + 4 * hidden + rng.normal(size=5000)
    found = instrument(y, t, lot)
    assert found.interval.low < 2 < found.interval.high
    assert found.interval.high - found.interval.low < 2
    assert regression(y, t, np.zeros((5000, 0))).interval.low > 4
    with pytest.raises(ValueError, match="lot does not move the treatment"):
        instrument(y, t, rng.integers(0, 2, 5000))


def test_bad_arguments_are_refused():
    y, t, x = sample(50)
    with pytest.raises(ValueError, match=r"have shapes \(50,\), \(50,\), \(50,\); give"):
        regression(y, t, x[:, 0])
    with pytest.raises(ValueError, match="treatment must hold 1 for treated"):
        weighting(y, np.ones(50), x)
    with pytest.raises(ValueError, match="must be finite"):
        regression(np.where(t == 1, np.nan, y), t, x)
    with pytest.raises(ValueError, match="covariates nearly decide the treatment"):
        doubly_robust(y, (x[:, 0] > 0).astype(float), x)
    with pytest.raises(ValueError, match="covariates repeat each other"):
        regression(y, t, np.zeros((50, 1)))


def test_an_effect_reads_as_a_sentence():
    y, t, x = sample(100)
    found = regression(y, t, x)
    assert repr(found).startswith("Effect(")
    assert estimate.from_influence(1.0, np.zeros(4)).interval.low == 1.0
