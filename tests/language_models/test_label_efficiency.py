"""Draws that share no row, and small runs of the three experiments of the fine-tuning page."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib import experiment
from lablib.data import load
from lablib.language_models import few_shot, label_efficiency, pretraining
from lablib.language_models.label_efficiency import draws
from lablib.language_models.labels import drawing


@given(
    seeds=st.integers(2, 5), count=st.integers(1, 30), test=st.integers(1, 20),
    extra=st.integers(0, 60),
)  # fmt: skip
@settings(max_examples=50)
def test_no_seed_is_tested_on_a_labelled_row(seeds, count, test, extra):
    rows = test * seeds + count + extra
    plan, disjoint = draws(rows, seeds=tuple(range(seeds)), count=count, test=test)
    tests = np.concatenate([draw.test for draw in plan])
    assert len(set(tests)) == len(tests) == seeds * test
    for draw in plan:
        assert len(set(draw.labelled)) == count
        assert not set(draw.labelled) & set(draw.test)
    if disjoint:
        every = np.concatenate([np.concatenate([draw.labelled, draw.test]) for draw in plan])
        assert len(set(every)) == len(every)
    else:
        assert count * seeds > rows - test * seeds


@given(seeds=st.integers(2, 5), few=st.integers(1, 12), more=st.integers(13, 60))
@settings(max_examples=50)
def test_fewer_labels_are_the_first_of_more(seeds, few, more):
    chosen = {"seeds": tuple(range(seeds)), "test": 5}
    less, _ = draws(100, count=few, **chosen)
    whole, _ = draws(100, count=more, **chosen)
    for one, all_of_them in zip(less, whole, strict=True):
        assert one.labelled.tolist() == all_of_them.labelled[:few].tolist()
        assert one.test.tolist() == all_of_them.test.tolist()


@pytest.mark.parametrize("scale", sorted(label_efficiency.CONFIGS))
def test_every_scale_has_enough_questions(scale):
    config = label_efficiency.CONFIGS[scale]
    rows = len(load(config.data))
    for count, (drawn, _) in label_efficiency.plan(config, rows).items():
        assert all(len(d.labelled) == count and len(d.test) == config.test_texts for d in drawn)


@pytest.mark.parametrize("scale", sorted(few_shot.CONFIGS))
def test_every_scale_has_enough_questions_of_the_four(scale):
    config = few_shot.CONFIGS[scale]
    _, classes = few_shot._four(load(config.data), config)
    chosen = {"seeds": len(config.seeds), "shots": max(config.shots), "test": config.test_texts}
    assert len(few_shot.draws(classes, **chosen)) == len(config.seeds)


@given(classes=st.integers(2, 5), each=st.integers(1, 8), seed=st.integers(0, 99))
@settings(max_examples=50)
def test_wrong_labels_are_the_same_labels_and_all_wrong(classes, each, seed):
    labels = np.repeat(np.arange(classes), each)
    wrong = few_shot.wrong_labels(labels, seed=seed)
    assert not (wrong == labels).any()
    assert sorted(wrong) == sorted(labels)


def test_wrong_labels_need_balance():
    with pytest.raises(ValueError, match="closer to balance"):
        few_shot.wrong_labels(np.array([0, 0, 1]), seed=0)


def test_too_few_rows_are_named():
    with pytest.raises(ValueError, match="lower one of them"):
        draws(20, seeds=(0, 1), count=16, test=5)


def test_few_shot_draws_are_balanced_and_apart():
    classes = np.repeat([0, 1, 2], 20)
    plan = few_shot.draws(classes, seeds=3, shots=2, test=4)
    every = np.concatenate([np.concatenate([d.labelled, d.test]) for d in plan])
    assert len(set(every)) == len(every)
    for draw in plan:
        assert classes[draw.labelled].tolist() == [0, 1, 2, 0, 1, 2]
        assert np.bincount(classes[draw.test]).tolist() == [4, 4, 4]
    with pytest.raises(ValueError, match="lower shots"):
        few_shot.draws(classes, seeds=5, shots=2, test=4)


@pytest.fixture(scope="module")
def curves():
    return experiment.run(
        label_efficiency.NAME, seeds=(0, 1), layers=1, max_tokens=12, label_counts=(20, 60),
        scratch_counts=(60,), control_counts=(60,), test_texts=60,
    )  # fmt: skip


def test_a_small_curve_has_its_order(curves):
    assert 0.15 < curves.value("majority.at-60.accuracy") < 0.4
    assert curves.value("shuffled.at-60.accuracy") < curves.value("majority.at-60.accuracy") + 0.08
    assert 0.2 < curves.value("fine-tuned.at-60.accuracy") < 0.55
    gap = curves.value("fine-tuned.at-60.accuracy") - curves.value("tfidf.at-60.accuracy")
    assert curves.value("gain-over-tfidf.at-60.accuracy") == pytest.approx(gap)
    assert curves.value("tfidf.beaten-from") in (0, 20, 60)


def test_figures_of_the_curve_say_its_numbers(curves):
    value = curves.value("fine-tuned.at-60.accuracy")
    assert f"{value:.2f}" in drawing.curve(curves)._repr_html_()
    assert "7 comparisons" in drawing.gains(curves)._repr_html_()


def test_beaten_from_stops_at_the_first_interval_that_holds_zero(curves):
    config = label_efficiency.Config(label_counts=(20, 60))
    low = curves["gain-over-tfidf.at-60.accuracy"].interval.low
    expected = curves.value("tfidf.beaten-from")
    assert label_efficiency._beaten_from(curves, config) == expected
    assert (expected == 0) == (low <= 0)


def test_a_small_pre_training_run_learns_and_draws():
    result = experiment.run(
        pretraining.NAME, seeds=(0, 1), pretraining_texts=300, steps=80, learning_rate=8e-3,
        test_texts=60, label_counts=(40,), fine_tuning_steps=8, validation_texts=40, patience=9,
    )  # fmt: skip
    assert 0.02 < result.value("causal.below-unigram") < 1
    assert result.value("masked.below-unigram") < result.value("causal.below-unigram")
    assert {row["objective"] for row in result.tables["learning"]} == {"causal", "masked"}
    assert "nats below the unigram" in drawing.learning(result)._repr_html_()


def test_a_small_prompt_run():
    result = experiment.run(few_shot.NAME, seeds=(0, 1), shots=(1,), test_texts=2, min_steps=4)
    assert 0.2 < result.value("prompt.at-1.accuracy") <= 1
    assert result.value("other-question.at-1.accuracy") < 0.6
    assert result.value("majority.accuracy") == 0.25
    assert "prompt without shots" in drawing.few_shot(result)._repr_html_()


def test_full_table_is_drawn_with_or_without_records():
    assert "record" in drawing.at_full_scale()._repr_html_()
