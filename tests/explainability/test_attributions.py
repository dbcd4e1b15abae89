import dataclasses

import numpy as np
import pytest
import torch

from lablib.explainability import attributions, credit
from lablib.explainability.attribution import drawing as draw
from lablib.explainability.attribution import reviews, tasks
from lablib.explainability.attribution.faithfulness import random_curves, removal_curves
from lablib.explainability.attribution.methods import attribute

TINY = attributions.Config(
    seeds=(0, 1), train_rows=3000, rows=8, samples=40, steps=200, text_steps=8, hidden=(32,),
    epochs=10, digit_epochs=2, trees=10, background=4, layers=1, texts=80, reviews=2, most_words=8,
    retrain_rows=400, recourse_rows=12,
)  # fmt: skip


@pytest.fixture(scope="module")
def result():
    return attributions.run(TINY)


def test_every_band_names_a_recorded_metric_and_every_field_is_used(result):
    for scale, config in attributions.CONFIGS.items():
        assert set(attributions.ACCEPTANCE[scale]) <= set(result.metrics)
        assert len(config.seeds) >= 5
    assert set(dataclasses.asdict(TINY)) == set(result.config)
    assert result.baseline == "credit.occlusion.gap"
    assert result.control == "credit.random.gap"
    assert set(result.data) == {"credit-default", "movie-reviews"}


def test_exact_cases_hold_even_at_this_size(result):
    assert result.value("linear.difference") < 1e-6
    assert result.value("trees.leaves-difference") < 1e-9
    assert result.value("trees.shap-difference") < 1e-6
    assert result.value("cascade.input-only") == pytest.approx(1)
    assert result.value("planted.integrated-gradients.top") > result.value("planted.random.top")
    assert result.value("credit.integrated-gradients.completeness") < 0.01


def test_differences_are_paired_with_random_orders_of_the_same_rows(result):
    for name in ("credit.lime", "boosted.tree-shap", "digits.occlusion", "reviews.gradient"):
        random = result.value(f"{name.split('.')[0]}.random.gap")
        expected = result.value(f"{name}.gap") - random
        assert result.value(f"{name}.over-random") == pytest.approx(expected)


def test_the_figures_state_what_the_record_says(result):
    beaten = draw.faithful(result, reveal="Guess.")
    assert "no better than random" in beaten.alt
    assert "<details" in beaten._repr_html_()
    assert f"{result.value('cascade.integrated-gradients'):.2f}" in draw.cascade(result).alt
    assert len(draw.planted(result).rows) == 7
    assert len(draw.agreement(result).rows) == 10
    assert [row["way"] for row in draw.recourse(result).rows][-1] == "random account"
    assert "lablib run explainability/attributions" in draw.at_full_scale(result).caption or (
        "Full record" in draw.at_full_scale(result).caption
    )


def test_the_card_and_the_seeds(result):
    assert set(attributions.CARD) == {"intended_use", "not_for", "affected", "limits"}
    with pytest.raises(ValueError, match="needs at least two"):
        attributions.run(attributions.Config(seeds=(0,)))


def test_planted_labels_depend_on_the_planted_columns_alone():
    parts = credit.parts(credit.table(), seed=0)
    planted = tasks.planted_parts(parts, seed=0)
    features = planted.train.features
    assert list(features.columns[-3:]) == list(tasks.PLANTED)
    a, b, c = features[list(tasks.PLANTED)].to_numpy().T
    odds = 2 * a - 2 * b + 2 * a * c
    assert planted.train.target[odds > 3].mean() > 0.95
    real = np.abs([np.corrcoef(features[name], planted.train.target)[0, 1]
                   for name in parts.train.features]).max()  # fmt: skip
    assert real < 0.03


def test_digits_are_explained_for_the_class_that_was_decided():
    task = tasks.digits_task(hidden=(32,), epochs=5, rows=12, seed=0)
    assert task.quality > 0.85
    assert sum(len(case.inputs) for case in task.cases) == 12
    for case in task.cases:
        assert case.groups.max() == 15
        assert (task.model(case.inputs).argmax(1) == case.target).all()
    probability = torch.sigmoid(task.model(task.cases[0].inputs)).sum(1)
    assert probability.detach().numpy() == pytest.approx(1, abs=1e-4)


def test_words_of_a_review_are_features_and_the_marks_stay():
    source = reviews.reviews(layers=1, texts=60)
    task = reviews.review_task(source, rows=1, most_words=10, seed=0)
    text = "An unwatchable film, alas."
    case, names = reviews.text_case(source, text), reviews.words(source, text)
    assert names == ["An", "unwatchable", "film", ",", "alas", "."]
    assert int(case.groups.max()) + 1 == len(names)
    coded = source.tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        hidden = source.encoder(coded["input_ids"]).last_hidden_state.mean(1)
        whole = hidden @ task.model.weight + task.model.bias
        assert task.model(case.inputs).numpy() == pytest.approx(whole.numpy(), abs=1e-5)
    options = {"baselines": case.baselines, "groups": case.groups}
    found = attribute(task.model, case.inputs, **options, method="sampled-shapley")
    assert found.values.shape == (1, 6)
    assert found.relative_error < 1e-4
    curves = removal_curves(task.model, case.inputs, found.values, **options)
    assert curves.gap.mean() > random_curves(task.model, case.inputs, **options).gap.mean()
    told = draw.words(names, {"lime": found.values[0]}, label="for", caption="n = 1.")
    assert "LIME names" in told.alt
