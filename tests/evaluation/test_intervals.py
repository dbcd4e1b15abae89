import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lablib.evaluation import (
    Estimate,
    Interval,
    across_seeds,
    bootstrap,
    clopper_pearson,
    intervals,
    paired_bootstrap_difference,
    proportion,
    roc_auc,
    wilson,
)


# --- Interval ---------------------------------------------------------------------------------
def test_interval_knows_its_width_and_content():
    interval = Interval(0.25, 0.75)
    assert interval.width == 0.5
    assert interval.contains(0.25)
    assert interval.contains(0.75)
    assert not interval.contains(0.76)


@pytest.mark.parametrize("ends", [(0.5, 0.4), (float("nan"), 1.0)])
def test_interval_refuses_ends_in_the_wrong_order(ends):
    with pytest.raises(ValueError, match="low must not exceed high"):
        Interval(*ends)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_is_a_share_and_not_a_percentage(level):
    with pytest.raises(ValueError, match=r"level is .*for example 0\.95"):
        clopper_pearson(1, 2, level=level)


# --- proportions ------------------------------------------------------------------------------
def test_clopper_pearson_by_hand():
    # Nothing in n trials: the upper end solves (1 - p)^n = alpha / 2.
    assert clopper_pearson(0, 10).high == pytest.approx(1 - 0.025 ** (1 / 10), rel=1e-12)
    assert clopper_pearson(0, 10).low == 0.0
    assert clopper_pearson(10, 10).low == pytest.approx(0.025 ** (1 / 10), rel=1e-12)


def test_wilson_by_hand():
    # k = n: the interval is [n / (n + z^2), 1].
    z = 1.959963984540054
    assert wilson(10, 10).low == pytest.approx(10 / (10 + z**2), rel=1e-12)
    assert wilson(10, 10).high == 1.0


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 400), st.data(), st.sampled_from([0.8, 0.95, 0.99]))
def test_proportion_intervals_equal_scipy(n, data, level):
    k = data.draw(st.integers(0, n))
    result = stats.binomtest(k, n)
    for ours, method in ((clopper_pearson, "exact"), (wilson, "wilson")):
        theirs = result.proportion_ci(level, method=method)
        mine = ours(k, n, level=level)
        assert (mine.low, mine.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 300), st.data())
def test_proportion_intervals_are_mirror_images_and_hold_the_share(n, data):
    k = data.draw(st.integers(0, n))
    for make in (clopper_pearson, wilson):
        one, other = make(k, n), make(n - k, n)
        assert one.low == pytest.approx(1 - other.high, abs=1e-9)
        assert 0 <= one.low <= k / n <= one.high <= 1


def _coverage(make, n, p):
    """Exact probability that the interval after Binomial(n, p) successes holds p."""
    weights = stats.binom.pmf(np.arange(n + 1), n, p)
    held = [make(k, n).contains(p) for k in range(n + 1)]
    return float(np.sum(weights, where=held))


def _normal(k, n):
    half = 1.96 * math.sqrt(k / n * (1 - k / n) / n)
    return Interval(k / n - half, k / n + half)


@pytest.mark.parametrize("n", [5, 30, 200])
def test_exact_interval_covers_at_least_its_level_everywhere(n):
    coverage = [_coverage(clopper_pearson, n, p) for p in np.linspace(0.005, 0.995, 60)]
    assert min(coverage) >= 0.95


def test_wilson_is_near_its_level_on_average_but_not_everywhere():
    coverage = [_coverage(wilson, 30, p) for p in np.linspace(0.005, 0.995, 100)]
    assert 0.945 <= np.mean(coverage) <= 0.965
    assert min(coverage) < 0.95


def test_the_normal_approximation_fails_what_ours_pass():
    # The wrong variant: at k = 0 it has no width, and near 0 it misses most of the time.
    assert _normal(0, 20).width == 0
    assert clopper_pearson(0, 20).width > 0.1
    assert wilson(0, 20).width > 0.1
    assert _coverage(_normal, 30, 0.02) < 0.6


def test_proportion_counts_flags():
    estimate = proportion([True, False, True, True])
    assert estimate == Estimate(0.75, clopper_pearson(3, 4), 4)


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_impossible_counts_are_refused(k, n):
    for make in (clopper_pearson, wilson):
        with pytest.raises(ValueError, match=r"n is|successes is"):
            make(k, n)


# --- bootstrap --------------------------------------------------------------------------------
def test_bootstrap_is_the_quantiles_of_the_resampled_means():
    values = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    rows = np.random.default_rng(7).integers(0, 5, size=(200, 5))
    low, high = np.quantile(values[rows].mean(axis=1), [0.05, 0.95])
    estimate = bootstrap(np.mean, values, seed=7, n_resamples=200, level=0.9)
    assert (estimate.interval.low, estimate.interval.high) == (low, high)
    assert (estimate.value, estimate.n, estimate.interval.level) == (2.8, 5, 0.9)


def test_vectorised_and_chunked_resamples_are_the_same(monkeypatch):
    values = np.random.default_rng(0).normal(size=37)
    plain = bootstrap(np.mean, values, seed=3, n_resamples=150)
    fast = bootstrap(np.mean, values, seed=3, n_resamples=150, vectorized=True)
    monkeypatch.setattr(intervals, "CHUNK", 100)
    chunked = bootstrap(np.mean, values, seed=3, n_resamples=150)
    assert fast.interval.low == pytest.approx(plain.interval.low, abs=1e-12)
    assert chunked == plain


