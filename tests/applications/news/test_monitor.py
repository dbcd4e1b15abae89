import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.applications.news import monitor

NUMBERS = st.lists(st.floats(-5, 5), min_size=1, max_size=30)


def by_hand(drops, slack):
    now, found = 0.0, []
    for drop in drops:
        now = max(0.0, now + drop - slack)
        found.append(now)
    return found


@settings(max_examples=50)
@given(NUMBERS, st.floats(0, 2))
def test_sums_are_the_recursion_never_negative_and_fall_with_slack(drops, slack):
    found = monitor.drop_sums(drops, slack=slack)
    assert found == pytest.approx(by_hand(drops, slack))
    assert np.all(found >= 0)
    assert np.all(monitor.drop_sums(drops, slack=slack + 0.5) <= found + 1e-12)


def test_alarm_by_hand():
    rule = monitor.Monitor(centre=1.0, spread=2.0, limit=1.4, slack=0.5)
    # Drops of 1, 1, 0, 2 standard deviations: sums 0.5, 1, 0.5, 2.
    stream = [-1.0, -1.0, 1.0, -3.0]
    assert rule.sums(stream).tolist() == [0.5, 1.0, 0.5, 2.0]
    assert rule.first_alarm([stream, [1.0] * 4]).tolist() == [3, 4]


def false_alarms(apart, trials=60):
    """Share of calm streams of *new* items that alarm, over many draws of usual and new items."""
    rates = []
    for seed in range(trials):
        rng = np.random.default_rng(seed)
        usual, new = rng.normal(size=150), rng.normal(size=(100, 50))
        rule = monitor.calibrated(usual, length=50, rate=0.1, streams=200, seed=seed, apart=apart)
        rates.append(np.mean(rule.first_alarm(new) < 50))
    return float(np.mean(rates))


def test_new_streams_alarm_at_the_rate_and_without_care_more_often():
    """Sentinel: a limit set on streams that belong to their own mean alarms too often."""
    careful, together = false_alarms(True), false_alarms(False)
    assert 0.06 < careful < 0.15
    assert together > careful + 0.02


def test_streams_hold_different_items_and_changes_come_from_the_worse():
    scores = np.arange(40.0)
    drawn = monitor.shuffled(scores, length=30, streams=20, seed=0)
    assert all(len(set(row)) == 30 for row in drawn)
    with_all = monitor.with_change(
        scores, [-1.0, -2.0], at=10, share=1.0, length=30, streams=20, seed=0
    )
    assert np.all(with_all[:, 10:] < 0)
    assert np.array_equal(with_all[:, :10], drawn[:, :10])
    none = monitor.with_change(scores, [-1.0], at=10, share=0.0, length=30, streams=20, seed=0)
    assert np.array_equal(none, drawn)


@pytest.mark.parametrize(("options", "match"), [
    ({"rate": 0.0, "length": 5}, "rate=0.0"),
    ({"rate": 0.1, "length": 31}, "length=31 between 1 and 20 less than the 50"),
])  # fmt: skip
def test_errors(options, match):
    with pytest.raises(ValueError, match=match):
        monitor.calibrated(np.arange(50.0), streams=5, seed=0, **options)
    with pytest.raises(ValueError, match="slack is -1"):
        monitor.drop_sums([1.0], slack=-1)
    with pytest.raises(ValueError, match="slack is nan"):
        monitor.drop_sums([1.0], slack=np.nan)


def test_twenty_scores_outside_of_a_stream_are_enough():
    found = monitor.calibrated(np.arange(50.0), length=30, rate=0.1, streams=50, seed=0)
    assert 0 < found.limit < np.inf


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_never_reaches_a_sum(bad):
    """Sentinel: after a NaN every comparison is false, so the alarm would be silent for good."""
    rule = monitor.Monitor(centre=0.0, spread=1.0, limit=1.0)
    stream = [bad, *[-5.0] * 10]
    with pytest.raises(ValueError, match="scores has 1 values that are not finite"):
        rule.first_alarm(stream)
    with pytest.raises(ValueError, match="drops has 1 values"):
        monitor.drop_sums(stream)
    with pytest.raises(ValueError, match="usual has 1 values"):
        monitor.calibrated([bad, *range(50)], length=10, rate=0.1, streams=5, seed=0)


@pytest.mark.parametrize("usual", [np.full(60, 0.3), np.r_[np.zeros(59), 1.0]])
def test_scores_that_hardly_differ_set_no_alarm(usual):
    with pytest.raises(ValueError, match="usual has a spread of"):
        monitor.calibrated(usual, length=30, rate=0.1, streams=50, seed=0)


@pytest.mark.parametrize("change", [
    {"spread": 0.0}, {"spread": np.nan}, {"limit": np.nan}, {"centre": np.inf},
])  # fmt: skip
def test_a_monitor_that_could_not_alarm_is_refused(change):
    with pytest.raises(ValueError, match="spread above 0"):
        monitor.Monitor(**({"centre": 0.0, "spread": 1.0, "limit": 1.0} | change))
