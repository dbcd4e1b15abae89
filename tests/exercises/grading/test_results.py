from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from lablib.exercises.declare import Exercise
from lablib.exercises.grading import results
from lablib.exercises.grading.grade import Graded
from lablib.exercises.reports import model
from lablib.exercises.runner import Result

SEEN = Result("of_four", True, 1, "passed")
DRAWN = Result("of_any_number", False, 2, "not yet", "half of it", "expected a number, got 7")


def graded(*found: Result, **more: object) -> Graded:
    return Graded("ada", "demo/half", 0.0, 3.0, "not yet", found, **more)  # type: ignore[arg-type]


def test_public_points_are_earned_with_a_hidden_check_only() -> None:
    row = results.row(graded(SEEN, DRAWN))
    assert [check["earned"] for check in row["checks"]] == [0, 0]
    row = results.row(graded(SEEN, Result("of_any_number", False, 2, "passed")))
    assert [check["earned"] for check in row["checks"]] == [1, 2]


def test_hidden_checks_lose_their_detail() -> None:
    public = Result("of_four", True, 1, "not yet", "two", "expected 2, got 7", 1)
    one, other = results.row(graded(public, DRAWN))["checks"]
    assert (one["detail"], one["hint"]) == ("expected 2, got 7", 1)
    assert (other["detail"], other["sentence"]) == ("", "half of it")


def test_rows_without_an_answer(half: Exercise) -> None:
    row = results.empty_row(half)
    assert (row["state"], row["score"], row["possible"]) == ("not started", 0, 3)
    assert [check["name"] for check in row["checks"]] == ["of_four", "of_any_number"]
    row = results.empty_row(half, problem="a.py is empty")
    assert {row["state"], *(check["state"] for check in row["checks"])} == {"problem"}
    assert row["checks"][0]["sentence"] == "a.py is empty"
    assert results.row(graded(problem="x"))["state"] == "problem"


FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1", '=HYPERLINK("x")', "=\n1"]


@pytest.mark.parametrize("name", FORMULAS)
def test_a_learners_name_is_no_formula(name: str, half: Exercise) -> None:
    learner = results.learner(name, ["a"], "@x", [results.empty_row(half)])
    found = results.document([learner], {"demo/half": half}, seed=1, sandbox="bwrap", code="c")
    table = list(csv.reader(io.StringIO(results.grades_csv(found))))
    assert table[0] == ["learner", "score", "possible", "demo/half", "problem"]
    shown = "".join(letter if letter.isprintable() else " " for letter in name)
    assert table[1] == [f"'{shown}", "0.0", "3.0", "0.0", "'@x"]


def test_reports_read_the_document(half: Exercise, tmp_path: Path) -> None:
    rows = [results.row(graded(SEEN, DRAWN, notes=("cell 1: ValueError",)))]
    learners = [
        results.learner("ada", ["a.py"], "", rows),
        results.learner("bob", ["b.py"], "b.py is empty", [results.empty_row(half, problem="x")]),
    ]
    found = results.document(learners, {"demo/half": half}, seed=1, sandbox="bwrap", code="c")
    assert found["exercises"]["demo/half"]["checks"] == [
        {"name": "of_four", "public": True, "points": 1.0},
        {"name": "of_any_number", "public": False, "points": 2.0},
    ]
    results.write(tmp_path / "results.json", json.dumps(found))
    read = model.load(tmp_path / "results.json")
    assert [one.learner for one in read.learners] == ["ada", "bob"]


def test_a_file_is_replaced_or_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "deep" / "a.txt"
    results.write(path, "one")
    results.write(path, "half a character \ud800")
    results.write(path, "two\r\n")
    assert path.read_bytes() == b"two\r\n"

    def fail(_: int) -> None:
        raise OSError("disk is full")

    monkeypatch.setattr(results.os, "fsync", fail)
    with pytest.raises(OSError, match="full"):
        results.write(path, "three")
    assert path.read_bytes() == b"two\r\n"
    assert [item.name for item in path.parent.iterdir()] == ["a.txt"]
