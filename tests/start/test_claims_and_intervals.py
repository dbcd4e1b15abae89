from dataclasses import replace

import numpy as np
import pytest

from lablib import experiment
from lablib.start import claims_and_intervals, drawing
from lablib.start.claims_and_intervals import CONFIGS

NAME = "start/claims-and-intervals"
# Bands for 120 seeds: wider than those of the quick run, since fewer seeds move more.
BANDS = {
    "logistic.accuracy": (0.73, 0.765),
    "forest.accuracy": (0.705, 0.75),
    "majority.accuracy": (0.69, 0.71),
    "difference": (0.004, 0.032),
    "spread.200": (0.021, 0.036),
    "wrong.1": (0.12, 0.38),
    "wrong.5": (0.0, 0.35),
    "copies.higher.1": (0.82, 0.995),
    "copies.interval.1": (0.0, 0.12),
    "coverage.exact": (0.91, 1.0),
    "coverage.bootstrap": (0.89, 1.0),
    "coverage.training-rows": (0.05, 0.6),
    "holds-baseline.exact": (0.55, 0.95),
}


@pytest.fixture(scope="module")
def result():
    return experiment.run(
        NAME, seeds=tuple(range(120)), test_sizes=(100, 200), group_sizes=(1, 5, 20)
    )


def test_reduced_run_stays_in_its_two_sided_bands(result):
    experiment.accept(result, BANDS)


def test_the_control_finds_no_winner_between_two_copies(result):
    for size in (1, 5, 20):
        control = result[f"copies.interval.{size}"]
        assert control.interval.low <= 0.05
    # Higher-wins is the wrong variant: on the same copies it nearly always names one.
    assert result["copies.higher.1"].interval.low > 0.8
    assert result["copies.difference"].interval.low < 0 < result["copies.difference"].interval.high


def test_training_rows_give_a_broken_interval(result):
    assert result["coverage.training-rows"].interval.high < result["coverage.exact"].interval.low


def test_the_right_winner_is_settled_and_above_the_baseline(result):
    assert result["difference"].interval.low > 0
    assert result["forest.accuracy"].interval.low > result["majority.accuracy"].interval.high


def test_more_seeds_or_rows_help(result):
    assert result.value("wrong.20") <= result.value("wrong.1")
    assert result.value("interval.right.20") > result.value("interval.right.1")
    assert result.value("spread.200") < result.value("spread.100")


def test_the_case_shows_two_seeds_that_disagree(result):
    lead = [
        result.value(f"case.{name}.logistic") - result.value(f"case.{name}.forest")
        for name in ("first", "reversal")
    ]
    assert lead[0] * lead[1] < 0
    assert 1 <= result.value("case.forest-ahead") < result.value("case.listed")


def test_the_record_names_data_seeds_baseline_and_control(result):
    assert set(result.data) == {"german-credit"}
    assert len(result.data["german-credit"]) == 64
    assert result.seeds == tuple(range(120))
    assert (result.baseline, result.control) == ("majority.accuracy", "copies.interval.1")


def test_the_same_seeds_give_the_same_numbers():
    small = {"seeds": tuple(range(12)), "test_sizes": (200,), "group_sizes": (1, 5)}
    one = claims_and_intervals.run(replace(CONFIGS["quick"], **small))
    two = claims_and_intervals.run(replace(CONFIGS["quick"], **small))
    assert one.metrics == two.metrics


def test_every_scale_has_bands_and_more_seeds_at_full():
    assert set(CONFIGS) == set(claims_and_intervals.ACCEPTANCE) == {"quick", "full"}
    assert len(CONFIGS["full"].seeds) > len(CONFIGS["quick"].seeds)
    assert np.all(np.diff([b for b in claims_and_intervals.ACCEPTANCE["quick"].values()]) > 0)


def test_figures_state_their_finding_and_their_n(result):
    views = [
        drawing.single_runs(result),
        drawing.spread(result),
        drawing.wrong_winner(result, reveal="Guess first."),
        drawing.rules(result),
    ]
    for view in views:
        assert "95 %" in view.caption
        assert any(character.isdigit() for character in view.alt)
    assert f"{result.value('wrong.1'):.0%}" in views[2].alt
    assert "<details" in views[2]._repr_html_()


def test_half_the_width_takes_four_times_the_rows(result):
    view = drawing.rows_and_width(result)
    assert view.predict.right == "800"
    assert view.settings[view.default].label == "200"
    for rows in (200, 800):
        assert drawing.width(result, 4 * rows) / drawing.width(result, rows) == pytest.approx(
            0.5, abs=0.02
        )
    held = [one.readouts["holds the majority class"] for one in view.settings]
    assert held == sorted(held, reverse=True)  # yes for the small ones, no for the large
    assert len(view._repr_html_()) < 30_000


def test_the_table_says_how_to_make_a_missing_full_record(result, monkeypatch):
    wide = experiment.run(
        NAME, seeds=tuple(range(20)), test_sizes=(200,), group_sizes=(1, 5, 20), n_resamples=50
    )
    monkeypatch.setattr("lablib.record.available", lambda name: ())
    assert f"lablib run {NAME} --scale full --save" in drawing.at_full_scale(wide).caption
    monkeypatch.setattr("lablib.record.available", lambda name: ("full",))
    monkeypatch.setattr("lablib.record.load", lambda name, scale: result)
    view = drawing.at_full_scale(wide)
    assert "full, 120 seeds" in view.rows[0]
    assert view.rows[0]["full, 120 seeds"].startswith(f"{result.value('wrong.1'):.3f} [")
