from dataclasses import replace

import pytest
import torch

from lablib import experiment, record
from lablib.deployment.cards import model_card
from lablib.evaluation import Interval
from lablib.language_models import parameter_efficient_tuning as tuning
from lablib.language_models.adaptation import drawing
from lablib.language_models.adaptation.methods import METHODS, Sizes, adapt, class_scores
from lablib.language_models.adaptation.reviews import load_reviews
from lablib.models.adapters import trainable_share
from lablib.models.sentence_classifier import call

SMALL = {
    "seeds": (0, 1),
    "texts": 240,
    "tests": 100,
    "labels": 48,
    "epochs": 2,
    "cost_batch": (2, 8),
    "longest": 12,
}


@pytest.fixture(scope="module")
def result():
    return experiment.run(tuning.NAME, **SMALL)


@pytest.fixture(scope="module")
def data():
    return load_reviews(encoder="minilm", blocks=1, longest=12, count=240, tests=100)


def test_controls_change_nothing_and_merging_is_exact(result):
    for name in ("rank-0.change", "held-at-zero.change", "merged.change"):
        assert result.value(name) <= 1e-5
    assert result.value("rank-0.trainable") == 0
    assert result.value("trained.change") > 0.1  # the same measure does see a trained LoRA


def test_reduced_run_stays_in_wide_bands(result):
    for name in ("probe", *METHODS):
        assert 0.45 < result.value(f"{name}.accuracy") < 0.9
    assert 0.3 < result.value("shuffled.accuracy") < 0.7
    assert result["shuffled.accuracy"].value < result["probe.accuracy"].value


def test_counts_and_costs(result):
    assert result.value("full.share") == 1
    for name in METHODS[1:]:
        assert result.value(f"{name}.share") < 0.01
        assert result.value(f"{name}.memory") < result.value("full.memory") / 3
    # LoRA of rank 4 on two matrices of 384 in six blocks, and the head.
    assert result.value("lora.trainable") == 6 * 2 * 4 * (384 + 384) + 770
    assert result.value("prompt.trainable") == 8 * 384 + 770
    assert result.value("bottleneck.trainable") == 6 * 2 * (2 * 384 * 8 + 8 + 384) + 770


def test_the_record_names_data_baseline_and_control(result):
    assert set(result.data) == {"movie-reviews", "minilm"}
    assert (result.baseline, result.control) == ("probe.accuracy", "shuffled.accuracy")
    assert len(result.tables["seeds"]) == 2 * (len(METHODS) + 3)  # probe, majority, shuffled


def test_the_same_seed_gives_the_same_answers(data):
    config = replace(tuning.CONFIGS["quick"], **SMALL)
    rows = data.training_rows(0, 32)
    one, two, other = (
        tuning.train(data, rows, "lora", config, seed=seed).model for seed in (3, 3, 4)
    )
    scores = [class_scores(model, *data.test[:2]) for model in (one, two, other)]
    assert torch.allclose(scores[0], scores[1], atol=1e-5)
    assert not torch.allclose(scores[0], scores[2], atol=1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_methods_start_where_they_should_and_train_what_they_say(data, method):
    start = data.classifier(seed=0)
    inputs, mask, _ = data.take(torch.arange(4))
    expected = call(start.eval(), inputs, mask).logits
    model = adapt(method, start, sizes=Sizes(), steps=10, seed=0).eval()
    if method in ("full", "lora", "adalora", "bottleneck"):
        assert torch.allclose(call(model, inputs, mask).logits, expected, atol=1e-5)
    share = trainable_share(model)
    assert share.trainable > 770
    if method != "full":
        assert share.share < 0.01


def test_a_method_that_does_not_exist(data):
    with pytest.raises(ValueError, match="method='qlora' is not one of full, lora"):
        adapt("qlora", data.classifier(seed=0), sizes=Sizes(), steps=1, seed=0)


def test_several_rates_are_chosen_from(data):
    config = replace(
        tuning.CONFIGS["quick"],
        **{**SMALL, "rates": {"lora": (1e-6, 1e-2)}, "epochs": 3, "labels": 100},
    )
    assert tuning._chosen_rates(data, config) == {"lora": (1e-2,)}


def test_training_sets_are_disjoint_and_leave_the_test_part_alone(data):
    sets = [set(data.training_rows(place, 45).tolist()) for place in range(3)]
    assert not sets[0] & sets[1]
    assert not set.union(*sets) & set(range(data.tests))
    assert len(data.training_rows(0, None)) == 140
    with pytest.raises(ValueError, match="labels=45: set 3"):
        data.training_rows(3, 45)


def test_every_scale_has_bands_and_a_card(result):
    assert set(tuning.CONFIGS) == set(tuning.ACCEPTANCE) == {"quick", "medium", "full"}
    assert "misreads" in model_card(result)


def test_knowing_nothing_is_what_the_training_labels_say(data):
    rows = torch.nonzero(data.classes[data.tests :] == 0)[:, 0] + data.tests
    assert (tuning._majority(data, rows) == (data.classes[: data.tests] == 0).numpy()).all()


@pytest.mark.parametrize(
    ("seeds", "rows", "share", "verdict"),
    [
        ((-0.004, 0.004), (-0.004, 0.01), 0.009, "met"),
        ((-0.004, 0.004), (-0.009, 0.01), 0.009, "not decided"),
        ((-0.009, 0.004), (-0.004, 0.01), 0.009, "not decided"),
        ((-0.009, -0.006), (-0.012, 0.001), 0.009, "missed"),
        ((-0.004, 0.004), (-0.004, 0.01), 0.02, "missed"),
    ],
)
def test_the_target_is_met_only_by_both_intervals(result, seeds, rows, share, verdict):
    ends = {"lora.difference": seeds, "lora.difference.rows": rows}
    metrics = {name: record.Metric(0.0, Interval(*pair)) for name, pair in ends.items()}
    changed = replace(result, metrics=metrics | {"lora.share": record.Metric(share)})
    assert drawing._verdict(changed) == verdict


def test_bands_hold_the_sentences_of_the_page():
    bands = tuning.ACCEPTANCE["quick"]
    for name in ("full", "lora"):
        assert bands[f"{name}.over-probe.low"][1] <= 0


def test_figures_state_their_finding(result, monkeypatch):
    views = [drawing.costs(result), drawing.accuracies(result, reveal="Guess.")]
    assert f"{result.value('lora.memory'):.0f} MB" in views[0].alt
    assert f"{result.value('probe.accuracy'):.3f}" in views[1].alt
    assert "95 %" in views[1].caption
    assert "other training sentences" in views[1].caption
    assert "enter there and not below" in views[1].caption  # one block of six: say so
    all_labels = replace(result, config=result.config | {"labels": None, "blocks": 6})
    caption = drawing.accuracies(all_labels).caption
    assert "other initial weights and order" in caption
    assert "not below" not in caption
    assert len(drawing.cost_table(result).rows) == len(METHODS)
    monkeypatch.setattr(record, "available", lambda name: ())
    assert f"lablib run {tuning.NAME} --scale full" in drawing.at_larger_scale(result).caption
    monkeypatch.setattr(record, "available", lambda name: ("full",))
    monkeypatch.setattr(record, "load", lambda name, scale: result)
    rows = drawing.at_larger_scale(result).rows
    assert rows[-1]["full"] in ("met", "missed", "not decided")
    assert rows[0]["full"] == "48"
