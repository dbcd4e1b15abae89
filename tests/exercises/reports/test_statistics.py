from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lablib.exercises.reports import cells, model, statistics

PAIRS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6)), min_size=2, max_size=30)


def small(passes: list[tuple[bool, bool]]) -> model.Results:
    """A class in which every learner passed, or not, check `one` (1 point) and `two` (2)."""
    learners = [
        {
            "learner": f"l{i}", "files": [], "problem": "", "score": 0, "possible": 3,
            "exercises": [{
                "id": "t/e", "state": "passed" if all(both) else "not yet",
                "score": 3.0 * all(both), "possible": 3, "seconds": 0.5 + i,
                "checks": [
                    {"name": name, "public": False, "points": points, "earned": points * ok,
                     "state": "passed" if ok else "not yet",
                     "sentence": "" if ok else f"see {name}"}
                    for name, points, ok in zip(("one", "two"), (1.0, 2.0), both, strict=True)
                ],
            }],
        }
        for i, both in enumerate(passes)
    ]  # fmt: skip
    checks = [{"name": n, "public": False, "points": p} for n, p in (("one", 1), ("two", 2))]
    return model.parse({
        "schema": 1, "course": "c", "seed": 1, "sandbox": "none", "created": "now", "code": "",
        "exercises": {"t/e": {"title": "T", "possible": 3, "checks": checks}},
        "learners": learners,
    })  # fmt: skip


def test_a_class_of_four_by_hand() -> None:
    whole, one, two = statistics.items(
        small([(True, True), (True, True), (True, False), (False, False)])
    )
    assert (whole.n, whole.passed, whole.mean, whole.seconds) == (4, 2, 1.5, 2.0)
    assert (one.n, one.passed, one.share, one.mean) == (4, 3, 0.75, 0.75)
    # rest of `one` is 2, 2, 0, 0: M1 = 4/3, M0 = 0, s = 1, so r = 4/3 * sqrt(3/16)
    assert one.point_biserial == pytest.approx(4 / 3 * math.sqrt(3) / 4)
    # one learner a group; two tie for the top and two for the bottom: 2/2 - 1/2
    assert one.upper_lower == pytest.approx(0.5)
    assert (one.message, one.message_count) == ("see one", 1)
    assert (two.message, two.message_count) == ("see two", 2)
    # Wilson for 3 of 4 at 95 %, from its formula
    z = 1.959963985
    centre, half = (
        (0.75 + z**2 / 8) / (1 + z**2 / 4),
        z / (1 + z**2 / 4) * math.sqrt(0.75 * 0.25 / 4 + z**2 / 64),
    )
    assert one.interval is not None
    assert (one.interval.low, one.interval.high) == pytest.approx((centre - half, centre + half))


def test_the_only_exercise_has_nothing_to_be_compared_with() -> None:
    whole = statistics.items(small([(True, True), (False, True)]))[0]
    assert whole.point_biserial is None
    assert whole.upper_lower is None


@settings(max_examples=50, deadline=None)
@given(PAIRS)
def test_point_biserial_agrees_with_scipy(pairs: list[tuple[int, int]]) -> None:
    x, y = zip(*pairs, strict=True)
    got = statistics.point_biserial(x, y)
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert got is None
    else:
        assert got == pytest.approx(stats.pointbiserialr(x, y).statistic)


@settings(max_examples=50, deadline=None)
@given(PAIRS, st.randoms())
def test_upper_lower_ignores_the_order_and_turns_its_sign(
    pairs: list[tuple[int, int]], random: Any
) -> None:
    x, y = zip(*pairs, strict=True)
    mixed = random.sample(pairs, len(pairs))
    got = statistics.upper_lower(x, y)
    again = statistics.upper_lower(*zip(*mixed, strict=True))
    turned = statistics.upper_lower(x, [-value for value in y])
    if got is None:
        assert again is None
    else:
        assert -1 <= got <= 1
        assert again == pytest.approx(got)
        assert turned == pytest.approx(-got)


def test_counting_in_the_public_rule_would_pass_for_discrimination() -> None:
    """The wrong variant: rest scores from earned points tie the checks to one another."""
    rng = np.random.default_rng(0)
    public, hidden = rng.random((2, 4000)) < 0.5
    honest = statistics.point_biserial(hidden, public.astype(float))
    tied = statistics.point_biserial(hidden, (public & hidden).astype(float))
    assert honest is not None
    assert tied is not None
    assert abs(honest) < 0.05
    assert tied > 0.5


def test_gaps_and_broken_checks_are_counted_apart(results: model.Results) -> None:
    found = {(item.exercise, item.check): item for item in statistics.items(results)}
    whole = found["start/paired-interval", ""]
    assert (whole.n, whole.not_handed_in) == (37, 3)
    broken = found["explainability/surrogate-fidelity", "no_held_out_row_is_an_error"]
    assert (broken.n, broken.not_handed_in, broken.broken) == (37, 2, 1)
    discrimination = [item.point_biserial for item in found.values()]
    assert all(value is not None and 0.2 < value < 0.95 for value in discrimination)


def test_an_exercise_nobody_handed_in_has_no_share() -> None:
    whole = statistics.items(small([]))[0]
    assert (whole.n, whole.share, whole.interval, whole.mean, whole.seconds) == (0,) + (None,) * 4


def test_questions_csv_has_a_row_for_every_exercise_and_check(results: model.Results) -> None:
    header, *rows = cells.loads(statistics.questions_csv(results))
    assert header == list(statistics.HEADER)
    assert len(rows) == 2 + 7
    by_name = [dict(zip(header, row, strict=True)) for row in rows]
    assert float(by_name[0]["share_low"]) < float(by_name[0]["share_passed"])
    assert by_name[1]["public"] == "yes"
    assert by_name[1]["mean_seconds"] == ""


def test_a_sentence_that_looks_like_a_formula_is_only_text(raw: dict[str, Any]) -> None:
    for learner in raw["learners"]:
        for exercise in learner["exercises"]:
            for check in exercise["checks"]:
                check["sentence"] = "=1+1" if check["state"] != "passed" else ""
    text = statistics.questions_csv(model.parse(raw))
    assert "'=1+1" in text
    assert ",=1+1" not in text