def test_bootstrap_agrees_with_scipy():
    values = np.random.default_rng(1).exponential(size=60)
    mine = bootstrap(np.median, values, seed=0, n_resamples=9000, vectorized=True).interval
    theirs = stats.bootstrap(
        (values,), np.median, n_resamples=9000, method="percentile", rng=np.random.default_rng(5)
    ).confidence_interval
    assert (mine.low, mine.high) == pytest.approx((theirs.low, theirs.high), abs=0.03)


def test_bootstrap_covers_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    held = [
        bootstrap(np.mean, sample, seed=i, n_resamples=400, vectorized=True).interval.contains(0)
        for i, sample in enumerate(rng.normal(size=(1000, 60)))
    ]
    assert 0.92 <= np.mean(held) <= 0.965  # a little narrow at N = 60, as the theory says


def test_resampling_columns_apart_would_break_the_pairs():
    # The wrong variant draws rows for labels and scores separately: the link is lost.
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, size=200)
    score = truth + rng.normal(size=200)
    right = bootstrap(roc_auc, truth, score, seed=0, n_resamples=100).interval
    apart = [
        roc_auc(truth[rng.integers(0, 200, 200)], score[rng.integers(0, 200, 200)])
        for _ in range(100)
    ]
    assert right.low > 0.65
    assert np.quantile(apart, 0.975) < 0.65


def test_bootstrap_names_what_is_wrong():
    with pytest.raises(ValueError, match="array 1 has 3, array 2 has 2 rows"):
        bootstrap(np.mean, [1, 2, 3], [1, 2], seed=0)
    with pytest.raises(ValueError, match="at least one"):
        bootstrap(np.mean, seed=0)
    with pytest.raises(ValueError, match="no rows"):
        bootstrap(np.mean, [], seed=0)
    with pytest.raises(ValueError, match="n_resamples is 0"):
        bootstrap(np.mean, [1.0], seed=0, n_resamples=0)
    with pytest.raises(ValueError, match="not finite on"):
        bootstrap(lambda v: float(v.min()) or float("nan"), [0, 1, 1], seed=0)


# --- paired difference ------------------------------------------------------------------------
def _hits(y, p, axis=-1):
    return np.mean(y == p, axis=axis)


def _two_models(n=300):
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 2, size=n)
    hard = rng.random(n) < 0.3  # both models fail on the same rows
    first = np.where(hard, 1 - truth, truth)
    second = np.where(rng.random(n) < 0.08, 1 - first, first)
    return truth, first, second


def test_paired_difference_of_accuracies_is_the_bootstrap_of_row_differences():
    truth, first, second = _two_models()
    paired = paired_bootstrap_difference(_hits, truth, first, second, seed=4, vectorized=True)
    rows = (first == truth).astype(float) - (second == truth)
    direct = bootstrap(np.mean, rows, seed=4, vectorized=True)
    assert paired.value == pytest.approx(direct.value)
    assert paired.interval.low == pytest.approx(direct.interval.low)
    assert paired.interval.high == pytest.approx(direct.interval.high)


def test_pairing_is_what_makes_the_difference_sharp():
    truth, first, second = _two_models()
    paired = paired_bootstrap_difference(_hits, truth, first, second, seed=0, vectorized=True)
    alone = [
        bootstrap(_hits, truth, p, seed=s, vectorized=True).interval.width
        for s, p in enumerate((first, second))
    ]
    unpaired = math.hypot(*alone)  # the wrong variant: two separate intervals
    assert paired.interval.width < 0.6 * unpaired


def test_paired_difference_changes_sign_with_the_order():
    truth, first, second = _two_models()
    one = paired_bootstrap_difference(_hits, truth, first, second, seed=0)
    two = paired_bootstrap_difference(_hits, truth, second, first, seed=0)
    assert one.value == -two.value
    assert one.interval.low == pytest.approx(-two.interval.high)


def test_a_model_against_itself_differs_by_nothing():
    truth, first, _ = _two_models()
    same = paired_bootstrap_difference(_hits, truth, first, first, seed=0)
    assert (same.value, same.interval.low, same.interval.high) == (0, 0, 0)


# --- seeds ------------------------------------------------------------------------------------
def test_across_seeds_by_hand():
    # s = 0.02, S = 3, t(0.975; 2) = 4.30265: half width 4.30265 * 0.02 / sqrt(3) = 0.049683.
    estimate = across_seeds([0.70, 0.74, 0.72])
    assert estimate.value == pytest.approx(0.72)
    assert estimate.interval.high - estimate.value == pytest.approx(0.049683, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-10, 10), min_size=2, max_size=30).filter(lambda v: np.std(v) > 1e-6))
def test_across_seeds_equals_scipy(values):
    theirs = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    mine = across_seeds(values).interval
    assert (mine.low, mine.high) == pytest.approx((theirs.low, theirs.high), abs=1e-8)


@pytest.mark.parametrize("size", [2, 5, 20])
def test_student_interval_covers_its_level_and_the_normal_quantile_does_not(size):
    samples = np.random.default_rng(size).normal(size=(4000, size))
    held = np.mean([across_seeds(s).interval.contains(0) for s in samples])
    assert 0.94 <= held <= 0.96
    z = 1.96 * samples.std(axis=1, ddof=1) / math.sqrt(size)  # the wrong variant
    normal = np.mean(np.abs(samples.mean(axis=1)) <= z)
    assert normal < {2: 0.75, 5: 0.90, 20: 0.945}[size]


def test_one_seed_has_no_spread():
    with pytest.raises(ValueError, match="at least two"):
        across_seeds([0.7])
