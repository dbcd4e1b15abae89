from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lablib.exercises import checks
from lablib.exercises.checks import NotYet, close, equal, number, numbers, raises, shape, true
from lablib.exercises.proxy import in_process


def miss(call: Any, *args: Any, **kwargs: Any) -> NotYet:
    with pytest.raises(NotYet) as caught:
        call(*args, **kwargs)
    return caught.value


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (1, 1.0),
        (1.0 + 1e-10, 1),
        ([1, 2], np.array([1.0, 2.0])),
        (np.array([[1], [2]]), [[1], [2]]),
        ((math.inf, -math.inf), (math.inf, -math.inf)),
        (np.array(2.0), 2),
        ([], []),
    ],
)
def test_close_accepts_the_same_numbers_in_any_container(got: Any, expected: Any) -> None:
    close(got, expected, "same")


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (math.nan, 1),
        (math.nan, math.nan),
        (True, 1),
        ([True], [1]),
        (np.array([True]), [1]),
        (None, 0),
        ("1", 1),
        ([1], 1),
        (1, [1]),
        ([1, 2], [1, 2, 3]),
        ([[1, 2]], [1, 2]),
        ([[1], [1, 2]], [[1, 2], [1, 2]]),
        (math.inf, 1e300),
        ({"a": 1}, 1),
        (np.array([1 + 0j]), [1]),
        (1.00001, 1),
    ],
)
def test_close_rejects(got: Any, expected: Any) -> None:
    error = miss(close, got, expected, "the sum is one")
    assert error.sentence == "the sum is one"
    assert error.form or error.values


def test_a_wrong_form_is_said_and_a_wrong_value_is_kept_apart() -> None:
    assert "return" in miss(close, None, 1, "x").form
    assert "True or False" in miss(close, [1, True], [1, 1], "x").form
    assert "shape" in miss(close, [[1.0]], [1.0], "x").form
    assert "nan" in miss(close, [math.nan], [1.0], "x").form
    wrong = miss(close, 0.25, 0.5, "x")
    assert (wrong.form, wrong.values) == ("", "expected 0.5, got 0.25")
    assert len(miss(close, list(range(999)), [0] * 999, "x").values) < 120


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (3.0, 3),
        (None, None),
        ("a", "a"),
        ([1, (2,)], (1, [2])),
        (np.array([True]), [True]),
        ({"a": [1]}, {"a": (1,)}),
        (np.array(["a"]), ["a"]),
    ],
)
def test_equal_accepts(got: Any, expected: Any) -> None:
    equal(got, expected, "same")


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (1, True),
        (True, 1),
        ("1", 1),
        (None, 0),
        ([1], [1, 1]),
        ({"a": 1}, {"b": 1}),
        (3.5, 3),
        (math.nan, math.nan),
        ([], None),
        ({}, []),
    ],
)
def test_equal_rejects(got: Any, expected: Any) -> None:
    assert miss(equal, got, expected, "same").sentence == "same"


def test_the_other_comparisons() -> None:
    shape(np.zeros((2, 3)), (2, 3), "x")
    assert "(2, 3)" in miss(shape, [1, 2], (2, 3), "x").form
    assert "different lengths" in miss(shape, [[1], [1, 2]], (2, 2), "x").form
    assert number(np.float64(2), "x") == 2.0
    assert numbers([[1, 2]], "x").shape == (1, 2)
    assert miss(numbers, {"a": 1}, "x").form == "expected numbers, got a dict"
    true(True, "x")
    assert miss(true, False, "x", values="1 > 2").values == "1 > 2"


def test_raises_reads_the_kind_and_the_message() -> None:
    class Special(ValueError):
        pass

    def fail(kind: str) -> float:
        if kind == "key":
            raise KeyError("n")
        if kind == "own":
            raise Special("n is negative")
        return 1.0

    s = in_process({"fail": fail}, ["fail"])
    raises(lambda: s.fail("own"), ValueError, "x", mentions="negative")
    assert "nothing was raised" in miss(raises, lambda: s.fail("none"), ValueError, "x").form
    assert "got KeyError" in miss(raises, lambda: s.fail("key"), ValueError, "x").form
    wrong = miss(raises, lambda: s.fail("own"), ValueError, "x", mentions="rows")
    assert "rows" in wrong.form


def test_declared_checks_keep_order_and_arguments() -> None:
    names: dict[str, Any] = {}
    exec(
        "from lablib.exercises.checks import check\n"
        "@check(points=1, public=True)\ndef second(s): ...\n"
        "@check(points=2, hint=1)\ndef first(s, reference, rng): ...\n"
        "def helper(x): ...\n",
        names,
    )
    found = checks.declared(names)
    assert [(c.name, c.points, c.public, c.hint) for c in found] == [
        ("second", 1, True, None),
        ("first", 2, False, 1),
    ]
    assert found[1].takes == ("s", "reference", "rng")


def test_a_check_with_other_arguments_is_refused() -> None:
    with pytest.raises(ValueError, match="allowed"):
        checks.check(points=1)(lambda s, answer: None)
