from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.exercises import proxy, wire


def replying(reply: Any) -> Any:
    text = reply if isinstance(reply, str) else wire.dumps(reply)
    return proxy.Proxy(lambda request: text, ["f"])


def test_a_value_passes_through_with_keywords() -> None:
    s = proxy.in_process({"f": lambda x, *, y: (x, y)}, ["f"])
    assert s.f(1, y=[2.0]) == (1, [2.0])


def test_a_check_cannot_call_what_is_not_declared() -> None:
    s = proxy.in_process({"g": lambda: 1}, ["f"])
    with pytest.raises(AttributeError, match="declares no function 'g'"):
        s.g()


@pytest.mark.parametrize(
    ("outcome", "error", "says"),
    [
        ("placeholder", proxy.NotStartedError, "placeholder"),
        ("missing", proxy.NotStartedError, "no function named `f`"),
        ("not data", proxy.NotDataError, "not data"),
        ("nonsense", proxy.NotDataError, "not an answer"),
        ("value", proxy.NotDataError, "not an answer"),
        ("error", proxy.NotDataError, "not an answer"),
    ],
)
def test_other_outcomes_raise_with_a_sentence(outcome: str, error: Any, says: str) -> None:
    with pytest.raises(error, match=says):
        replying({"outcome": outcome}).f()


@pytest.mark.parametrize("reply", ["", "[]", "not json", '{"$":"dict","items":{}}', "[" * 9999])
def test_a_reply_that_is_not_one_is_no_answer(reply: str) -> None:
    with pytest.raises(proxy.NotDataError):
        replying(reply).f()


def test_an_error_reply_is_cleaned() -> None:
    reply = {
        "outcome": "error",
        "type": "\x1b[31mValueError\n",
        "types": ["ValueError", 3, None],
        "message": "a\x00b\u202e" + "x" * 9999,
        "line": True,
        "text": ["no text"],
        "place": "cell 1",
    }
    with pytest.raises(proxy.LearnerError) as caught:
        replying(reply).f()
    error = caught.value
    assert error.kind == "ValueError"
    assert error.line is None
    assert error.sentence == "error in your code: ValueError"
    assert len(error.detail) <= proxy.LONGEST_TEXT
    assert error.detail.startswith("a b x")


@given(st.text())
@settings(max_examples=50)
def test_clean_text_prints_on_one_line(text: str) -> None:
    line = proxy.clean(text, 40)
    assert len(line) <= 40
    assert "\n" not in line
    line.encode("utf-8")
