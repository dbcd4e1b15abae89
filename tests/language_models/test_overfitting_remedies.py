from dataclasses import replace

import numpy as np
import pytest
import torch

from lablib import experiment, record
from lablib.deployment.cards import model_card
from lablib.language_models import overfitting_remedies as remedies
from lablib.language_models.adaptation import drawing
from lablib.language_models.adaptation.methods import method_loss
from lablib.language_models.adaptation.remedies import (
    RECIPES,
    Strengths,
    Training,
    apply_recipe,
    nearby_loss,
)
from lablib.language_models.adaptation.reviews import load_reviews

SHORT = Training(epochs=12, batch_size=25)


@pytest.fixture(scope="module")
def result():
    return experiment.run(
        remedies.NAME,
        seeds=(0, 1, 2),
        texts=500,
        tests=200,
        labels=100,
        longest=12,
        training=SHORT,
    )


@pytest.fixture(scope="module")
def data():
    return load_reviews(encoder="minilm", blocks=0, longest=12, count=500, tests=200)


def outcome(data, name, **strengths):
    return apply_recipe(
        name,
        data,
        data.training_rows(0, 100),
        strengths=Strengths(**strengths),
        training=SHORT,
        seed=0,
    )


def test_nothing_overfits_and_the_control_only_remembers(result):
    assert result.value("nothing.train-accuracy") > 0.97
    assert 0.6 < result.value("nothing.accuracy") < 0.85
    assert result.value("shuffled.train-accuracy") > 0.9
    assert 0.4 < result.value("shuffled.accuracy") < 0.6
    assert result.value("shuffled.log-loss") > result.value("nothing.log-loss")


def test_early_stopping_and_adversarial_steps_lower_the_log_loss(result):
    for name in ("early-stopping", "adversarial"):
        assert result.value(f"{name}.log-loss.difference") < 0


def test_every_remedy_is_scored_against_nothing(result):
    for name in set(RECIPES) - {"nothing", "shuffled"}:
        metric = result[f"{name}.accuracy.difference"]
        assert metric.n == 3
        lead = result.value(f"{name}.accuracy") - result.value("nothing.accuracy")
        assert metric.value == pytest.approx(lead)


def test_intervals_for_all_comparisons_together_are_wider(result):
    for name in ("early-stopping", "ensemble"):
        one, all_of_them = (
            result[f"{name}.log-loss.difference{end}"].interval for end in ("", ".together")
        )
        assert all_of_them.low < one.low
        assert all_of_them.high > one.high
        assert all_of_them.level == pytest.approx(1 - 0.05 / 14)


def test_knowing_nothing_never_reads_the_test_labels(result, data):
    shares = [data.classes[data.training_rows(k, 100)].float().mean().item() for k in range(3)]
    truth = data.classes[:200].float().mean().item()
    expected = [-(truth * np.log(p) + (1 - truth) * np.log(1 - p)) for p in shares]
    assert result.value("majority.log-loss") == pytest.approx(np.mean(expected), rel=1e-5)


def test_remedies_of_no_strength_are_nothing(data):
    plain = outcome(data, "nothing").test
    for name, strengths in (
        ("weight-decay", {"weight_decay": 0.0}),
        ("dropout", {"dropout": 0.0}),
        ("adversarial", {"eps": 0.0}),
        ("ensemble", {"members": 1}),
    ):
        assert np.allclose(outcome(data, name, **strengths).test, plain, atol=1e-5), name
    assert not np.allclose(outcome(data, "dropout").test, plain, atol=1e-3)


def test_an_ensemble_is_the_mean_of_its_members(data):
    members = [
        apply_recipe(
            "nothing",
            data,
            data.training_rows(0, 100),
            strengths=Strengths(),
            training=SHORT,
            seed=seed,
        ).test
        for seed in (0, 1000)
    ]
    together = outcome(data, "ensemble", members=2).test
    assert np.allclose(together, np.mean(members, axis=0), atol=1e-6)


def test_variants_keep_the_class_and_never_touch_the_test_part(data):
    rows = data.training_rows(0, 30)
    from lablib.language_models.adaptation.remedies import _with_variants

    inputs, mask, classes = _with_variants(data, rows, data.take(rows), Strengths(), seed=0)
    assert len(inputs) == len(mask) == len(classes) > 45
    assert torch.equal(inputs[:30], data.encoding.inputs[rows])
    assert not torch.isin(inputs[30:].sum((1, 2)), data.test[0].sum((1, 2))).any()


def test_token_numbers_are_moved_in_their_embeddings():
    whole = load_reviews(encoder="minilm", blocks=6, longest=12, count=40, tests=10)
    model, batch = whole.classifier(seed=0).eval(), whole.take(torch.arange(4))
    plain, near = method_loss(model, batch), nearby_loss(model, batch, eps=1.0)
    assert torch.allclose(nearby_loss(model, batch, eps=0.0), plain, atol=1e-5)
    assert near > plain
    near.backward()
    assert model.get_input_embeddings().weight.grad.abs().sum() > 0


def test_a_recipe_that_does_not_exist(data):
    with pytest.raises(ValueError, match="name='prayer' is not one of nothing"):
        outcome(data, "prayer")


def test_every_scale_has_bands_and_a_card(result):
    assert set(remedies.CONFIGS) == set(remedies.ACCEPTANCE) == {"quick", "medium", "full"}
    assert "sure of" in model_card(result)
    assert replace(remedies.CONFIGS["quick"]).labels == remedies.CONFIGS["full"].labels == 200


def test_bands_hold_the_sentences_of_the_page():
    bands = remedies.ACCEPTANCE["quick"]
    for name in ("early-stopping", "adversarial"):
        assert bands[f"{name}.log-loss.difference.together.high"][1] <= 0
        assert bands[f"{name}.accuracy.difference.together.low"][1] <= 0
        assert bands[f"{name}.accuracy.difference.low"][0] >= 0
    for name in ("augmentation", "low-rank"):
        assert bands[f"{name}.accuracy.difference.low"][1] <= 0


def test_larger_records_stand_beside_the_page(result, monkeypatch):
    monkeypatch.setattr(record, "available", lambda name: ())
    view = drawing.remedies_at_larger_scale(result)
    assert set(view.rows[0]) == {"remedy", "change of", "this page"}
    assert f"lablib run {remedies.NAME} --scale full" in view.caption
    monkeypatch.setattr(record, "available", lambda name: ("full", "medium"))
    monkeypatch.setattr(record, "load", lambda name, scale: result)
    view = drawing.remedies_at_larger_scale(result)
    assert view.rows[0]["medium"] == view.rows[0]["this page"]
    assert "Not made" not in view.caption


def test_figures_state_their_finding(result):
    view = drawing.remedies(result, reveal="Guess.")
    assert f"{result.value('nothing.log-loss'):.2f}" in view.alt
    assert "95 %" in view.caption
    assert len(drawing.remedy_table(result).rows) == len(RECIPES) - 2
