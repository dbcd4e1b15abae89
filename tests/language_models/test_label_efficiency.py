"""Draws that share no row, and small runs of the three experiments of the fine-tuning page."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib import experiment
from lablib.language_models import few_shot, label_drawing, label_efficiency, pretraining
from lablib.language_models.label_efficiency import draws


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


def test_fewer_labels_are_the_first_of_more_or_at_least_as_far_apart():
    with pytest.raises(ValueError, match="lower one of them"):
        draws(20, seeds=(0, 1), count=11, test=5)


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
    assert f"{value:.2f}" in label_drawing.curve(curves)._repr_html_()
    assert "5 comparisons" in label_drawing.gains(curves)._repr_html_()


def test_beaten_from_stops_at_the_first_interval_that_holds_zero(curves):
    config = label_efficiency.Config(label_counts=(20, 60))
    low = curves["gain-over-tfidf.at-60.accuracy"].interval.low
    expected = curves.value("tfidf.beaten-from")
    assert label_efficiency._beaten_from(curves, config) == expected
    assert (expected == 0) == (low <= 0)


def test_a_small_pre_training_run_learns_and_draws():
    result = experiment.run(
        pretraining.NAME, seeds=(0, 1), pretraining_texts=300, steps=80, learning_rate=8e-3,
        test_texts=60, label_counts=(40,), fine_tuning_steps=8,
    )  # fmt: skip
    assert 0.02 < result.value("causal.below-unigram") < 1
    assert result.value("masked.below-unigram") < result.value("causal.below-unigram")
    assert {row["objective"] for row in result.tables["learning"]} == {"causal", "masked"}
    assert "nats below the unigram" in label_drawing.learning(result)._repr_html_()


def test_a_small_prompt_run():
    result = experiment.run(few_shot.NAME, seeds=(0, 1), shots=(1,), test_texts=2, min_steps=4)
    assert 0.2 < result.value("prompt.at-1.accuracy") <= 1
    assert result.value("majority.accuracy") == 0.25
    assert "prompt without shots" in label_drawing.few_shot(result)._repr_html_()


def test_full_table_is_drawn_with_or_without_records():
    assert "record" in label_drawing.at_full_scale()._repr_html_()
