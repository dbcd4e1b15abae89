"""A small real run of the experiment: fewer rows, seeds and sizes, the same code."""

import pytest

from lablib import experiment
from lablib.data import DataError
from lablib.explainability import readable_models
from lablib.explainability.readable import drawing

SMALL = {
    "seeds": (0, 1, 2),
    "train_rows": 5000,
    "tree_leaves": (2, 16),
    "list_lengths": (1, 4),
    "surrogate_leaves": (2, 16),
    "ebm_bags": 1,
    "hidden": (32,),
    "epochs": 25,
}


@pytest.fixture(scope="module")
def result():
    pytest.importorskip("torch")
    pytest.importorskip("interpret")
    try:
        return experiment.run(readable_models.NAME, **SMALL)
    except DataError as error:
        pytest.skip(f"needs the credit-default data: {error}".splitlines()[0])


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("boosted.auc", 0.75, 0.80),
        ("ebm.auc", 0.745, 0.80),
        ("gam.auc", 0.745, 0.80),
        ("neural.auc", 0.72, 0.80),
        ("tree-16.auc", 0.72, 0.785),
        ("rules-4.auc", 0.69, 0.77),
        ("logistic.auc", 0.68, 0.75),
        ("majority.auc", 0.5, 0.5),
        ("shuffled-boosted.auc", 0.43, 0.57),
        ("shuffled-tree.auc", 0.43, 0.57),
        ("surrogate-16.permuted.r2", -0.2, 0.05),
        ("surrogate-16.permuted.gain", -0.3, 0.05),
        ("surrogate-16.r2", 0.7, 0.95),
        ("surrogate-16.high-limit.change.r2", -0.7, -0.05),
    ],
)
def test_the_small_run_stays_in_its_bands(result, name, low, high):
    assert low <= result.value(name) <= high


def test_every_scale_has_bands_for_result_and_control():
    for scale in readable_models.CONFIGS:
        names = set(readable_models.ACCEPTANCE[scale])
        assert {"boosted.auc", "shuffled-boosted.auc", "surrogate-16.permuted.gain"} <= names


def test_every_band_names_a_recorded_metric(result):
    banded = {name for bands in readable_models.ACCEPTANCE.values() for name in bands}
    small = {name.replace("tree-8", "tree-16") for name in banded}
    assert small <= set(result.metrics)


def test_differences_are_paired_and_intervals_are_there(result):
    difference = result.value("ebm.auc") - result.value("boosted.auc")
    assert result.value("ebm.minus-boosted") == pytest.approx(difference)
    bare = {name for name, metric in result.metrics.items() if metric.interval is None}
    assert all(name.endswith(".size") for name in bare)
    assert result.baseline == "majority.auc"
    assert result.control == "shuffled-boosted.auc"
    assert list(result.data) == ["credit-default"]


def test_the_card_has_the_texts_that_no_run_can_measure():
    assert set(readable_models.CARD) == {"intended_use", "not_for", "affected", "limits"}
    assert all(len(text) > 80 for text in readable_models.CARD.values())


def test_one_seed_is_refused():
    with pytest.raises(ValueError, match="needs at least two"):
        readable_models.run(readable_models.Config(seeds=(0,)))


def test_the_figures_state_what_the_record_says(result):
    frontier = drawing.frontier(result)
    assert f"{result.value('boosted.auc'):.3f}" in frontier.alt
    shown = drawing.fidelity(result, reveal="How many leaves?")
    assert f"{result.value('surrogate-2.agreement'):.0%}" in shown.alt
    assert "<details" in shown._repr_html_()
    shift = drawing.shifted(result)
    assert f"{result.value('surrogate-16.high-limit.shifted.r2'):.2f}" in shift.alt
    assert "3 splits" in drawing.curves(result).caption
