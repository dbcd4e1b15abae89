import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.explainability.readable.rules import Condition, Rule, simplify

LABELS = {"late": ("months late", "{:.0f}"), "limit": ("limit", "NT$ {:,.0f}")}
numbers = st.integers(-50, 50)
conditions = st.builds(
    Condition, feature=st.sampled_from(["late", "limit"]), at_most=st.booleans(), threshold=numbers
)


def test_a_condition_reads_in_plain_units():
    assert Condition("limit", True, 45_000.5).text(LABELS) == "limit ≤ NT$ 45,000"
    assert Condition("late", False, 1.5).text(LABELS) == "months late ≥ 2"
    assert Condition("late", True, -0.5).text(LABELS) == "months late ≤ -1"
    assert Condition("late", False, 1.5).text() == "late > 1.5"


@given(st.lists(numbers, min_size=1, max_size=20), numbers, st.booleans())
@settings(max_examples=50)
def test_the_rounded_text_means_the_same_for_whole_numbers(values, threshold, at_most):
    condition = Condition("late", at_most, threshold + 0.5)
    bound = int(condition.text(LABELS).split()[-1])
    expected = [value <= bound if at_most else value >= bound for value in values]
    assert condition.holds(pd.DataFrame({"late": values})).tolist() == expected


@given(st.lists(conditions, max_size=6), st.lists(st.tuples(numbers, numbers), min_size=1))
@settings(max_examples=50)
def test_simplifying_keeps_the_rows_a_rule_catches(found, rows):
    table = pd.DataFrame(rows, columns=["late", "limit"])
    long, short = (
        Rule(tuple(found), 0.5, 1, 1.0),
        Rule(simplify(tuple(found)), 0.5, 1, 1.0),
    )
    assert np.array_equal(long.holds(table), short.holds(table))
    assert len(short.conditions) <= 4


def test_a_rule_without_conditions_holds_for_everyone():
    rule = Rule((), 0.25, 4, 1.0)
    assert rule.holds(pd.DataFrame({"late": [1, 2]})).all()
    assert rule.text() == "everyone: 25% default (n=4)"
