from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

pytest.importorskip("torch")

from lablib.explainability.report import changes
from lablib.explainability.report.coding import Coding, Column

TWO = Coding((Column("amount", float, None), Column("town", object, ("a", "b"))))
KNOWN = np.array([[0.0, 0], [1, 0], [2, 1], [3, 1]])


def test_distance_by_hand():
    distance = changes.rank_distance(TWO, KNOWN)
    assert distance(np.array([0.0, 0]), np.array([[0.0, 0], [3, 0], [0, 1]])).tolist() == [
        0,
        0.75,
        1,
    ]
    gap = distance(np.array([np.nan, 0]), np.array([[np.nan, 0], [3, 0]]))
    assert gap.tolist() == [0, 1]


@given(st.lists(st.tuples(st.floats(-9, 9), st.integers(0, 1)), min_size=3, max_size=3))
@hypothesis_settings(max_examples=50)
def test_it_is_a_distance_and_knows_no_unit(rows):
    a, b, c = np.array(rows, dtype=float)
    distance = changes.rank_distance(TWO, KNOWN)
    assert distance(a, a) == 0
    assert distance(a, b) == distance(b, a)
    assert distance(a, c) <= distance(a, b) + distance(b, c) + 1e-12
    scale = np.array([1000.0, 1])
    other = changes.rank_distance(TWO, KNOWN * scale)
    assert other(a * scale, b * scale) == pytest.approx(float(distance(a, b)))


def test_recourse_is_valid_near_and_within_what_may_change(subject, parts, settings):
    found = changes.find(subject, parts, settings)
    assert found.found.valid.all()
    assert (subject.probability(found.found.rows) < 0.5).all()
    kept = [subject.coding.names.index(name) for name in ("town", "noise")]
    assert (found.found.rows[:, kept] == found.before[:, kept]).all()
    assert found.found.changed.mean() < found.random.changed.mean()
    assert found.found.distance.mean() < found.random.distance[found.random.valid].mean()
    assert [one.name for one in found.groups] == ["f", "m"]
    assert all(one.asked == 12 for one in found.groups)
    assert found.difference[2].interval.low < found.difference[2].interval.high


def test_the_other_answer_can_be_the_one_to_leave(subject, parts, settings):
    found = changes.find(subject, parts, replace(settings, refused="no"))
    assert (subject.probability(found.before) < 0.5).all()
    assert (subject.probability(found.found.rows[found.found.valid]) >= 0.5).all()
    assert found.found.valid.mean() > 0.8


def test_no_recourse_without_a_refusal_or_an_acceptance(subject, parts, settings):
    for answer in (-3.0, 3.0):
        same = replace(subject, function=lambda rows, a=answer: rows[:, 0] * 0 + a)
        assert changes.find(same, parts, settings) is None


def test_a_column_that_cannot_change_is_named(subject, parts, settings):
    with pytest.raises(ValueError, match="actionable names 'height'"):
        changes.find(subject, parts, replace(settings, actionable=("height",)))
