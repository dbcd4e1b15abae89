import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.evaluation import accuracy, groups
from lablib.evaluation.group_intervals import (
    calibration_by_group,
    group_gap_interval,
    random_group_gaps,
)

ROWS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 1), st.sampled_from("abc")), min_size=1, max_size=60
)
FULL = [(t, d, g) for g in "abc" for t in (0, 1) for d in (0, 1)]  # no rate is undefined or 0


def columns(rows):
    truth, decided, group = zip(*rows, strict=True)
    return np.array(truth), np.array(decided), np.array(group)


def test_gaps_by_hand():
    # a: 4 rows, 3 selected, TPR 2/2, FPR 1/2;  b: 5 rows, 1 selected, TPR 1/3, FPR 0/2.
    truth = [1, 1, 0, 0, 1, 1, 1, 0, 0]
    decided = [1, 1, 1, 0, 1, 0, 0, 0, 0]
    group = ["a"] * 4 + ["b"] * 5
    found = {name: groups.group_gap(name, truth, decided, groups=group) for name in groups.GAPS}
    assert found["demographic_parity_difference"] == pytest.approx(3 / 4 - 1 / 5)
    assert found["demographic_parity_ratio"] == pytest.approx((1 / 5) / (3 / 4))
    assert found["equal_opportunity_difference"] == pytest.approx(1 - 1 / 3)
    assert found["equalized_odds_difference"] == pytest.approx(1 - 1 / 3)
    assert found["equalized_odds_ratio"] == 0
    table = groups.group_counts(truth, decided, groups=group)
    assert table.names == ("a", "b")
    assert table.sizes.tolist() == [4, 5]


@given(ROWS)
@settings(max_examples=50, deadline=None)
def test_all_criteria_equal_those_of_fairlearn(rows):
    fairlearn = pytest.importorskip("fairlearn.metrics", reason="fairlearn is not installed")
    truth, decided, group = columns(rows + FULL)
    for name in groups.GAPS:
        theirs = getattr(fairlearn, name)(truth, decided, sensitive_features=group)
        ours = getattr(groups, name)(truth, decided, groups=group)
        assert ours == pytest.approx(theirs, abs=1e-12)


@given(ROWS, st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_names_and_order_do_not_matter_and_gaps_lie_in_range(rows, random):
    rows = rows + FULL
    truth, decided, group = columns(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    again = columns(shuffled)
    renamed = np.array([{"a": 3, "b": 1, "c": 2}[g] for g in again[2]])
    for name in groups.GAPS:
        value = groups.group_gap(name, truth, decided, groups=group)
        assert 0 <= value <= 1
        assert groups.group_gap(name, again[0], again[1], groups=renamed) == pytest.approx(value)


def test_accuracy_is_not_a_fairness_score():
    # The wrong variant of many sketches: it never reads the groups, so it cannot tell these apart.
    truth = np.array([1, 0] * 20)
    group = np.array(["a"] * 20 + ["b"] * 20)
    even, uneven = truth.copy(), truth.copy()
    even[[0, 1, 20, 21]] ^= 1
    uneven[[0, 2, 21, 23]] ^= 1
    assert accuracy(truth, even) == accuracy(truth, uneven) == 0.9
    assert groups.demographic_parity_difference(truth, even, groups=group) == 0
    assert groups.demographic_parity_difference(truth, uneven, groups=group) == pytest.approx(0.2)


def test_a_rate_without_rows_is_an_error_and_not_zero():
    truth, decided, group = [0, 0, 1, 1], [0, 1, 0, 1], ["a", "a", "b", "b"]
    assert groups.demographic_parity_difference(truth, decided, groups=group) == 0
    with pytest.raises(ValueError, match="not defined here: of the groups a, b"):
        groups.equal_opportunity_difference(truth, decided, groups=group)


@pytest.mark.parametrize(
    ("group", "said"),
    [
        (["a", "a"], "needs two groups"),
        (["a", None], "1 missing"),
        (["a", float("nan")], "1 missing"),
        (["a"], "needs two groups"),
        (["a", "b", "b"], "the same rows"),
        ([["a"], ["b"]], "shape"),
    ],
)
def test_groups_that_cannot_be_compared(group, said):
    values = np.array(group, dtype=object)
    with pytest.raises(ValueError, match=said):
        groups.group_gap("demographic_parity_difference", [0, 1], [0, 1], groups=values)
    with pytest.raises(ValueError, match="use one of demographic"):
        groups.group_gap("fairness", [0, 1], [0, 1], groups=["a", "b"])


def test_the_interval_is_that_of_resampled_rows():
    rng = np.random.default_rng(0)
    truth, group = rng.integers(0, 2, 600), rng.integers(0, 2, 600)
    decided = (rng.random(600) < 0.3 + 0.2 * group + 0.2 * truth).astype(int)
    name = "equal_opportunity_difference"
    found = group_gap_interval(name, truth, decided, groups=group, seed=0)
    rows = rng.integers(0, 600, (2000, 600))
    slow = [groups.group_gap(name, truth[r], decided[r], groups=group[r]) for r in rows[:400]]
    low, high = np.quantile(slow, [0.025, 0.975])
    assert found.interval.low == pytest.approx(low, abs=0.02)
    assert found.interval.high == pytest.approx(high, abs=0.02)
    assert found.n == 600
    same = group_gap_interval(name, truth, decided, groups=group, seed=0)
    assert same.interval == found.interval


def test_too_few_rows_have_no_interval():
    with pytest.raises(ValueError, match="too few rows for an interval"):
        group_gap_interval(
            "equal_opportunity_difference", [1, 1, 0, 1], [1, 0, 0, 1],
            groups=["a", "a", "b", "b"], seed=0,
        )  # fmt: skip


def test_random_groups_show_what_luck_gives():
    rng = np.random.default_rng(1)
    truth, group = rng.integers(0, 2, 400), np.array(["a", "b"])[rng.integers(0, 2, 400)]
    decided = (rng.random(400) < np.where(group == "a", 0.7, 0.3)).astype(int)
    name = "demographic_parity_difference"
    luck = random_group_gaps(name, truth, decided, groups=group, seed=0, draws=300)
    expected = np.sqrt(2 / np.pi * decided.var() * (1 / 200 + 1 / 200))  # mean of |normal|
    assert luck.mean() == pytest.approx(expected, rel=0.15)
    assert groups.group_gap(name, truth, decided, groups=group) > luck.max()


def test_calibration_within_groups_by_hand():
    found = calibration_by_group(
        [0, 1, 1, 1], [0.5, 0.5, 0.5, 0.5], groups=["a", "a", "b", "b"], n_bins=1
    )
    assert found["a"].ece == 0
    assert found["b"].ece == 0.5
    assert (found["b"].n, found["b"].mean_score, found["b"].rate) == (2, 0.5, 1.0)
