import numpy as np
import pytest

from lablib.explainability.causal import checks, refute
from lablib.explainability.causal.estimate import regression
from lablib.explainability.causal.study import resumes, risk_ratio


@pytest.fixture(scope="module")
def study():
    return resumes()


def test_the_published_rates_to_the_count(study):
    found = {name: value for name, value, _, _ in checks.study_effects(study)}
    assert found["study.white"] == 235 / 2435
    assert found["study.black"] == 157 / 2435
    assert found["study.difference"] == pytest.approx((235 - 157) / 2435, abs=1e-12)
    assert found["study.ratio"] == pytest.approx(235 / 157)
    assert found["study.e-value"] == pytest.approx(2.36, abs=0.005)


def test_the_name_is_independent_of_what_the_resume_says(study):
    """The lot worked: no entry differs between the groups beyond chance (Bonferroni)."""
    for column in study.covariates.T:
        found = regression(column, study.white, study.nothing, clusters=study.ad)
        if found.standard_error > 0:
            assert abs(found.value / found.standard_error) < 3
    assert found.value == pytest.approx(0, abs=1e-9)  # both groups of every ad are in one city


def test_the_interval_by_advertisement_is_that_of_whole_advertisements_redrawn(study):
    plain = regression(study.called, study.white, study.nothing, clusters=study.ad)
    draws = []
    for rows in checks._whole_ads(study.ad, 0, 300):
        white = study.white[rows] == 1
        draws.append(study.called[rows][white].mean() - study.called[rows][~white].mean())
    assert plain.standard_error == pytest.approx(np.std(draws), rel=0.15)
    rows_alone = regression(study.called, study.white, study.nothing)
    assert rows_alone.standard_error > 1.1 * plain.standard_error  # pairs within ads are alike


def test_a_risk_ratio_by_hand():
    """2 of 4 against 1 of 4: ratio 2, and log error sqrt(1/2 - 1/4 + 1 - 1/4) = 1."""
    found = risk_ratio([1, 1, 0, 0, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0])
    assert found.value == pytest.approx(2)
    assert found.standard_error == pytest.approx(1)
    assert found.interval.low == pytest.approx(2 * np.exp(-1.959964))
    with pytest.raises(ValueError, match="outcome never happens in one of the groups"):
        risk_ratio([1, 0], [1, 0])


def test_no_test_objects_to_the_study_and_placebos_centre_on_zero(study):
    found = {n: (v, i) for n, v, i, _ in checks.study_refuted(study, seed=1, repeats=200)}
    assert all(v == 0 for name, (v, _) in found.items() if name.endswith("objects"))
    value, ends = found["study.refute.placebo"]
    assert abs(value) < 0.002
    assert 0.015 < ends.high - ends.low < 0.03


def test_lots_across_advertisements_are_not_the_lots_of_the_study(study):
    """Dealt out within advertisements, each keeps as many white names as it got."""
    rng = np.random.default_rng(0)
    dealt = refute.shuffled(study.white, rng, within=study.ad)
    per_ad = np.bincount(study.ad, weights=study.white)
    assert (np.bincount(study.ad, weights=dealt) == per_ad).all()
    loose = refute.shuffled(study.white, rng)
    assert (np.bincount(study.ad, weights=loose) != per_ad).any()
