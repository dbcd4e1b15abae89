import math

import pytest

from lablib import experiment
from lablib.experiment import AcceptanceError
from lablib.explainability import causal_graphs
from lablib.explainability.causal import checks, figures, simulate

NAME = "explainability/causal-graphs"
SMALL = {"seeds": tuple(range(60)), "tried": 6, "repeats": 20, "ranked": 8, "placebos": 200,
         "resamples": 10}  # fmt: skip


@pytest.fixture(scope="module")
def result():
    return experiment.run(NAME, **SMALL)


def test_a_smaller_run_stays_in_the_bands(result):
    """Sixty worlds instead of two hundred; the band of a share is as wide as its interval."""
    bands = {name: band for name, band in causal_graphs.ACCEPTANCE["quick"].items()
             if not name.endswith("coverage")}  # fmt: skip
    experiment.accept(result, bands)
    for name in ("regression", "weighting", "doubly-robust"):
        found = result[f"age-stress.{name}.coverage"]
        assert found.interval.low < 0.95 < found.interval.high
    assert result.value("nothing.regression.coverage") == 0
    assert result.control == "nothing.regression.coverage"


def test_an_interval_of_twice_the_width_would_be_noticed(result):
    """Two-sided: intervals that always hold the truth are as wrong as ones that seldom do."""
    assert result.value("age-stress.regression.coverage") < 1
    low, high = causal_graphs.ACCEPTANCE["quick"]["age-stress.regression.coverage"]
    assert low >= 0.9
    assert high < math.erf(2 * 1.96 / math.sqrt(2))


def test_a_forgotten_confounder_breaks_the_bands(monkeypatch):
    monkeypatch.setitem(simulate.SETS, "age-stress", ("age",))
    broken = experiment.run(NAME, **{**SMALL, "seeds": (0, 1, 2, 3), "tried": 2, "ranked": 2})
    bands = {"age-stress.regression.coverage": (0.9, 0.99)}
    with pytest.raises(AcceptanceError, match="age-stress.regression.coverage = 0 is outside"):
        experiment.accept(broken, bands)


def test_only_the_negative_control_objects_and_only_to_the_confounded_estimate(result):
    for name in checks.ON_TRIAL:
        found = result.value(f"refuted.{name}.negative-control")
        assert found == 1 if name == "nothing" else found < 0.5
        assert result.value(f"refuted.{name}.placebo-treatment") < 0.5
    assert result.value("e-value.nothing") < result.value("e-value.age-stress")


def test_figures_and_tables_say_what_was_found(result):
    assert "Adjusting for age and stress finds it" in figures.sets(result).alt
    assert "nothing gives" in figures.sets(result).alt
    assert len(figures.models(result).rows) == 3
    assert len(figures.objections(result).rows) == 4
    assert "leaves no effect" in figures.study(result).alt
    assert "postcode" in figures.importances(result).alt


def test_a_run_needs_a_spread():
    with pytest.raises(ValueError, match="seeds, tried and ranked must be two or more"):
        experiment.run(NAME, seeds=(0,))
