from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lablib.exercises import wire
from lablib.exercises.grading.replies import Replies
from lablib.exercises.sources import Cell

CELLS = [Cell("cell 1", "a\nb\nc"), Cell("cell 2", "d")]
SECRET = "0.6394267984578837"


def cleaned(reply: Any) -> dict[str, Any]:
    text = reply if isinstance(reply, str) else wire.dumps(reply)
    found = wire.loads(Replies(lambda _: text, CELLS)("request"))
    assert isinstance(found, dict)
    return found


def error(**changes: Any) -> dict[str, Any]:
    plain = {"type": "ValueError", "types": ["ValueError", "Exception"], "message": "no"}
    return {"outcome": "error", **plain, "line": 2, "text": "b", "place": "cell 1"} | changes


def test_what_an_honest_worker_says_comes_through() -> None:
    assert cleaned({"outcome": "value", "value": (1, 2.5)})["value"] == (1, 2.5)
    array = cleaned({"outcome": "value", "value": np.arange(3)})["value"]
    assert array.tolist() == [0, 1, 2]
    assert cleaned({"outcome": "placeholder"}) == {"outcome": "placeholder"}
    assert cleaned(error()) == error()
    said = "a DataFrame; return numbers, text, lists, dicts or numpy arrays"
    assert cleaned({"outcome": "not data", "sentence": said})["sentence"] == said
    said = "data nested deeper than 32 levels (or containing itself)"
    assert cleaned({"outcome": "not data", "sentence": said})["sentence"] == said


def test_an_input_in_the_name_of_a_class_stays_inside() -> None:
    got = cleaned(error(type=SECRET, types=[SECRET, "KeyError", "Exception"]))
    assert (got["type"], got["types"]) == ("KeyError", ["KeyError", "Exception"])
    assert cleaned(error(type=SECRET, types=[SECRET]))["type"] == "Exception"
    assert cleaned(error(type=SECRET, types="ValueError"))["type"] == "Exception"
    assert cleaned(error(type=["x"], types=[["x"], 3]))["type"] == "Exception"
    for sentence in (
        f"a {SECRET}; return numbers, text, lists, dicts or numpy arrays",
        "a x06394; return numbers, text, lists, dicts or numpy arrays",
        SECRET,
        7,
    ):
        got = cleaned({"outcome": "not data", "sentence": sentence})
        assert "0639" not in got["sentence"]
        assert SECRET not in got["sentence"]


@pytest.mark.parametrize("line", [0, 4, 10**9, -1, True, "2", 2.0, None])
def test_a_line_that_is_not_there_stays_inside(line: Any) -> None:
    got = cleaned(error(line=line, text=SECRET))
    assert got["line"] is None
    assert got["text"] == ""


def test_a_place_that_is_not_there_stays_inside() -> None:
    got = cleaned(error(place=SECRET))
    assert (got["place"], got["line"]) == ("", 2)


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "null", '{"$":"x"}', "[" * 10**5, '{"outcome":"value"}', "NaN"]
)
def test_whatever_else_comes_is_unreadable(text: str) -> None:
    assert cleaned(text) == {"outcome": "unreadable"}


def test_a_missing_function_is_explained_by_the_cell_that_failed() -> None:
    failed = error(types=["CellError"])
    replies = Replies(lambda _: wire.dumps({"outcome": "missing"}), CELLS, failed)
    assert wire.loads(replies("request")) == failed
    assert wire.loads(Replies(lambda _: wire.dumps({"outcome": "missing"}), CELLS)("r")) == {
        "outcome": "missing"
    }


@pytest.mark.parametrize("kind", ["TooSlowError", "WorkerEndedError"])
def test_a_worker_that_stopped_is_not_asked_again(kind: str) -> None:
    asked = []

    def transport(text: str) -> str:
        asked.append(text)
        return wire.dumps(error(type=kind, types=[kind]))

    replies = Replies(transport, CELLS)
    assert replies("1") == replies("2")
    assert asked == ["1"]
    assert (replies.slow, replies.ended) == (kind == "TooSlowError", kind != "TooSlowError")
