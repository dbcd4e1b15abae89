from __future__ import annotations

import json
from typing import Any

import pytest

from lablib.exercises.reports import model
from lablib.exercises.reports.export import gradescope


def test_every_learners_document_has_the_documented_form(results: model.Results) -> None:
    for row in results.learners:
        found = json.loads(json.dumps(gradescope.result(results, row.learner)))
        assert gradescope.problems(found) == []
        assert found["score"] == pytest.approx(row.score)
        assert sum(test["max_score"] for test in found["tests"]) == 16.0
        assert found["stdout_visibility"] == "hidden"
        assert found["output_format"] == "text"


def test_hidden_checks_wait_for_publication_and_say_nothing(results: model.Results) -> None:
    public = {c.name.replace("_", " ") for e in results.exercises for c in e.checks if c.public}
    for row in results.learners:
        for test in gradescope.result(results, row.learner)["tests"]:
            shown = test["name"].split(": ")[1] in public
            assert test["visibility"] == ("visible" if shown else "after_published")
            if not shown:
                assert test["output"] == ""
        assert "SECRET" not in json.dumps(gradescope.result(results, row.learner))


def test_a_public_check_without_a_hidden_one_says_why_it_earns_nothing(raw: Any) -> None:
    learner = raw["learners"][20]
    for place, check in enumerate(learner["exercises"][0]["checks"]):
        check.update(state="passed" if place == 0 else "not yet", earned=0.0, sentence="")
    found = gradescope.result(model.parse(raw), learner["learner"])
    first = found["tests"][0]
    assert (first["status"], first["score"]) == ("passed", 0.0)
    assert first["output"] == gradescope.WAITING


def test_a_problem_and_notes_stand_above_the_tests(raw: Any) -> None:
    raw["learners"][20]["exercises"][0]["notes"] = ["cell 3: \x1b[31mNameError"]
    results = model.parse(raw)
    assert "cell 3: NameError" in gradescope.result(results, "learner-11")["output"]
    assert "format 4" in gradescope.result(results, "learner-01")["output"]
    assert gradescope.problems(gradescope.failure("no sandbox")) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"score": "7"}, "score is '7'"),
        ({"score": float("nan")}, "score is nan"),
        ({"stdout_visibility": "secret"}, "stdout_visibility is 'secret'"),
        ({"grade": 1}, "grade is not a field"),
        ({"tests": [{"score": 1.0, "points": 2}]}, "points is not a field"),
        ({"tests": [{"number": 1}]}, "number is 1"),
        ({"tests": {}}, "tests is not a list"),
        ({"output_format": "rtf"}, "output_format is 'rtf'"),
    ],
)
def test_another_form_is_found(results: model.Results, change: Any, says: str) -> None:
    wrong = {**gradescope.result(results, "learner-20"), **change}
    assert says in " ".join(gradescope.problems(wrong))


def test_a_document_without_any_score_is_found() -> None:
    assert gradescope.problems({"output": "hello"}) != []
    assert gradescope.problems({"tests": [{"score": 1.0}, {"name": "x"}]}) != []
    assert gradescope.problems({"tests": [{"score": 1.0}]}) == []
