"""A small run: a few hundred adults, the same code."""

import pytest

from lablib import experiment
from lablib.data import DataError
from lablib.explainability import readable_on_adult
from lablib.explainability.readable import additive, reference
from lablib.explainability.readable.scorers import Scorer

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def three_bags(features, target, *, seed=0):
    """The reference with fewer bags: fourteen of them would take half a minute here."""
    model = additive.fit_ebm(features, target, seed=seed, outer_bags=3, interactions=3)
    return Scorer(model.predict, model.size)


@pytest.fixture(scope="module")
def result():
    pytest.importorskip("interpret")
    pytest.importorskip("imodels")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference, "interpret_ebm", three_bags)
        try:
            return experiment.run(
                readable_on_adult.NAME, seeds=(0, 1), train_rows=800, bags=1, length=4
            )
        except DataError as error:
            pytest.skip(f"needs the adult data: {error}".splitlines()[0])


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("interpret.auc", 0.86, 0.93),
        ("ebm-pairs.minus-interpret", -0.02, 0.02),
        ("ebm-light.minus-interpret", -0.02, 0.02),
        ("rules.minus-imodels-rules", -0.02, 0.25),
        ("falling-rules.minus-rules", -0.2, 0.03),
        ("majority.auc", 0.5, 0.5),
        ("shuffled-boosted.auc", 0.35, 0.65),
    ],
)
def test_the_small_run_stays_in_its_bands(result, name, low, high):
    assert low <= result.value(name) <= high


def test_every_comparison_is_paired(result):
    for one, other in readable_on_adult.PAIRS:
        difference = result.value(f"{one}.auc") - result.value(f"{other}.auc")
        assert result.value(f"{one}.minus-{other}") == pytest.approx(difference)


def test_every_band_names_a_recorded_metric(result):
    for bands in readable_on_adult.ACCEPTANCE.values():
        assert {name.removesuffix(".low") for name in bands} <= set(result.metrics)


def test_the_full_scale_holds_the_bar():
    bands = readable_on_adult.ACCEPTANCE["full"]
    assert bands["ebm-pairs.minus-interpret.low"][0] == -0.002
    assert readable_on_adult.CONFIGS["full"].train_rows is None


def test_one_seed_is_refused():
    with pytest.raises(ValueError, match="needs at least two"):
        readable_on_adult.run(readable_on_adult.Config(seeds=(0,)))


def test_the_table_shows_the_record_or_the_command_that_makes_it(result, tmp_path, monkeypatch):
    from dataclasses import replace

    from lablib import record
    from lablib.explainability.readable import drawing

    monkeypatch.setattr(record, "results_folder", lambda: tmp_path)
    missing = drawing.on_adult()._repr_html_()
    assert "lablib run explainability/readable-on-adult --scale full --save" in missing
    replace(result, scale="full").save(tmp_path)
    shown = drawing.on_adult()._repr_html_()
    assert f"{result.value('gam.auc'):.3f}" in shown
    assert "to imodels-rules" in shown
