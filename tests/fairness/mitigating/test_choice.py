import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.fairness.mitigating.choice import (
    MARGIN,
    Candidate,
    area_under_front,
    choose,
    front,
    quality,
)
from lablib.fairness.tables import GroupedRows

POINTS = st.lists(st.tuples(st.floats(0, 0.5), st.floats(0.5, 1)), min_size=1, max_size=12)


def rows(n=200):
    y = np.tile([0, 1], n // 2)
    return GroupedRows(np.zeros((n, 1)), y, np.repeat(["a", "b"], n // 2), 1)


def flips(share_of_a, share_of_b, extra=0.0):
    """Decides rightly but for a share of each group's zeros, which it calls 1."""

    def decide(part):
        decided = part.y.copy()
        for name, share in (("a", share_of_a + extra), ("b", share_of_b + extra)):
            zeros = np.flatnonzero((part.groups == name) & (part.y == 0))
            decided[zeros[: int(share * len(zeros))]] = 1
        return decided

    return decide


def test_the_most_accurate_within_the_margin_is_chosen():
    candidates = [
        Candidate(0, flips(0.4, 0.0)),  # gap 0.2, accuracy 0.9
        Candidate(1, flips(0.2, 0.0)),  # gap 0.1, accuracy 0.95
        Candidate(2, flips(0.0, 0.0, 0.3)),  # gap 0, accuracy 0.85
    ]
    found = choose(candidates, rows(), criterion="dpd", targets=(0.01, 0.1 / MARGIN, 0.5))
    assert [found[target].knob for target in found] == [2, 1, 1]
    none = choose(candidates[:2], rows(), criterion="dpd", targets=(0.01,))
    assert none[0.01].knob == 1  # nothing is within the target: the least gap
    odds = choose(candidates, rows(), criterion="eod", targets=(0.02,))
    assert odds[0.02].knob == 2
    with pytest.raises(ValueError, match="candidates is empty"):
        choose([], rows(), criterion="dpd", targets=(0.1,))


def test_test_rows_are_not_decided_on_before_the_choice():
    seen = []

    def spy(knob):
        def decide(part):
            seen.append((knob, len(part)))
            return part.y

        return Candidate(knob, decide)

    chosen = choose([spy(0), spy(1)], rows(40), criterion="dpd", targets=(0.1,))[0.1]
    assert seen == [(0, 40), (1, 40)]
    quality(rows(20), chosen.decide(rows(20)))
    assert seen[-1] == (0, 20)


def test_quality_by_hand():
    found = quality(rows(), flips(0.4, 0.0)(rows()))
    assert (found.accuracy, found.dpd, found.eod, found.eop) == pytest.approx((0.9, 0.2, 0.4, 0))


@given(POINTS)
@settings(max_examples=50, deadline=None)
def test_no_point_beats_the_front(points):
    kept = [points[place] for place in front(points)]
    for gap, accuracy in points:
        assert any(g <= gap and a >= accuracy for g, a in kept)
    assert kept == sorted(kept)
    area = area_under_front(points, most_gap=0.6, least_accuracy=0.5)
    assert 0 <= area <= 0.5 + 1e-9
    assert area_under_front([*points, (0.0, 1.0)], most_gap=0.6, least_accuracy=0.5) >= area


def test_area_by_hand():
    # 0.7 from gap 0.1 on, 0.9 from 0.3 on, up to 0.5: (0.2 * 0.1 + 0.2 * 0.3) / 0.5 above 0.6.
    points = [(0.1, 0.7), (0.3, 0.9), (0.2, 0.65)]
    assert area_under_front(points, most_gap=0.5, least_accuracy=0.6) == pytest.approx(0.16)
