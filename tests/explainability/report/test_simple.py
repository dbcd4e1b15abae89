from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from lablib.explainability.readable.rules import Condition, Rule
from lablib.explainability.report import simple
from lablib.explainability.report.coding import design


def test_the_tree_agrees_more_than_a_constant_and_the_control_does_not(subject, parts, settings):
    found = simple.stand_in(subject, parts, settings)
    assert found.fidelity.gain > 0.5
    assert found.fidelity.r2 > 0.7
    assert found.permuted.r2 < 0.1
    assert sum(share for _, _, share in found.rules) == pytest.approx(1)
    words = " ".join(words for words, _, _ in found.rules)
    assert "late ≤" in words
    assert "noise" not in words


def test_rules_of_amounts_and_classes_in_words(subject):
    rule = Rule(
        (Condition("late", False, 1.5), Condition("town = west", True, 0.5)), 0.7, 10, 0.1
    )  # fmt: skip
    assert simple.rule_words(rule, subject.coding) == "late > 1.5 and town is not west"
    assert simple.rule_words(Rule((), 0.5, 1, 1.0), subject.coding) == "every row"


def test_a_readable_model_costs_nothing_where_the_truth_is_additive(subject, parts, settings):
    for one in simple.competitors(subject, parts, settings):
        assert abs(one.cost.value) < 0.05
        assert one.cost.interval.contains(0) or one.cost.interval.high < 0.05


def test_the_cost_is_that_of_the_model_above_the_competitor(subject, parts, settings):
    worse = replace(subject, function=lambda rows: -subject.function(rows))
    for one in simple.competitors(worse, parts, settings):
        assert one.cost.interval.high < 0  # a model turned around is worse than what can be read


def test_the_design_the_models_see_holds_no_held_out_class(subject, parts):
    made = design(subject.coding, parts.held, like=parts.reference)
    assert set(made.columns) == {"late", "money", "town = east", "noise"} or set(made.columns) == {
        "late", "money", "town = west", "noise"
    }  # fmt: skip
    assert np.isfinite(made.to_numpy()).all()
